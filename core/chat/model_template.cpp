#include "core/chat/model_template.h"

#include "core/support/files.h"
#include "core/support/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace incipit {

namespace fs = std::filesystem;

namespace {

void addFolder(const fs::path& folder, std::vector<ChatTemplateFile>& found) {
  std::error_code nothing;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, nothing))
    if (entry.path().extension() == ".jinja") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files)
    found.push_back({file.stem().string(), readFile(file), file});
}

void addFromJson(const fs::path& file, std::vector<ChatTemplateFile>& found) {
  if (!fs::exists(file)) return;
  const Json json = readJson(file);
  const auto at = json.is_object() ? json.find("chat_template") : json.end();
  if (at == json.end()) return;
  if (at->is_string()) found.push_back({"default", at->get<std::string>(), file});
  if (!at->is_array()) return;
  for (const Json& entry : *at) {
    if (!entry.is_object() || !entry.contains("name") || !entry["name"].is_string() || !entry.contains("template") ||
        !entry["template"].is_string())
      throw FormatError("'" + file.string() + "' lists chat templates, but one of them has no name or no text.",
                        "Give each a \"name\" and a \"template\".");
    found.push_back({entry["name"].get<std::string>(), entry["template"].get<std::string>(), file});
  }
}

std::string namesOf(const std::vector<ChatTemplateFile>& templates) {
  std::string names;
  for (const ChatTemplateFile& one : templates)
    names += (names.empty() ? "" : ", ") + one.name;
  return names;
}

const ChatTemplateFile* named(const std::vector<ChatTemplateFile>& templates, const std::string& name) {
  const auto at = std::find_if(templates.begin(), templates.end(), [&](const ChatTemplateFile& one) { return one.name == name; });
  return at == templates.end() ? nullptr : &*at;
}

}  // namespace

std::vector<ChatTemplateFile> chatTemplatesOf(const fs::path& folder) {
  std::vector<ChatTemplateFile> found;
  if (const fs::path file = folder / "chat_template.jinja"; fs::exists(file)) found.push_back({"default", readFile(file), file});
  addFolder(folder / "additional_chat_templates", found);
  for (const char* name : {"tokenizer_config.json", "chat_template.json"})
    if (found.empty()) addFromJson(folder / name, found);
  std::stable_partition(found.begin(), found.end(), [](const ChatTemplateFile& one) { return one.name == "default"; });
  return found;
}

std::optional<ChatTemplateFile> chosenChatTemplate(const fs::path& folder, const std::string& choice) {
  if (choice.empty() || choice == "none") return std::nullopt;
  const std::vector<ChatTemplateFile> own = chatTemplatesOf(folder);
  if (choice == "auto") {
    if (own.empty()) return std::nullopt;
    if (const ChatTemplateFile* found = named(own, "default")) return *found;
    if (own.size() == 1) return own.front();
    throw FormatError("The model has several chat templates and none is its default.",
                      "Choose one by name (--chat-template): " + namesOf(own) + ".");
  }
  if (const ChatTemplateFile* found = named(own, choice)) return *found;
  if (!fs::exists(choice))
    throw FileError("There is no chat template '" + choice + "': no file, and no name of the model's own.",
                    own.empty() ? "The model has none; give a .jinja file, or none."
                                : "Give a .jinja file, auto, none, or one of: " + namesOf(own) + ".");
  return ChatTemplateFile{fs::path(choice).filename().string(), readFile(choice), choice};
}

nlohmann::ordered_json specialTokenTexts(const fs::path& folder) {
  nlohmann::ordered_json tokens = nlohmann::ordered_json::object();
  for (const char* file : {"tokenizer_config.json", "special_tokens_map.json"}) {
    if (!fs::exists(folder / file)) continue;
    const Json json = readJson(folder / file);
    for (const char* name : {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"}) {
      if (!json.is_object() || !json.contains(name) || tokens.contains(name)) continue;
      const Json& token = json[name];
      const Json& text = token.is_object() && token.contains("content") ? token["content"] : token;
      if (text.is_string()) tokens[name] = text.get<std::string>();
    }
  }
  return tokens;
}

}  // namespace incipit
