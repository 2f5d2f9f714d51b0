#include "core/tokenizer/text/byte_fallback.h"
#include "core/tokenizer/text/unicode.h"
#include "core/tokenizer/tokenizer.h"

namespace incipit {

StreamDecoder::StreamDecoder(std::shared_ptr<const Tokenizer> tokenizer, ShowSpecial special)
    : m_tokenizer(std::move(tokenizer)), m_special(special) {}

std::string StreamDecoder::push(TokenId id) {
  if (id < 0 || id >= m_tokenizer->vocabularySize()) return {};  // decode() leaves it out, too
  if (m_special == ShowSpecial::No && m_tokenizer->isSpecial(id)) return {};
  m_window.push_back(id);
  // A run of <0xE2> tokens is one unit: a wrong byte at its end makes all of it unreadable, so nothing of it is certain before it ends.
  if (isByteToken(id)) return {};
  std::string text = m_tokenizer->decode(m_window, m_special);
  std::string_view certain = text;
  while (certain.ends_with(replacementCharacter))
    certain.remove_suffix(replacementCharacter.size());  // bytes that may yet be completed
  std::string grown =
      certain.size() > m_settledText.size() ? text.substr(m_settledText.size(), certain.size() - m_settledText.size()) : std::string();
  m_settledText += grown;
  if (certain.size() == text.size()) forgetSettled();
  return grown;
}

std::string StreamDecoder::finish() {
  const std::string text = m_tokenizer->decode(m_window, m_special);
  std::string rest = text.size() > m_settledText.size() ? text.substr(m_settledText.size()) : std::string();
  m_window.clear();
  m_settledText.clear();
  return rest;
}

bool StreamDecoder::isByteToken(TokenId id) const {
  return m_tokenizer->id(byteFallbackToken(0)).has_value() && byteOfFallbackToken(m_tokenizer->token(id)).has_value();
}

// Keeps the shortest end of the window that has a text of its own. With it in front, what the decoder does at the beginning of a text
// (dropping a space) happens to known text, and the cost of a token does not grow with the text.
void StreamDecoder::forgetSettled() {
  for (std::size_t count = 1; count <= m_window.size(); ++count) {
    std::span<const TokenId> end = std::span(m_window).last(count);
    std::string text = m_tokenizer->decode(end, m_special);
    if (text.empty()) continue;
    m_window = std::vector<TokenId>(end.begin(), end.end());
    m_settledText = std::move(text);
    return;
  }
}

}  // namespace incipit
