#include "core/inspection/token_filter.h"

#include "core/dataset/examples.h"

#include <algorithm>

namespace incipit {
namespace {

constexpr std::size_t mostExamples = 20000;

// " word": letters of any script behind one space. What is not ASCII counts as a letter.
bool isWholeWord(std::string_view piece) {
  if (piece.size() < 2 || piece.front() != ' ') return false;
  return std::ranges::all_of(piece.substr(1), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  });
}

std::vector<bool> seenIn(const Examples& examples, std::int64_t vocabulary) {
  std::vector<bool> seen(static_cast<std::size_t>(vocabulary));
  const auto note = [&](const std::vector<TokenId>& ids) {
    for (const TokenId id : ids)
      if (id >= 0 && id < vocabulary) seen[static_cast<std::size_t>(id)] = true;
  };
  for (std::size_t i = 0; i < std::min(mostExamples, examples.items.size()); ++i) {
    const Example example = examples.items[i];
    note(example.ids);
    note(example.labels);
  }
  for (const auto& label : examples.classTokens)
    note(label);
  return seen;
}

}  // namespace

std::vector<bool> tokensThatPass(const TokenFilter& filter, const Tokenizer& tokenizer, std::int64_t vocabulary) {
  std::vector<bool> passes =
      filter.seenIn ? seenIn(*filter.seenIn, vocabulary) : std::vector<bool>(static_cast<std::size_t>(vocabulary), true);
  if (!filter.wholeWords && !filter.noSpecial) return passes;
  for (std::int64_t id = 0; id < vocabulary; ++id) {
    const auto token = static_cast<TokenId>(id);
    const bool known = token < tokenizer.vocabularySize();
    if (!known || (filter.noSpecial && tokenizer.isSpecial(token)) || (filter.wholeWords && !isWholeWord(tokenizer.piece(token))))
      passes[static_cast<std::size_t>(id)] = false;
  }
  return passes;
}

}  // namespace incipit
