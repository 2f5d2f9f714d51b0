// A prompt translated into words: the tokens nearest to its rows, others found by going down the loss with words only (PEZ, Wen et al.
// 2023: the gradient is taken at the nearest words and moves the rows), then repaired one by one (HotFlip, Ebrahimi et al. 2018; as GCG,
// Zou et al. 2023, does it). Nearest tokens alone mostly lose what was learned (Khashabi et al. 2022), so what each is worth is evaluated.
#pragma once

#include "core/dataset/examples.h"
#include "core/inspection/neighbours.h"
#include "core/prompt/soft_prompt.h"
#include "core/support/watch.h"

#include <functional>
#include <string>
#include <vector>

namespace incipit {

// Words that somebody can type: their ids are what the tokenizer makes of the text.
struct TypedWords {
  std::string text;
  std::vector<TokenId> ids;
};

// For every row the nearest token that is a text of its own (no special token, no piece of a character); put together and read again.
TypedWords nearestWords(const SoftPrompt& prompt, const VocabularyIndex& vocabulary, const Tokenizer& tokenizer,
                        Metric metric = Metric::Cosine);
// What the tokenizer makes of a text, without special tokens.
TypedWords typed(const std::string& text, const Tokenizer& tokenizer);

// The words' own embedding rows as a prompt, to be judged like any other where the prompt stands: evaluate() of it is the words' score.
SoftPrompt promptOf(const std::vector<TokenId>& ids, const FrozenModel& model, const SoftPrompt& like);

struct RepairOptions {
  std::int64_t budget = 50;  // evaluations of candidates at most
  std::int64_t sample = 32;  // examples that candidates are judged on
  std::int64_t batchSize = 16;
  std::int64_t candidates = 8;  // a gradient, the most promising first
  std::uint64_t seed = 0;
};

struct RepairedWords {
  TypedWords words;             // the best so far
  double before = 0, loss = 0;  // of the words that came in, and of these, on the sample
  std::int64_t evaluations = 0, exchanged = 0;
};

// Starts from the prompt's rows: the gradient at the words nearest to them moves the rows (Adam), until other words are nearest. Words that
// do not read back as the same ids are left out. `before` is the loss of the nearest words, `loss` that of the best met; `exchanged` counts
// how often a better text was found. Ends when the budget of evaluations, or ten times as many gradients, is spent, or at a stop request.
// `vocabulary` is of the model; `examples` have room for as many virtual tokens as the prompt has rows.
RepairedWords projectedWords(const Tokenizer& tokenizer, const Examples& examples, const SoftPrompt& prompt,
                             const VocabularyIndex& vocabulary, const SoftPrompt& like, const RepairOptions& options = {},
                             const Watch& watch = {}, const std::function<void(const RepairedWords&)>& better = {});

// Exchanges a token at a time: candidates are those for which -gradient . (E_new - E_old) promises most, only texts that read back as the
// same ids, and an exchange stays where the loss itself falls. `better` hears of each. Ends when the budget is spent, when no candidate of
// a gradient helps, or at a stop request of `watch`; the best is kept at any time.
RepairedWords repairedWords(const FrozenModel& model, const Tokenizer& tokenizer, const Examples& examples, const TypedWords& words,
                            const SoftPrompt& like, const RepairOptions& options = {}, const Watch& watch = {},
                            const std::function<void(const RepairedWords&)>& better = {});

}  // namespace incipit
