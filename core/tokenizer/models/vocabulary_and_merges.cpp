#include "core/tokenizer/models/vocabulary_and_merges.h"

#include "core/support/error.h"
#include "core/support/files.h"
#include "core/tokenizer/text/unicode.h"

#include <nlohmann/json.hpp>

namespace incipit {

namespace {

Json byteLevel(bool addPrefixSpace, bool useRegex) {
  return {{"type", "ByteLevel"}, {"add_prefix_space", addPrefixSpace}, {"trim_offsets", true}, {"use_regex", useRegex}};
}

Json readMerges(const std::filesystem::path& file) {
  const std::string text = readFile(file);
  if (!isUtf8(text)) throw FormatError("'" + file.string() + "' is not UTF-8 text.", "Download the tokenizer again.");
  Json merges = Json::array();
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty() && !line.starts_with("#version")) merges.push_back(std::move(line));
  }
  return merges;
}

// The token of a role, which has to be there.
std::string tokenOf(const TokenizerConfig& config, const Json& vocabulary, const char* role, const std::filesystem::path& folder) {
  const AddedToken* token = config.role(role);
  if (token && vocabulary.contains(token->content)) return token->content;
  throw FormatError(folder.string() + ": the tokenizer_class '" + config.tokenizerClass + "' needs a " + role +
                        ", but vocab.json has none by that name.",
                    "Name the token in tokenizer_config.json.");
}

Json pairOf(const std::string& token, const Json& vocabulary) { return Json::array({token, vocabulary.at(token)}); }

// <s> in front of every text.
Json beginOfTextTemplate(const std::string& token, const Json& vocabulary) {
  return {{"type", "TemplateProcessing"},
          {"single", {{{"SpecialToken", {{"id", token}, {"type_id", 0}}}}, {{"Sequence", {{"id", "A"}, {"type_id", 0}}}}}},
          {"pair", Json::array()},
          {"special_tokens", {{token, {{"id", token}, {"ids", {vocabulary.at(token)}}, {"tokens", {token}}}}}}};
}

constexpr const char* qwen2Words =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

}  // namespace

Json vocabularyAndMergesAsTokenizerJson(const std::filesystem::path& folder, const TokenizerConfig& config) {
  const Json vocabulary = readJson(folder / "vocab.json");
  const std::string& kind = config.tokenizerClass;
  const bool prefixSpace = config.addPrefixSpace.value_or(false);
  Json json = {{"pre_tokenizer", byteLevel(prefixSpace, true)}, {"decoder", byteLevel(prefixSpace, true)}};
  if (kind == "GPT2Tokenizer" || kind == "CodeGenTokenizer") {
    if (config.addBeginOfText.value_or(false))
      json["post_processor"] = beginOfTextTemplate(tokenOf(config, vocabulary, "bos_token", folder), vocabulary);
  } else if (kind == "RobertaTokenizer" || kind == "BartTokenizer") {
    json["post_processor"] = {{"type", "RobertaProcessing"},
                              {"sep", pairOf(tokenOf(config, vocabulary, "sep_token", folder), vocabulary)},
                              {"cls", pairOf(tokenOf(config, vocabulary, "cls_token", folder), vocabulary)}};
  } else if (kind == "Qwen2Tokenizer") {
    json["normalizer"] = {{"type", "NFC"}};
    Json split = {{"type", "Split"}, {"pattern", {{"Regex", qwen2Words}}}, {"behavior", "Isolated"}, {"invert", false}};
    json["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", Json::array({split, byteLevel(prefixSpace, false)})}};
  } else {
    throw FormatError(
        (folder / "tokenizer_config.json").string() + ": the tokenizer_class '" + kind +
            "' is not known for a folder with vocab.json and merges.txt.",
        "Known are GPT2Tokenizer, CodeGenTokenizer, RobertaTokenizer, BartTokenizer, Qwen2Tokenizer; or add a tokenizer.json.");
  }
  json["model"] = {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", readMerges(folder / "merges.txt")}};
  return json;
}

}  // namespace incipit
