// Small tokenizers of the tests' own, written down as the tokenizer.json they are.
#pragma once

#include "core/support/files.h"
#include "core/tokenizer/station.h"
#include "core/tokenizer/tokenizer.h"
#include "tests/harness/harness.h"

#include <nlohmann/json.hpp>

namespace incipit::test {

using nlohmann::json;

inline json addedToken(const std::string& content, int id, const std::vector<std::string>& flags = {"special"}) {
  json token = {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
                {"rstrip", false}, {"normalized", false}, {"special", false}};
  for (const std::string& flag : flags)
    token[flag] = true;
  return token;
}

// Llama's layout: <unk> 0, <s> 1, </s> 2, the bytes <0x00> ... 3 to 258, then `tokens` from 259 on.
inline json llamaStyle(const std::vector<std::string>& tokens, const std::vector<std::string>& merges) {
  json vocabulary = {{"<unk>", 0}, {"<s>", 1}, {"</s>", 2}};
  for (int byte = 0; byte < 256; ++byte) {
    constexpr char digits[] = "0123456789ABCDEF";
    vocabulary[std::string("<0x") + digits[byte / 16] + digits[byte % 16] + ">"] = byte + 3;
  }
  int next = 259;
  for (const std::string& token : tokens)
    vocabulary[token] = next++;
  auto replace = [](const char* from, const char* to) {
    return json{{"type", "Replace"}, {"pattern", {{"String", from}}}, {"content", to}};
  };
  json beginning = {{"id", "<s>"}, {"ids", {1}}, {"tokens", {"<s>"}}};
  return {
      {"version", "1.0"},
      {"truncation", nullptr},
      {"padding", nullptr},
      {"added_tokens", {addedToken("<unk>", 0), addedToken("<s>", 1), addedToken("</s>", 2)}},
      {"normalizer", {{"type", "Sequence"}, {"normalizers", {{{"type", "Prepend"}, {"prepend", "▁"}}, replace(" ", "▁")}}}},
      {"pre_tokenizer", nullptr},
      {"post_processor",
       {{"type", "TemplateProcessing"},
        {"single", {{{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}}, {{"Sequence", {{"id", "A"}, {"type_id", 0}}}}}},
        {"pair", json::array()},
        {"special_tokens", {{"<s>", beginning}}}}},
      {"decoder",
       {{"type", "Sequence"},
        {"decoders",
         {replace("▁", " "),
          {{"type", "ByteFallback"}},
          {{"type", "Fuse"}},
          {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}}}}},
      {"model",
       {{"type", "BPE"}, {"unk_token", "<unk>"}, {"fuse_unk", true}, {"byte_fallback", true}, {"vocab", vocabulary}, {"merges", merges}}}};
}

// A model of whole words, to look at the stations in front of it.
inline json wordLevel(const std::vector<std::string>& words) {
  json vocabulary = {{"<unk>", 0}};
  for (const std::string& word : words)
    vocabulary[word] = static_cast<int>(vocabulary.size());
  return {{"model", {{"type", "WordLevel"}, {"unk_token", "<unk>"}, {"vocab", vocabulary}}}};
}

inline std::filesystem::path writeTokenizer(const json& file, const std::string& name, const json& config = nullptr) {
  const auto folder = scratch(name);
  writeFileAtomically(folder / "tokenizer.json", file.dump());
  if (!config.is_null()) writeFileAtomically(folder / "tokenizer_config.json", config.dump());
  return folder;
}

inline std::shared_ptr<const Tokenizer> openJson(const json& file, const std::string& name, const json& config = nullptr) {
  return openTokenizer(writeTokenizer(file, name, config));
}

inline std::vector<std::string> tokensOf(const Tokenizer& tokenizer, std::string_view text, SpecialTokens special = SpecialTokens::Leave) {
  std::vector<std::string> tokens;
  for (TokenId id : tokenizer.encode(text, special))
    tokens.push_back(tokenizer.token(id));
  return tokens;
}

using Strings = std::vector<std::string>;
using Ids = std::vector<TokenId>;

}  // namespace incipit::test
