#include "core/tokenizer/sentencepiece/open_pieces.h"

#include "core/support/error.h"
#include "core/tokenizer/sentencepiece/piece_models.h"
#include "core/tokenizer/sentencepiece/preparation.h"
#include "core/tokenizer/station.h"

#include <nlohmann/json.hpp>

namespace incipit {
namespace {

// T5's rule: the end of text behind every text that does not end with it already.
class EndOfText : public PostProcessor {
 public:
  explicit EndOfText(TokenId token) : m_token(token) {}
  std::vector<TokenId> process(std::vector<TokenId> ids) const override {
    if (ids.empty() || ids.back() != m_token) ids.push_back(m_token);
    return ids;
  }

 private:
  TokenId m_token;
};

// <extra_id_0> has the last id, <extra_id_1> the one before; the white space around them belongs to them.
void addExtraIds(const PieceFile& pieces, TokenizerConfig& config) {
  const std::size_t count = config.extraIds.value_or(100);
  std::vector<AddedToken> tokens;
  for (std::size_t i = 0; i < count; ++i) {
    AddedToken token;
    token.content = "<extra_id_" + std::to_string(i) + ">";
    token.id = static_cast<TokenId>(pieces.pieces.size() + count - 1 - i);
    token.special = token.leftStrip = token.rightStrip = true;
    tokens.push_back(std::move(token));
  }
  config.addedTokens.insert(config.addedTokens.begin(), tokens.begin(), tokens.end());
}

// These classes look for all their added tokens in the text as it came.
void takeLiterally(TokenizerConfig& config) {
  for (AddedToken& token : config.addedTokens)
    token.normalized = false;
  for (AddedToken& token : config.additionalSpecial)
    token.normalized = false;
  for (auto& [role, token] : config.roles)
    token.normalized = false;
}

std::unique_ptr<Decoder> decoderOf(const PieceFile& pieces, bool prefix, const std::string& file) {
  nlohmann::json steps = {{{"type", "Replace"}, {"pattern", {{"String", pieceSpace}}}, {"content", " "}}};
  if (pieces.byteFallback) steps.push_back({{"type", "ByteFallback"}});
  steps.push_back({{"type", "Fuse"}});
  if (prefix) steps.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
  const nlohmann::json sequence = {{"type", "Sequence"}, {"decoders", steps}};
  return readDecoder(Station(sequence, file, "decoder"));
}

}  // namespace

Stations openPieces(const std::filesystem::path& file, TokenizerConfig& config) {
  const std::string& kind = config.tokenizerClass;
  const bool t5 = kind == "T5Tokenizer" || kind == "MT5Tokenizer", llama = kind == "LlamaTokenizer";
  if (!t5 && !llama && kind != "GemmaTokenizer")
    throw FormatError("'" + (file.parent_path() / "tokenizer_config.json").string() + "': the tokenizer_class '" + kind +
                          "' is not known for a folder with " + file.filename().string() + " alone.",
                      "Known are T5Tokenizer, LlamaTokenizer, GemmaTokenizer; or add a tokenizer.json.");
  const PieceFile pieces = readPieceFile(file);
  if (t5) addExtraIds(pieces, config);
  takeLiterally(config);

  DummyPrefix prefix = DummyPrefix::AsFileSays;
  if ((t5 || llama) && !config.legacy.value_or(true))
    prefix = config.addPrefixSpace.value_or(true) ? DummyPrefix::TextOnly : DummyPrefix::Nowhere;
  Stations stations;
  try {
    stations.preTokenizer = std::make_unique<PiecePreparation>(pieces, prefix);
    stations.model = pieces.algorithm == PieceFile::Algorithm::Bpe ? bpePieces(pieces) : unigramPieces(pieces);
  } catch (const FormatError& error) {
    throw FormatError("'" + file.string() + "' " + error.problem(), error.remedy());
  }
  const bool addsSpace = prefix == DummyPrefix::AsFileSays ? pieces.addDummyPrefix : prefix == DummyPrefix::TextOnly;
  stations.decoder = decoderOf(pieces, addsSpace, file.string());
  if (t5) {
    const AddedToken* end = config.role("eos_token");
    const auto id = end ? stations.model->vocabulary().id(end->content) : std::nullopt;
    if (!id)
      throw FormatError("'" + file.string() + "' has no end of text, which the tokenizer_class '" + kind + "' puts behind every text.",
                        "Name it as eos_token in tokenizer_config.json.");
    stations.postProcessor = std::make_unique<EndOfText>(*id);
  }
  return stations;
}

}  // namespace incipit
