// What a model writes when it is asked, beside what it should have written: the answers of a prompt judged as somebody reads them, and not
// by the likelihood of the right one. A model that was never taught to stop goes on until it is cut off, and is judged as it stands.
#pragma once

#include "core/dataset/examples.h"
#include "core/metrics/intervals.h"
#include "core/prompt/soft_prompt.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace incipit {

class FrozenModel;

struct WritingOptions {
  std::int64_t sample = 100;      // examples at most, drawn by seed; 0: all
  std::int64_t maxNewTokens = 0;  // 0: as many as the longest right answer of the sample has, and eight more
  std::uint64_t seed = 0;
};

struct WrittenAnswer {
  std::int64_t row = 0;           // of the data
  std::string answer, reference;  // without white space at their ends
  bool ended = false;             // by itself
};

// Greedily, behind the part of each example that is not scored. Throws DataError for examples without an answer (text that is learned
// whole), ModelError for a model that sorts texts. A stop request ends it after a token; the answers so far are returned.
std::vector<WrittenAnswer> writtenAnswers(const FrozenModel& model, const Tokenizer& tokenizer, const SoftPrompt& prompt,
                                          const Examples& examples, const WritingOptions& options = {}, std::stop_token stop = {},
                                          const std::function<void(const WrittenAnswer&, std::size_t ofAll)>& written = {});

// As metrics/overlap.h has them, the means with the interval that 95 of 100 samples of such rows would fall into; BLEU and chrF of all
// together.
struct WrittenFigures {
  std::int64_t rows = 0, ended = 0;
  Interval exactMatch, tokenF1, rougeL;
  double bleu = 0, chrF = 0;
  // Of a classification: how many answers are one of the labels at all, and how many are the right one, letter by letter.
  std::optional<Interval> legalLabels, accuracy;
};
WrittenFigures figuresOf(const std::vector<WrittenAnswer>& answers, const std::vector<std::string>& classes);

}  // namespace incipit
