// A tokenizer for tests: a token is a word with the space before it, a lone space or a line break. Ids are given as words appear;
// text is put between <s> (0) and </s> (1), as some checkpoints do.
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <map>

namespace incipit::test {

class SmallTokenizer : public Tokenizer {
 public:
  explicit SmallTokenizer(bool namesEnd = true) : m_namesEnd(namesEnd) {}

  std::vector<TokenId> encode(std::string_view text, SpecialTokens special = SpecialTokens::Add) const override {
    std::vector<TokenId> ids;
    if (special == SpecialTokens::Add) ids.push_back(0);
    for (std::size_t i = 0; i < text.size();) {
      std::size_t end = i + 1;
      if (text[i] != '\n')
        while (end < text.size() && text[end] != ' ' && text[end] != '\n')
          ++end;
      ids.push_back(idOf(std::string(text.substr(i, end - i))));
      i = end;
    }
    if (special == SpecialTokens::Add) ids.push_back(1);
    return ids;
  }
  std::string decode(std::span<const TokenId> ids, ShowSpecial special = ShowSpecial::No) const override {
    std::string text;
    for (const TokenId id : ids)
      if (id > 1 || special == ShowSpecial::Yes) text += piece(id);
    return text;
  }
  std::string token(TokenId id) const override { return m_pieces.at(static_cast<std::size_t>(id)); }
  std::string piece(TokenId id) const override { return m_pieces.at(static_cast<std::size_t>(id)); }
  std::optional<TokenId> id(std::string_view token) const override {
    const auto found = m_ids.find(std::string(token));
    return found == m_ids.end() ? std::nullopt : std::optional(found->second);
  }
  TokenId vocabularySize() const override { return static_cast<TokenId>(m_pieces.size()); }
  bool isSpecial(TokenId id) const override { return id <= 1; }
  std::optional<TokenId> beginOfText() const override { return 0; }
  std::optional<TokenId> endOfText() const override { return m_namesEnd ? std::optional<TokenId>(1) : std::nullopt; }
  std::optional<TokenId> padding() const override { return std::nullopt; }

 private:
  TokenId idOf(const std::string& piece) const {
    const auto [place, isNew] = m_ids.try_emplace(piece, static_cast<TokenId>(m_pieces.size()));
    if (isNew) m_pieces.push_back(piece);
    return place->second;
  }

  bool m_namesEnd;
  mutable std::vector<std::string> m_pieces = {"<s>", "</s>"};
  mutable std::map<std::string, TokenId> m_ids;
};

}  // namespace incipit::test
