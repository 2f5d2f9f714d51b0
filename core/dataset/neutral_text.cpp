#include "core/dataset/neutral_text.h"

#include "core/dataset/placement.h"
#include "core/support/error.h"

#include <algorithm>

namespace incipit {

Examples neutralExamples(std::string_view text, const Tokenizer& tokenizer, std::int64_t room) {
  const std::vector<TokenId> opening = openingTokens(tokenizer), ids = tokenizer.encode(text, SpecialTokens::Leave);
  const std::int64_t piece = std::min(neutralPiece, room) - static_cast<std::int64_t>(opening.size());
  Examples examples;
  const auto all = static_cast<std::int64_t>(ids.size());
  for (std::int64_t first = 0; piece > 1 && first < all && static_cast<std::int64_t>(examples.items.size()) < mostNeutralPieces;
       first += piece) {
    const auto count = std::min(piece, all - first);
    if (count < 2) break;
    Example example;
    example.row = first / piece;
    example.ids = opening;
    example.ids.insert(example.ids.end(), ids.begin() + first, ids.begin() + first + count);
    example.labels = example.ids;
    std::fill_n(example.labels.begin(), opening.size() + 1, notScored);
    examples.items.push_back(example);
  }
  if (examples.items.empty())
    throw DataError("The neutral text is too short to measure anything on.", "Give a page of ordinary prose (--forgetting-text FILE).");
  return examples;
}

}  // namespace incipit
