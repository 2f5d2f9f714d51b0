#include "core/tokenizer/tokenizer_config.h"

#include "core/support/files.h"
#include "core/support/json.h"
#include "core/tokenizer/station.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace incipit {

namespace {

constexpr const char* roleNames[] = {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"};

// What each class of transformers takes for a role that no file mentions.
struct ClassDefaults {
  const char* tokenizerClass;
  std::map<std::string, std::string> roles;
};

const std::vector<ClassDefaults>& classDefaults() {
  static const std::map<std::string, std::string> gpt2 = {
      {"bos_token", "<|endoftext|>"}, {"eos_token", "<|endoftext|>"}, {"unk_token", "<|endoftext|>"}};
  static const std::map<std::string, std::string> llama = {{"bos_token", "<s>"}, {"eos_token", "</s>"}, {"unk_token", "<unk>"}};
  static const std::map<std::string, std::string> roberta = {{"bos_token", "<s>"},    {"eos_token", "</s>"},  {"unk_token", "<unk>"},
                                                             {"sep_token", "</s>"},   {"pad_token", "<pad>"}, {"cls_token", "<s>"},
                                                             {"mask_token", "<mask>"}};
  static const std::map<std::string, std::string> bert = {
      {"unk_token", "[UNK]"}, {"sep_token", "[SEP]"}, {"pad_token", "[PAD]"}, {"cls_token", "[CLS]"}, {"mask_token", "[MASK]"}};
  static const std::map<std::string, std::string> t5 = {{"eos_token", "</s>"}, {"unk_token", "<unk>"}, {"pad_token", "<pad>"}};
  static const std::vector<ClassDefaults> list = {
      {"BartTokenizer", roberta},
      {"BertTokenizer", bert},
      {"BloomTokenizer", {{"bos_token", "<s>"}, {"eos_token", "</s>"}, {"unk_token", "<unk>"}, {"pad_token", "<pad>"}}},
      {"CodeGenTokenizer", gpt2},
      {"CodeLlamaTokenizer", llama},
      {"DistilBertTokenizer", bert},
      {"ElectraTokenizer", bert},
      {"GemmaTokenizer", {{"bos_token", "<bos>"}, {"eos_token", "<eos>"}, {"unk_token", "<unk>"}, {"pad_token", "<pad>"}}},
      {"GPT2Tokenizer", gpt2},
      {"GPTNeoXTokenizer", gpt2},
      {"LlamaTokenizer", llama},
      {"Qwen2Tokenizer", {{"eos_token", "<|endoftext|>"}, {"unk_token", "<|endoftext|>"}, {"pad_token", "<|endoftext|>"}}},
      {"RobertaTokenizer", roberta},
      {"MT5Tokenizer", t5},
      {"T5Tokenizer", t5},
  };
  return list;
}

AddedToken specialToken(std::string content) {
  AddedToken token;
  token.content = std::move(content);
  token.special = true;
  return token;
}

// "</s>" or {"content": "</s>", "lstrip": false, ...}. A special token is not normalised unless it says so.
AddedToken readToken(const Station& station, const char* key) {
  if (station.at(key).is_string()) return specialToken(station.text(key));
  const Station object = station.child(key);
  AddedToken token = specialToken(object.text("content"));
  token.normalized = object.flagOr("normalized", false);
  token.singleWord = object.flagOr("single_word", false);
  token.leftStrip = object.flagOr("lstrip", false);
  token.rightStrip = object.flagOr("rstrip", false);
  token.special = object.flagOr("special", true);
  return token;
}

void readRoles(const Station& station, TokenizerConfig& config, std::map<std::string, bool>& mentioned) {
  for (const char* role : roleNames) {
    if (!station.value().contains(role)) continue;
    mentioned[role] = true;  // also when it is null: then there is none, whatever the class
    if (station.has(role)) config.roles[role] = readToken(station, role);
  }
  if (!station.has("additional_special_tokens")) return;
  config.additionalSpecial.clear();
  const nlohmann::json& list = station.at("additional_special_tokens");
  if (!list.is_array()) station.fail("needs a list as 'additional_special_tokens'.");
  for (const nlohmann::json& entry : list) {
    const nlohmann::json holder = {{"token", entry}};
    config.additionalSpecial.push_back(readToken(Station(holder, station.file(), "additional_special_tokens"), "token"));
  }
}

// {"32000": {"content": "<|user|>", ...}, ...}
void readAddedTokensDecoder(const Station& station, TokenizerConfig& config) {
  const Station table = station.child("added_tokens_decoder");
  for (const auto& [key, value] : table.value().items()) {
    TokenId id = -1;
    auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (error != std::errc() || end != key.data() + key.size() || id < 0 || id > Vocabulary::largestId)
      table.fail("has the key '" + key + "', which is not an id.");
    AddedToken token = readToken(table, key.c_str());
    token.id = id;
    token.special = Station(value, station.file(), "added token " + key).flagOr("special", false);
    config.addedTokens.push_back(std::move(token));
  }
}

void readOptions(const Station& station, TokenizerConfig& config) {
  const std::pair<const char*, std::optional<bool>*> flags[] = {{"add_bos_token", &config.addBeginOfText},
                                                                {"add_eos_token", &config.addEndOfText},
                                                                {"add_prefix_space", &config.addPrefixSpace},
                                                                {"legacy", &config.legacy},
                                                                {"do_lower_case", &config.lowercase},
                                                                {"strip_accents", &config.stripAccents},
                                                                {"tokenize_chinese_chars", &config.chineseCharactersApart},
                                                                {"do_basic_tokenize", &config.basicTokenize}};
  for (const auto& [key, flag] : flags)
    if (station.has(key)) *flag = station.flag(key);
  constexpr std::size_t mostExtraIds = 1 << 16;
  if (station.has("extra_ids")) config.extraIds = std::min(station.count("extra_ids"), mostExtraIds);
  if (station.has("never_split") && !station.at("never_split").empty())
    station.fail("names words in 'never_split', which is not implemented.", "Add a tokenizer.json.");
}

std::string withoutFast(std::string name) {
  if (name.ends_with("Fast") && name != "PreTrainedTokenizerFast") name.resize(name.size() - 4);
  return name;
}

// The class that transformers takes when only the model's config.json can tell: by its own tokenizer_class, else by the family.
std::string classOfModel(const std::filesystem::path& folder) {
  static const std::map<std::string, std::string> classes{
      {"bart", "BartTokenizer"},   {"roberta", "RobertaTokenizer"}, {"qwen2", "Qwen2Tokenizer"},
      {"qwen3", "Qwen2Tokenizer"}, {"gemma", "GemmaTokenizer"},     {"gemma2", "GemmaTokenizer"},
  };
  if (!fileExists(folder / "config.json")) return {};
  const Json json = readJson(folder / "config.json");
  const auto word = [&](const char* key) {
    return json.is_object() && json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string();
  };
  if (const std::string said = withoutFast(word("tokenizer_class")); !said.empty()) return said;
  const auto found = classes.find(word("model_type"));
  return found == classes.end() ? std::string() : found->second;
}

}  // namespace

const AddedToken* TokenizerConfig::role(const std::string& name) const {
  auto found = roles.find(name);
  return found == roles.end() ? nullptr : &found->second;
}

TokenizerConfig readTokenizerConfig(const std::filesystem::path& folder, const std::string& fallbackClass) {
  TokenizerConfig config;
  std::map<std::string, bool> mentioned;
  // special_tokens_map.json is the older place; a tokenizer_config.json with added_tokens_decoder knows everything itself.
  const std::filesystem::path mapFile = folder / "special_tokens_map.json";
  const std::filesystem::path configFile = folder / "tokenizer_config.json";
  if (fileExists(mapFile)) {
    const Json json = readJson(mapFile);
    readRoles(Station(json, mapFile.string(), "file"), config, mentioned);
  }
  const TokenizerConfig olderPlace = config;
  if (fileExists(configFile)) {
    const Json json = readJson(configFile);
    const Station station(json, configFile.string(), "file");
    config.tokenizerClass = withoutFast(station.textOr("tokenizer_class", ""));
    readOptions(station, config);
    readRoles(station, config, mentioned);
    if (station.has("added_tokens_decoder"))
      readAddedTokensDecoder(station, config);
    else
      for (const auto& [role, token] : olderPlace.roles)
        config.roles[role] = token;
  }
  if (config.tokenizerClass.empty() && !fallbackClass.empty()) config.tokenizerClass = classOfModel(folder);
  if (config.tokenizerClass.empty()) config.tokenizerClass = fallbackClass;
  for (const ClassDefaults& defaults : classDefaults())
    if (config.tokenizerClass == defaults.tokenizerClass)
      for (const auto& [role, content] : defaults.roles)
        if (!mentioned[role]) config.roles[role] = specialToken(content);
  return config;
}

}  // namespace incipit
