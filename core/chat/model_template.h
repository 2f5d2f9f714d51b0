// Where an instruct model keeps its chat templates, and the special tokens it gives them.
#pragma once

#include "core/chat/chat_template.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

struct ChatTemplateFile {
  std::string name;    // "default", "tool_use", ...
  std::string source;  // the template itself
  std::filesystem::path file;
};

// The templates of a model folder, "default" first: chat_template.jinja and additional_chat_templates/*.jinja, else `chat_template` of
// tokenizer_config.json (one, or a list of named ones), else of chat_template.json. None: the model is no instruct model.
std::vector<ChatTemplateFile> chatTemplatesOf(const std::filesystem::path& folder);

// The template that `choice` means: "auto" the model's own ("default") or none where it has none, "none" none, one of the model's names, or
// a file. Throws FileError where it is nothing of all that.
std::optional<ChatTemplateFile> chosenChatTemplate(const std::filesystem::path& folder, const std::string& choice);

// bos_token, eos_token and the like as tokenizer_config.json and special_tokens_map.json have them: an object of texts, without those that
// the tokenizer lacks.
nlohmann::ordered_json specialTokenTexts(const std::filesystem::path& folder);

}  // namespace incipit
