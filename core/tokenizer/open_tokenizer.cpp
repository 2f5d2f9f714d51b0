// From files to a Pipeline: tokenizer.json; vocab.json + merges.txt or vocab.txt, written as the tokenizer.json they amount to; or a
// sentencepiece model. Then what tokenizer_config.json says on top, in the way transformers' tokenizers take it.
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/support/json.h"
#include "core/tokenizer/models/vocabulary_and_merges.h"
#include "core/tokenizer/models/word_pieces.h"
#include "core/tokenizer/pipeline.h"
#include "core/tokenizer/sentencepiece/open_pieces.h"
#include "core/tokenizer/station.h"
#include "core/tokenizer/tokenizer_config.h"

#include <nlohmann/json.hpp>

namespace incipit {

namespace {

// A token that the model has keeps the model's id, whatever the file says, as in the tokenizers library.
void addToken(Stations& stations, AddedToken token) {
  if (token.content.empty()) return;
  if (auto known = stations.id(token.content)) token.id = *known;
  if (token.id >= 0) stations.added.add(std::move(token));
}

void readAddedTokens(const Station& file, Stations& stations) {
  if (!file.has("added_tokens")) return;
  for (const Station& station : file.children("added_tokens")) {
    station.allowOnly({"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"});
    AddedToken token;
    token.content = station.text("content");
    if (!isTokenId(station.at("id"))) station.fail("has the id " + station.at("id").dump() + ", which is not an id.");
    token.id = station.at("id").get<TokenId>();
    token.special = station.flagOr("special", false);
    token.normalized = station.flagOr("normalized", !token.special);
    token.singleWord = station.flagOr("single_word", false);
    token.leftStrip = station.flagOr("lstrip", false);
    token.rightStrip = station.flagOr("rstrip", false);
    addToken(stations, std::move(token));
  }
}

// `truncation` and `padding` are the business of whoever builds batches; transformers resets both at every call.
Stations readStations(const Station& file) {
  file.allowOnly({"version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model"});
  Stations stations;
  stations.model = readTokenModel(Station(file.at("model"), file.file(), "model"));
  auto station = [&](const char* key) { return Station(file.at(key), file.file(), key); };
  if (file.has("normalizer")) stations.normalizer = readNormalizer(station("normalizer"));
  if (file.has("pre_tokenizer")) stations.preTokenizer = readPreTokenizer(station("pre_tokenizer"));
  if (file.has("post_processor")) stations.postProcessor = readPostProcessor(station("post_processor"));
  if (file.has("decoder")) stations.decoder = readDecoder(station("decoder"));
  readAddedTokens(file, stations);
  return stations;
}

// Special tokens that tokenizer.json forgot. Those without an id anywhere stay unknown: the model has no row for them.
void addConfiguredTokens(const TokenizerConfig& config, Stations& stations) {
  for (const AddedToken& token : config.addedTokens)
    addToken(stations, token);
  auto addMissing = [&](const AddedToken& token) {
    if (!stations.added.find(token.content)) addToken(stations, token);
  };
  for (const auto& [role, token] : config.roles)
    addMissing(token);
  for (const AddedToken& token : config.additionalSpecial)
    addMissing(token);
}

std::optional<TokenId> idOfRole(const TokenizerConfig& config, const Stations& stations, const char* role) {
  const AddedToken* token = config.role(role);
  return token ? stations.id(token->content) : std::nullopt;
}

// Some classes of transformers ignore the file's post-processor and build their own from add_bos_token and add_eos_token.
struct BuildsOwnPostProcessor {
  const char* tokenizerClass;
  bool addsBeginOfText;  // unless the config says otherwise; none of them adds an end of text by default
};
constexpr BuildsOwnPostProcessor buildingClasses[] = {
    {"CodeLlamaTokenizer", true}, {"CohereTokenizer", true}, {"GemmaTokenizer", true},
    {"GPTNeoXTokenizer", false},  {"LlamaTokenizer", true},
};

void rebuildPostProcessor(const TokenizerConfig& config, const std::string& file, Stations& stations) {
  for (const BuildsOwnPostProcessor& kind : buildingClasses) {
    if (config.tokenizerClass != kind.tokenizerClass) continue;
    auto ids = [&](bool wanted, const char* role) {
      std::vector<TokenId> result;
      if (!wanted) return result;
      auto id = idOfRole(config, stations, role);
      if (!id)
        throw FormatError(file + ": the tokenizer_class '" + config.tokenizerClass + "' puts the " + role +
                              " around every text, but there is no such token in the vocabulary.",
                          "Set add_bos_token or add_eos_token to false in tokenizer_config.json, or name the token there.");
      result.push_back(*id);
      return result;
    };
    stations.postProcessor = surroundWith(ids(config.addBeginOfText.value_or(kind.addsBeginOfText), "bos_token"),
                                          ids(config.addEndOfText.value_or(false), "eos_token"));
  }
}

// An id without a token would only show much later, as a row that the model does not have.
void checkSurroundingTokens(const Stations& stations, const std::string& file) {
  if (!stations.postProcessor) return;
  for (TokenId id : stations.postProcessor->process({}))
    if (!stations.added.find(id) && !stations.model->vocabulary().token(id))
      throw FormatError(file + ": the post_processor puts the id " + std::to_string(id) + " around every text, which is not a token.",
                        "Download the tokenizer again.");
}

std::shared_ptr<const Tokenizer> assemble(Stations stations, const std::string& file, const TokenizerConfig& config) {
  addConfiguredTokens(config, stations);
  rebuildPostProcessor(config, file, stations);
  checkSurroundingTokens(stations, file);
  SpecialRoles roles{idOfRole(config, stations, "bos_token"), idOfRole(config, stations, "eos_token"),
                     idOfRole(config, stations, "pad_token")};
  return std::make_shared<Pipeline>(std::move(stations), roles);
}

std::shared_ptr<const Tokenizer> assemble(const Json& json, const std::string& file, const TokenizerConfig& config) {
  return assemble(readStations(Station(json, file, "file")), file, config);
}

// transformers lets add_prefix_space of tokenizer_config.json win over a ByteLevel pre-tokenizer's own.
void applyPrefixSpace(const TokenizerConfig& config, Json& json) {
  if (!config.addPrefixSpace || !json.is_object()) return;
  auto station = json.find("pre_tokenizer");
  if (station != json.end() && station->is_object() && station->value("type", Json()) == "ByteLevel")
    (*station)["add_prefix_space"] = *config.addPrefixSpace;
}

// BERT's classes let their options in tokenizer_config.json win over the file's normalizer.
void applyBertOptions(const TokenizerConfig& config, Json& json) {
  if (!json.is_object() || !config.tokenizerClass.ends_with("BertTokenizer")) return;
  auto station = json.find("normalizer");
  if (station == json.end() || !station->is_object() || station->value("type", Json()) != "BertNormalizer") return;
  if (config.lowercase) (*station)["lowercase"] = *config.lowercase;
  if (config.stripAccents) (*station)["strip_accents"] = *config.stripAccents;
  if (config.chineseCharactersApart) (*station)["handle_chinese_chars"] = *config.chineseCharactersApart;
}

}  // namespace

std::shared_ptr<const Tokenizer> openTokenizerFile(const std::filesystem::path& file) {
  Json json = readJson(file);
  const TokenizerConfig config = readTokenizerConfig(file.parent_path());
  applyPrefixSpace(config, json);
  applyBertOptions(config, json);
  return assemble(json, file.string(), config);
}

std::shared_ptr<const Tokenizer> openTokenizer(const std::filesystem::path& folder) {
  auto has = [&](const char* name) { return fileExists(folder / name); };
  if (has("tokenizer.json")) return openTokenizerFile(folder / "tokenizer.json");
  if (has("vocab.json") && has("merges.txt")) {
    const TokenizerConfig config = readTokenizerConfig(folder, "GPT2Tokenizer");
    return assemble(vocabularyAndMergesAsTokenizerJson(folder, config), (folder / "vocab.json").string() + " with merges.txt", config);
  }
  for (const auto& [name, fallbackClass] : {std::pair{"spiece.model", "T5Tokenizer"}, std::pair{"tokenizer.model", "LlamaTokenizer"}}) {
    if (!has(name)) continue;
    TokenizerConfig config = readTokenizerConfig(folder, fallbackClass);
    Stations stations = openPieces(folder / name, config);
    return assemble(std::move(stations), (folder / name).string(), config);
  }
  if (has("vocab.txt")) {
    const TokenizerConfig config = readTokenizerConfig(folder, "BertTokenizer");
    return assemble(wordPiecesAsTokenizerJson(folder, config), (folder / "vocab.txt").string(), config);
  }
  throw FileError("There is no tokenizer in " + folder.string() +
                      ": no tokenizer.json, vocab.json with merges.txt, spiece.model, tokenizer.model or vocab.txt.",
                  "Download the tokenizer's files into the model folder.");
}

}  // namespace incipit
