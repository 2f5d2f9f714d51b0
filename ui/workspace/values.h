// What belongs together is one value. The workspace keeps a shared pointer to each of these four and swaps it whole; a view draws from the
// value it was handed. So "is this still so?" is a comparison of pointers, and a mixture of two models cannot be put together.
#pragma once

#include "core/dataset/examples.h"
#include "core/dataset/table.h"
#include "core/model/card/card.h"
#include "core/prompt/recipe.h"
#include "core/training/events.h"
#include "core/training/plan.h"
#include "ui/jobs/problem.h"

#include <QString>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace incipit {
class FrozenModel;
class Tokenizer;
}  // namespace incipit

namespace incipit::ui {

// A model as it was opened, with the tokenizer of its folder.
struct OpenModel {
  std::string name;       // as it was asked for: a folder, a name in the cache, "demo"
  bool withHead = false;  // a decoder that was opened with a head, to sort texts
  std::shared_ptr<const FrozenModel> frozen;
  std::shared_ptr<const Tokenizer> tokenizer;  // null: the folder has none
  ModelSummary summary;
  std::string fingerprint;  // of its weights

  const ModelCard& card() const;
  Reading reading() const;    // where it looks for the answer
  QString shortName() const;  // "minilm-l6"
};

// A data file, how its rows become text, and what the model makes of it.
struct ReadData {
  std::shared_ptr<const Table> table;
  std::shared_ptr<const Table> validationTable;  // null: none
  DataSettings settings;
  std::int64_t virtualTokens = 0;                        // that stand in front, and take their room
  std::shared_ptr<const OpenModel> model;                // the examples are for it; null: none is open
  std::shared_ptr<const Examples> training, validation;  // null: being made, or impossible
  Problem problem;                                       // why there are no examples; empty while they are made

  Reading reading() const;
};

enum class PromptState { None, Starting, Training, Snapshot, Trained, Opened };

// The prompt that everything looks at, and where it comes from.
struct PromptInView {
  PromptState state = PromptState::Starting;
  SoftPrompt prompt;
  std::shared_ptr<const OpenModel> model;  // it stands in front of this one; null: an adapter that was opened before any model
  std::filesystem::path runFolder;         // with Training, Snapshot, Trained: of which run,
  QString runName;                         //   called so,
  std::int64_t step = 0;                   //   as it stood after which step
  QString source;                          // with Opened: the adapter's name
  std::optional<PromptRecipe> recipe;      // with Starting: what it was made by

  QString title() const;     // "step 120 of quiet-harbour-3"
  QString fileName() const;  // what a file of it is called to begin with
};

struct RunEnd {
  enum class How { Finished, Stopped, Failed, Interrupted } how = How::Finished;
  QString sentence;  // "Finished after 200 steps; the prompt after step 180 is kept: ..." or what failed
  Problem problem;   // with Failed
  std::optional<Summary> summary;

  QString word() const;  // "finished", "stopped", ...: the one word for it everywhere
};

// A run that is going on, or one that was opened.
struct RunInView {
  QString name;
  std::filesystem::path folder;
  TrainingPlan plan;  // its own, whatever the form says by now
  std::string modelFingerprint, dataFingerprint;
  std::optional<PromptRecipe> recipe;                        // what its prompt started from, where that can be told
  std::shared_ptr<const std::vector<TrainingEvent>> events;  // so far (snapshots without prompts)
  std::shared_ptr<const SoftPrompt> kept;                    // the prompt that it kept; null while it goes on, or when there is none
  std::int64_t keptStep = 0;
  std::optional<RunEnd> end;  // nullopt: it goes on

  bool isOf(const std::shared_ptr<const OpenModel>& model) const;  // its prompts were made for this model
  QString modelName() const;
  QString dataName() const;
  // The last step of a run that was stopped between two validations, or validated on a sample only; nullopt: nothing is left to judge.
  std::optional<std::int64_t> unjudgedStep() const;
};

}  // namespace incipit::ui
