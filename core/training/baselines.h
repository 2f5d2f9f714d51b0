// What a trained prompt has to beat: the bare model, the start text as plain words, examples in the context, whoever always says the most
// frequent class, and of a head a linear probe. "Did tuning beat simply asking?"
#pragma once

#include "core/dataset/table.h"
#include "core/training/train.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace incipit {

inline constexpr std::int64_t mostShots = 32;  // examples in the context, the same in front of every row

// A run's own things. Null is what there is not.
struct BaselineInput {
  TrainingPlan plan;
  std::shared_ptr<const FrozenModel> model;
  std::shared_ptr<const Tokenizer> tokenizer;
  std::shared_ptr<const Examples> training, validation;         // what is judged are all rows of `validation`
  std::shared_ptr<const Table> trainingTable, validationTable;  // their rows as text, for examples in the context
  SoftPrompt prompt;                                            // of the run; its pooling and the shape of its head are the probe's
};

// One of them, ready to be judged.
struct Baseline {
  std::string name;                          // "bare_model", "start_text", "few_shot", "majority_class", "linear_probe"
  std::string key;                           // fingerprint of all that its figures depend on
  std::string whyNot;                        // a sentence: it cannot be had here, and why; empty otherwise
  std::int64_t shots = 0;                    // few_shot: examples in the context
  double work = 0;                           // tokens read forwards, as ValidationCost counts them
  std::vector<TokenId> front;                // what every row begins with, read once a batch
  std::shared_ptr<const Examples> examples;  // what is judged behind it
};

// Those that make sense for this run, in the order they are shown. Nothing is computed with the model.
// few_shot: training examples alone, by the plan's seed, balanced over the classes (dataset/shots.h), as many as leave room in the context
// for the longest validation row and its longest label. start_text: the plan's text as the tokens that PromptInit::Text starts from, all of
// them and each once, at the place of the prompt.
std::vector<Baseline> baselinesFor(const BaselineInput& input);

// The figures of one, as they are kept and shown.
struct BaselineFigures {
  std::string name, key, whyNot;
  std::int64_t rows = 0, shots = 0;
  std::optional<double> loss, labelLoss, accuracy, f1Macro;  // as in Evaluation; of majority_class the last two alone
};
struct JudgedBaseline {
  BaselineFigures figures;
  std::optional<Evaluation> evaluation;  // of all but majority_class
};
// Its figures on the validation rows; nullopt: the stop came first. `tell` hears which share is done.
std::optional<JudgedBaseline> judge(const BaselineInput& input, const Baseline& baseline, std::stop_token stop = {},
                                    const std::function<void(double share)>& tell = {});

}  // namespace incipit
