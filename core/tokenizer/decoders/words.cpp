// Decoders of vocabularies that mark where a word goes on (WordPiece: "##ing") or where it ends (BPEDecoder: "ing</w>").
#include "core/tokenizer/decoders/readers.h"
#include "core/tokenizer/text/unicode.h"

namespace incipit {

namespace {

class WordPiece : public Decoder {
 public:
  WordPiece(std::string prefix, bool cleanup) : m_prefix(std::move(prefix)), m_cleanup(cleanup) {}

  void decode(std::vector<std::string>& tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (i > 0)
        tokens[i] = bytes(std::move(tokens[i]));
      else if (m_cleanup)
        cleanUp(tokens[i]);
    }
  }

  std::string bytes(std::string token) const override {
    if (!m_prefix.empty() && token.starts_with(m_prefix))
      token.erase(0, m_prefix.size());
    else
      token.insert(0, 1, ' ');
    if (m_cleanup) cleanUp(token);
    return token;
  }

 private:
  // English contractions and punctuation, as the tokenizers library tidies them.
  static void cleanUp(std::string& token) {
    static constexpr std::pair<std::string_view, std::string_view> tidied[] = {
        {" .", "."},   {" ?", "?"},           {" !", "!"},   {" ,", ","},     {" ' ", "'"},   {" n't", "n't"},
        {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
    for (auto [from, to] : tidied)
      token = replaceAll(token, from, to);
  }

  std::string m_prefix;
  bool m_cleanup;
};

class BpeDecoder : public Decoder {
 public:
  explicit BpeDecoder(std::string suffix) : m_suffix(std::move(suffix)) {}

  void decode(std::vector<std::string>& tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i)
      tokens[i] = replaceAll(tokens[i], m_suffix, i + 1 == tokens.size() ? "" : " ");
  }

  std::string bytes(std::string token) const override { return replaceAll(token, m_suffix, " "); }

 private:
  std::string m_suffix;
};

}  // namespace

std::unique_ptr<Decoder> readWordPieceDecoder(const Station& station) {
  station.allowOnly({"prefix", "cleanup"});
  return std::make_unique<WordPiece>(station.textOr("prefix", "##"), station.flagOr("cleanup", true));
}

std::unique_ptr<Decoder> readBpeDecoder(const Station& station) {
  station.allowOnly({"suffix"});
  std::string suffix = station.textOr("suffix", "</w>");
  if (suffix.empty()) station.fail("needs a suffix that is not empty.");
  return std::make_unique<BpeDecoder>(std::move(suffix));
}

}  // namespace incipit
