// A prompt put into words in every way there is, from the nearest words to those the model writes itself, each judged as if somebody had
// typed them in front of the text.
#pragma once

#include "core/dataset/asked_text.h"
#include "core/inspection/words.h"
#include "core/training/train.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace incipit {

enum class InWords { Prompt, BareModel, NearestByCosine, NearestByEuclidean, StartText, OwnText, WrittenByModel, Pez, Repaired };
std::string_view nameOf(InWords way);  // "prompt", "bare_model", "nearest_by_cosine" ...

struct JudgedWords {
  InWords way = InWords::Prompt;
  std::string text;  // empty: the prompt itself, or no words at all
  std::int64_t tokens = 0;
  Evaluation score;
};

// The rows with a template's words in front of their text, in the room that `rows` virtual tokens of it leave (core/runs/typed_data.h).
using TypedExamples = std::function<std::shared_ptr<const Examples>(const std::string& front, std::int64_t rows)>;
// Words as a template has them: braces doubled.
std::string asTemplate(const std::string& text);

struct TranslateOptions {
  RepairOptions search;            // of PEZ and of the repair behind it; a budget of 0: neither
  std::string own;                 // the user's own words; empty: none
  std::optional<AskedText> frame;  // what the model is asked, to write words itself; none: it is not asked
};

// `judged`: the rows as the prompt reads them. `found` hears of every way as soon as it is judged, in this order: the prompt, the bare
// model, then words; of one that is the same as an earlier one nothing is said. Throws GivenUp at a stop request, what was found stays
// found.
void translate(const SoftPrompt& prompt, const VocabularyIndex& vocabulary, const Tokenizer& tokenizer, const Examples& judged,
               const TypedExamples& with, const TranslateOptions& options, const Watch& watch, std::stop_token stop,
               const std::function<void(JudgedWords)>& found);

}  // namespace incipit
