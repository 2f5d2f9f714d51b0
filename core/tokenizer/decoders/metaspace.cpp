// Metaspace: the visible character back to a space; in front of the first token it was put there and goes.
#include "core/tokenizer/text/metaspace.h"

#include "core/tokenizer/decoders/readers.h"
#include "core/tokenizer/text/unicode.h"

namespace incipit {

namespace {

class Metaspace : public Decoder {
 public:
  explicit Metaspace(MetaspaceOptions options) : m_options(std::move(options)) {}

  void decode(std::vector<std::string>& tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const bool added = i == 0 && m_options.prepend != PrependScheme::Never;
      tokens[i] = replaceAll(tokens[i], m_options.replacement, added ? "" : " ");
    }
  }

  std::string bytes(std::string token) const override { return replaceAll(token, m_options.replacement, " "); }

 private:
  MetaspaceOptions m_options;
};

}  // namespace

std::unique_ptr<Decoder> readMetaspaceDecoder(const Station& station) { return std::make_unique<Metaspace>(readMetaspaceOptions(station)); }

}  // namespace incipit
