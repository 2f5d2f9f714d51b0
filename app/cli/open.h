// What most commands begin with: a model, its tokenizer, a prompt.
#pragma once

#include "core/dataset/asked_text.h"
#include "core/prompt/soft_prompt.h"
#include "core/tokenizer/tokenizer.h"

#include <memory>
#include <string>
#include <vector>

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

// --chat-template and --system: how a text is put to an instruct model.
struct ChatChoice {
  std::string chatTemplate;  // empty: the run's that the prompt is from; without a prompt the model's own, with any other none
  std::string system;
};
void addChatFlags(CLI::App& command, ChatChoice& choice);
// The text as the model reads it, in its chat template where one is meant, with the virtual tokens where the text or the prompt's template
// has them (which is said). `promptPath`: of the prompt.
AskedText askedText(const std::string& text, const ChatChoice& choice, const std::string& promptPath, const SoftPrompt& prompt,
                    const OpenedModel& opened);
// Says of token ids that a prompt trained among its text stands in front of them.
AskedText askedIds(std::vector<TokenId> ids, const SoftPrompt& prompt);

// --gemma-prompt: what the rows of a Gemma prompt mean, whatever its file says.
void addGemmaFlag(CLI::App& command, std::string& gemmaPrompt);

// The prompt at `path`, checked against the model; an empty path gives the empty prompt (the bare model). A prompt of other weights is
// used, with a warning; what a Gemma prompt was taken for is said unless `gemmaPrompt` decides it.
SoftPrompt openPrompt(const std::string& path, const FrozenModel& model, const std::string& gemmaPrompt = {});
// Says what the rows of a prompt for Gemma were taken for; `assumed`: its file did not say it.
void noteRowScale(const std::string& path, RowScale scale, bool assumed);
// Throws PlanError when the model has no factor for which --gemma-prompt could matter.
void checkGemmaFlag(const std::string& flag, const std::string& value, const FrozenModel& model);

// A token as its own spelling and as running text; both empty without a tokenizer or behind the end of its vocabulary.
std::string spelling(const Tokenizer* tokenizer, TokenId id);
std::string piece(const Tokenizer* tokenizer, TokenId id);

}  // namespace incipit::cli
