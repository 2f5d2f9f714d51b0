#include "core/tokenizer/sentencepiece/preparation.h"

#include "core/tokenizer/text/unicode.h"

namespace incipit {

PiecePreparation::PiecePreparation(const PieceFile& file, DummyPrefix prefix)
    : m_characters(file.characterMap), m_removeExtra(file.removeExtraWhitespaces), m_addDummyPrefix(file.addDummyPrefix),
      m_space(file.escapeWhitespaces ? pieceSpace : " "), m_prefix(prefix) {
  for (const Piece& piece : file.pieces)
    if (piece.kind == Piece::Kind::UserDefined) m_userDefined.add(piece.text, 0);
}

PiecePreparation::Step PiecePreparation::step(std::string_view text) const {
  std::size_t userDefined = 0;
  m_userDefined.eachPrefix(text, [&](std::size_t length, std::int32_t) { userDefined = length; });
  if (userDefined > 0) return {userDefined, text.substr(0, userDefined)};
  if (const auto replacement = m_characters.longest(text)) return {replacement->length, replacement->text};
  const std::size_t length = characterLength(text[0]);
  return {length, text.substr(0, length)};
}

// sentencepiece's Normalizer::Normalize. `space` says that a space came last, so that further ones are extra.
void PiecePreparation::split(Word word, std::vector<Word>& words) const {
  std::string whole;
  const bool legacy = m_prefix == DummyPrefix::AsFileSays;
  if (!legacy) whole = replaceAll(word.text, pieceSpace, " ");
  if (m_prefix == DummyPrefix::TextOnly && word.startsText) whole.insert(0, pieceSpace);
  std::string_view text = legacy ? std::string_view(word.text) : std::string_view(whole);
  // transformers keeps the spaces that a stretch begins with by putting the unknown token in front while sentencepiece looks at it.
  const bool keepsLeading = !legacy && (text.starts_with(' ') || text.starts_with(pieceSpace));
  while (m_removeExtra && !keepsLeading && !text.empty()) {
    const Step leading = step(text);
    if (leading.text != " ") break;
    text.remove_prefix(leading.length);
  }
  if (text.empty()) return;

  std::string prepared;
  prepared.reserve(text.size() + text.size() / 2);
  if (legacy && m_addDummyPrefix) prepared += m_space;
  bool space = m_removeExtra && !keepsLeading;
  while (!text.empty()) {
    const Step next = step(text);
    std::string_view piece = next.text;
    while (space && piece.starts_with(' '))
      piece.remove_prefix(1);
    for (const char byte : piece)
      byte == ' ' ? prepared += m_space : prepared += byte;
    if (!piece.empty()) space = piece.ends_with(' ');
    if (!m_removeExtra) space = false;
    text.remove_prefix(next.length);
  }
  while (m_removeExtra && prepared.ends_with(m_space))
    prepared.resize(prepared.size() - m_space.size());
  if (!prepared.empty()) words.push_back({std::move(prepared), word.startsText});
}

}  // namespace incipit
