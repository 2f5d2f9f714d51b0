#include "core/tokenizer/added_tokens.h"

#include "core/tokenizer/text/unicode.h"

namespace incipit {

void AddedTokens::add(AddedToken token) {
  if (auto known = m_byContent.find(token.content); known != m_byContent.end()) m_byId.erase(known->second);
  if (auto known = m_byId.find(token.id); known != m_byId.end()) m_byContent.erase(known->second.content);
  m_byContent[token.content] = token.id;
  m_byId[token.id] = std::move(token);
}

void AddedTokens::prepare(const Normalizer* normalizer) {
  m_raw = {};
  m_normalized = {};
  for (const auto& [id, token] : m_byId) {
    if (!token.normalized)
      m_raw.add(token.content, id);
    else if (std::string content = normalizer ? normalizer->normalize(token.content) : token.content; !content.empty())
      m_normalized.add(content, id);
  }
}

const AddedToken* AddedTokens::find(TokenId id) const {
  auto found = m_byId.find(id);
  return found == m_byId.end() ? nullptr : &found->second;
}

const AddedToken* AddedTokens::find(std::string_view content) const {
  auto found = m_byContent.find(std::string(content));
  return found == m_byContent.end() ? nullptr : find(found->second);
}

namespace {

bool endsInWord(std::string_view text) { return !text.empty() && isWord(lastCharacter(text)); }
bool beginsWithWord(std::string_view text) { return !text.empty() && isWord(firstCharacter(text)); }

std::size_t withoutSpaceAtEnd(std::string_view text, std::size_t end) {
  while (end > 0) {
    std::size_t begin = end - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80)
      --begin;
    if (!isWhitespace(firstCharacter(text.substr(begin)))) break;
    end = begin;
  }
  return end;
}

std::size_t behindSpace(std::string_view text, std::size_t at) {
  while (at < text.size() && isWhitespace(firstCharacter(text.substr(at))))
    at += characterLength(text[at]);
  return at;
}

}  // namespace

// The search takes the leftmost match and of those the longest, then goes on behind it, also when the match was refused because it is
// no single word: the tokenizers library's Aho-Corasick search does the same.
std::vector<AddedTokens::Part> AddedTokens::split(std::string_view text, Stage stage) const {
  const ByteTrie& trie = stage == Stage::Raw ? m_raw : m_normalized;
  std::vector<Part> parts;
  std::size_t written = 0;  // parts cover [0, written)
  for (std::size_t at = 0; !trie.empty() && at < text.size();) {
    std::size_t length = 0;
    TokenId id = -1;
    trie.eachPrefix(text.substr(at), [&](std::size_t matched, TokenId token) { length = matched, id = token; });
    if (length == 0) {
      ++at;
      continue;
    }
    const AddedToken& token = m_byId.at(id);
    std::size_t begin = at;
    std::size_t end = at + length;
    at = end;
    if (token.singleWord && (endsInWord(text.substr(0, begin)) || beginsWithWord(text.substr(end)))) continue;
    if (token.leftStrip) begin = std::max(withoutSpaceAtEnd(text, begin), written);
    if (token.rightStrip) end = behindSpace(text, end);
    if (written < begin) parts.push_back({written, begin, std::nullopt});
    parts.push_back({begin, end, id});
    written = end;
  }
  if (written < text.size()) parts.push_back({written, text.size(), std::nullopt});
  return parts;
}

}  // namespace incipit
