// The small normalizers: Sequence, Prepend, Replace, Lowercase, Strip, StripAccents, Nmt, ByteLevel.
#include "core/tokenizer/normalizers/readers.h"
#include "core/tokenizer/text/byte_level.h"
#include "core/tokenizer/text/effort.h"
#include "core/tokenizer/text/pattern.h"
#include "core/tokenizer/text/unicode.h"

namespace incipit {

namespace {

class Sequence : public Normalizer {
 public:
  explicit Sequence(std::vector<std::unique_ptr<Normalizer>> steps) : m_steps(std::move(steps)) {}

  std::string normalize(std::string text) const override {
    const std::size_t before = text.size();
    for (const auto& step : m_steps) {
      text = step->normalize(std::move(text));
      checkGrowth(before, text.size());
    }
    return text;
  }

 private:
  std::vector<std::unique_ptr<Normalizer>> m_steps;
};

class Prepend : public Normalizer {
 public:
  explicit Prepend(std::string text) : m_text(std::move(text)) {}
  std::string normalize(std::string text) const override { return text.empty() ? text : m_text + text; }

 private:
  std::string m_text;
};

class Replace : public Normalizer {
 public:
  Replace(Pattern pattern, std::string content) : m_pattern(std::move(pattern)), m_content(std::move(content)) {}
  std::string normalize(std::string text) const override { return m_pattern.replaced(text, m_content); }

 private:
  Pattern m_pattern;
  std::string m_content;
};

// White space at the ends of the text.
class Strip : public Normalizer {
 public:
  Strip(bool left, bool right) : m_left(left), m_right(right) {}

  std::string normalize(std::string text) const override {
    std::size_t begin = std::string::npos;  // the first and the last character that stay
    std::size_t end = 0;
    eachCharacter(text, [&](char32_t character, std::string_view bytes) {
      if (isWhitespace(character)) return;
      auto at = static_cast<std::size_t>(bytes.data() - text.data());
      if (begin == std::string::npos) begin = at;
      end = at + bytes.size();
    });
    if (begin == std::string::npos) return m_left || m_right ? std::string() : text;
    if (!m_left) begin = 0;
    if (!m_right) end = text.size();
    return text.substr(begin, end - begin);
  }

 private:
  bool m_left;
  bool m_right;
};

// A normalizer that looks at one character at a time: `write` appends what becomes of it.
class CharacterByCharacter : public Normalizer {
 public:
  explicit CharacterByCharacter(void (*write)(std::string&, char32_t)) : m_write(write) {}

  std::string normalize(std::string text) const override {
    std::string result;
    result.reserve(text.size());
    eachCharacter(text, [&](char32_t character, std::string_view) { m_write(result, character); });
    return result;
  }

 private:
  void (*m_write)(std::string&, char32_t);
};

void writeWithoutMarks(std::string& text, char32_t character) {
  if (!isMark(character)) appendCharacter(text, character);
}

// What Google's NMT preparation does to control characters (removed) and unusual white space (a plain space).
void writeNmt(std::string& text, char32_t c) {
  const bool removed = (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F;
  const bool space = c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 || (c >= 0x200B && c <= 0x200F) || c == 0x2028 ||
                     c == 0x2029 || c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
  if (!removed) appendCharacter(text, space ? U' ' : c);
}

class ByteLevel : public Normalizer {
 public:
  std::string normalize(std::string text) const override { return toByteLevel(text); }
};

std::unique_ptr<Normalizer> byCharacter(const Station& station, void (*write)(std::string&, char32_t)) {
  station.allowOnly({});
  return std::make_unique<CharacterByCharacter>(write);
}

}  // namespace

std::unique_ptr<Normalizer> readNormalizerSequence(const Station& station) {
  station.allowOnly({"normalizers"});
  std::vector<std::unique_ptr<Normalizer>> steps;
  for (const Station& step : station.children("normalizers"))
    steps.push_back(readNormalizer(step));
  return std::make_unique<Sequence>(std::move(steps));
}

std::unique_ptr<Normalizer> readPrepend(const Station& station) {
  station.allowOnly({"prepend"});
  return std::make_unique<Prepend>(station.text("prepend"));
}

std::unique_ptr<Normalizer> readReplaceNormalizer(const Station& station) {
  station.allowOnly({"pattern", "content"});
  return std::make_unique<Replace>(Pattern(station), station.text("content"));
}

std::unique_ptr<Normalizer> readStripNormalizer(const Station& station) {
  station.allowOnly({"strip_left", "strip_right"});
  return std::make_unique<Strip>(station.flag("strip_left"), station.flag("strip_right"));
}

std::unique_ptr<Normalizer> readLowercase(const Station& station) { return byCharacter(station, appendLowercase); }
std::unique_ptr<Normalizer> readStripAccents(const Station& station) { return byCharacter(station, writeWithoutMarks); }
std::unique_ptr<Normalizer> readNmt(const Station& station) { return byCharacter(station, writeNmt); }

std::unique_ptr<Normalizer> readByteLevelNormalizer(const Station& station) {
  station.allowOnly({});
  return std::make_unique<ByteLevel>();
}

}  // namespace incipit
