// How a template or a text says where the virtual tokens stand: "{virtual_tokens}" all of them, "{virtual_tokens:8}" the next eight.
#pragma once

#include "core/tokenizer/places.h"
#include "core/tokenizer/tokenizer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

inline constexpr std::string_view placeWord = "virtual_tokens";

// "{virtual_tokens:8}", or without a number for allRows.
std::string placeText(std::int64_t rows);
// What stands between the braces: the rows it is the place of; nullopt: no place. Throws DataError for a share that is no positive number.
std::optional<std::int64_t> rowsOfPlace(std::string_view name);

// A text in pieces with a place between each of them and the next: one piece more than there are shares.
struct PlacedText {
  std::vector<std::string> pieces{std::string()};
  std::vector<std::int64_t> shares;

  void add(std::string_view text) { pieces.back() += text; }
  void addPlace(std::int64_t rows);
  std::string plain() const;  // without the places
  std::string shown() const;  // as it is typed
  // With signs in the places' stead that nothing takes for text, numbered from `first`: a chat template carries them along.
  std::string marked(std::size_t first) const;
  // As much of it as so many bytes of the marked text.
  PlacedText upTo(std::size_t markedBytes) const;
  // What is left of it behind so many bytes of the marked text.
  PlacedText behind(std::size_t markedBytes) const;
};
// A text as somebody typed it: braces around anything else are braces. Throws DataError for a place that is never closed.
PlacedText placedText(std::string_view text);
// Throws DataError: all rows in two places, or shares beside a place for all.
void checkShares(const std::vector<std::int64_t>& shares);

// What a chat template made of a system text and a user's, both marked, the user's signs behind the system's. Throws DataError where it
// left a sign out or wrote it twice; `origin` names the template.
PlacedText unmarked(const std::string& rendered, const PlacedText& system, const PlacedText& user, const std::string& origin);

// Its tokens, each piece as it is tokenised behind those before it.
struct PlacedTokens {
  std::vector<TokenId> ids;
  Places places;
};
// `before`: what stands in front of it already.
PlacedTokens tokensOf(const PlacedText& text, const Tokenizer& tokenizer, std::string before = {});
// The tokens of `text` behind another one: what the whole string has beyond the other's tokens. Where a token would reach across the border
// the text stands on its own, for a model that is asked sees the other's tokens and nothing else.
std::vector<TokenId> tokensBehind(const Tokenizer& tokenizer, const std::string& front, const std::string& text);
// What the tokenizer's post-processor puts in front of a text (BOS) and behind one (T5's </s>): found by a probe, because closing tokens
// must not come between text and label.
std::vector<TokenId> openingTokens(const Tokenizer& tokenizer);
std::vector<TokenId> closingTokens(const Tokenizer& tokenizer);
// All rows in front of everything is what no place means too.
void settleFront(Places& places);

}  // namespace incipit
