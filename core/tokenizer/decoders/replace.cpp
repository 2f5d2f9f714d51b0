// Replace: every match of a pattern inside a token becomes a fixed text.
#include "core/tokenizer/decoders/readers.h"
#include "core/tokenizer/text/pattern.h"

namespace incipit {

namespace {

class Replace : public Decoder {
 public:
  Replace(Pattern pattern, std::string content) : m_pattern(std::move(pattern)), m_content(std::move(content)) {}

  void decode(std::vector<std::string>& tokens) const override {
    for (std::string& token : tokens)
      token = m_pattern.replaced(token, m_content);
  }

  std::string bytes(std::string token) const override { return m_pattern.replaced(token, m_content); }

 private:
  Pattern m_pattern;
  std::string m_content;
};

}  // namespace

std::unique_ptr<Decoder> readReplaceDecoder(const Station& station) {
  station.allowOnly({"pattern", "content"});
  return std::make_unique<Replace>(Pattern(station), station.text("content"));
}

}  // namespace incipit
