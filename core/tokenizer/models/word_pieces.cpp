#include "core/tokenizer/models/word_pieces.h"

#include "core/support/error.h"
#include "core/support/files.h"
#include "core/tokenizer/text/unicode.h"

#include <nlohmann/json.hpp>

namespace incipit {
namespace {

// Every line is a token, also an empty one; its id is the line's number. A token that comes twice keeps its later id, as in Python.
Json readLines(const std::filesystem::path& file) {
  const std::string text = readFile(file);
  if (!isUtf8(text)) throw FormatError("'" + file.string() + "' is not UTF-8 text.", "Download the tokenizer again.");
  Json vocabulary = Json::object();
  int id = 0;
  for (std::size_t at = 0; at < text.size(); ++id) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string token = text.substr(at, end - at);
    if (token.ends_with('\r')) token.pop_back();
    vocabulary[token] = id;
    at = end + 1;
  }
  return vocabulary;
}

}  // namespace

Json wordPiecesAsTokenizerJson(const std::filesystem::path& folder, const TokenizerConfig& config) {
  const std::string& kind = config.tokenizerClass;
  const std::string settings = (folder / "tokenizer_config.json").string();
  if (kind != "BertTokenizer" && kind != "DistilBertTokenizer" && kind != "ElectraTokenizer")
    throw FormatError(settings + ": the tokenizer_class '" + kind + "' is not known for a folder with vocab.txt alone.",
                      "Known are BertTokenizer, DistilBertTokenizer, ElectraTokenizer; or add a tokenizer.json.");
  if (!config.basicTokenize.value_or(true))
    throw FormatError(settings + ": do_basic_tokenize is false, which is not implemented.", "Add a tokenizer.json.");

  const Json vocabulary = readLines(folder / "vocab.txt");
  auto tokenOf = [&](const char* role) {
    const AddedToken* token = config.role(role);
    if (token && vocabulary.contains(token->content)) return token->content;
    throw FormatError((folder / "vocab.txt").string() + " has no " + role + (token ? " '" + token->content + "'" : "") +
                          ", which the tokenizer_class '" + kind + "' needs.",
                      "Name the token in tokenizer_config.json, or download the tokenizer again.");
  };
  auto pairOf = [&](const std::string& token) { return Json::array({token, vocabulary.at(token)}); };
  return {{"normalizer",
           {{"type", "BertNormalizer"},
            {"clean_text", true},
            {"handle_chinese_chars", config.chineseCharactersApart.value_or(true)},
            {"strip_accents", config.stripAccents ? Json(*config.stripAccents) : Json()},
            {"lowercase", config.lowercase.value_or(true)}}},
          {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
          {"post_processor", {{"type", "BertProcessing"}, {"sep", pairOf(tokenOf("sep_token"))}, {"cls", pairOf(tokenOf("cls_token"))}}},
          {"decoder", {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}},
          {"model",
           {{"type", "WordPiece"},
            {"unk_token", tokenOf("unk_token")},
            {"continuing_subword_prefix", "##"},
            {"max_input_chars_per_word", 100},
            {"vocab", vocabulary}}}};
}

}  // namespace incipit
