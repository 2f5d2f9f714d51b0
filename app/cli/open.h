// What most commands begin with: a model, its tokenizer, a prompt.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/tokenizer/tokenizer.h"

#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace incipit {
class FrozenModel;
}

namespace incipit::cli {

struct ModelChoice {
  std::string model;  // MODEL
  std::string precision = "auto", device = "auto";
  int threads = 0;
};
void addModelFlags(CLI::App& command, ModelChoice& choice);  // MODEL --precision --device --threads
void addJsonFlag(CLI::App& command, bool& json);

struct OpenedModel {
  std::shared_ptr<const FrozenModel> model;
  std::shared_ptr<const Tokenizer> tokenizer;  // null where the folder has none
};
// `promptPath`: the prompt to be used with it, empty for none; one that was trained with a head wants the model to have one.
OpenedModel open(const ModelChoice& choice, const std::string& promptPath = {});

// The prompt at `path`, checked against the model; an empty path gives the empty prompt (the bare model). A prompt of other weights is
// used, with a warning.
SoftPrompt openPrompt(const std::string& path, const FrozenModel& model);

// A token as its own spelling and as running text; both empty without a tokenizer or behind the end of its vocabulary.
std::string spelling(const Tokenizer* tokenizer, TokenId id);
std::string piece(const Tokenizer* tokenizer, TokenId id);

}  // namespace incipit::cli
