// Fuse: all tokens become one. Strip: a character goes from the ends of every token, after Fuse from the ends of the text.
#include "core/tokenizer/decoders/readers.h"

namespace incipit {

namespace {

class Fuse : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::string text;
    for (const std::string& token : tokens)
      text += token;
    tokens = {std::move(text)};
  }

  std::string bytes(std::string token) const override { return token; }
};

class Strip : public Decoder {
 public:
  Strip(std::string content, std::size_t start, std::size_t stop) : m_content(std::move(content)), m_start(start), m_stop(stop) {}

  void decode(std::vector<std::string>& tokens) const override {
    for (std::string& token : tokens) {
      std::string_view kept = token;
      for (std::size_t i = 0; i < m_start && kept.starts_with(m_content); ++i)
        kept.remove_prefix(m_content.size());
      for (std::size_t i = 0; i < m_stop && kept.ends_with(m_content); ++i)
        kept.remove_suffix(m_content.size());
      token = std::string(kept);
    }
  }

  std::string bytes(std::string token) const override { return token; }

 private:
  std::string m_content;  // one character
  std::size_t m_start;    // at most so many of them go
  std::size_t m_stop;
};

}  // namespace

std::unique_ptr<Decoder> readFuse(const Station& station) {
  station.allowOnly({});
  return std::make_unique<Fuse>();
}

std::unique_ptr<Decoder> readStripDecoder(const Station& station) {
  station.allowOnly({"content", "start", "stop"});
  return std::make_unique<Strip>(station.character("content"), station.count("start"), station.count("stop"));
}

}  // namespace incipit
