#include "core/dataset/placement.h"

#include "core/dataset/text_encoding.h"
#include "core/support/error.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace incipit {
namespace {

constexpr char32_t firstSign = 0xF0000;  // private use: no text means anything by them
constexpr std::size_t mostPlaces = 1000;
constexpr std::size_t signBytes = 4;

std::string sign(std::size_t number) {
  std::string text;
  appendUtf8(text, firstSign + static_cast<char32_t>(number));
  return text;
}

// The number of the sign that stands at `at`; nullopt: none does.
std::optional<std::size_t> signAt(const std::string& text, std::size_t at, std::size_t signs) {
  if (static_cast<unsigned char>(text[at]) != 0xF3 || at + signBytes > text.size()) return std::nullopt;
  char32_t point = static_cast<unsigned char>(text[at]) & 0x07U;
  for (std::size_t i = 1; i < signBytes; ++i)
    point = point << 6U | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  if (point < firstSign || point >= firstSign + signs) return std::nullopt;
  return point - firstSign;
}

}  // namespace

std::string placeText(std::int64_t rows) {
  return "{" + std::string(placeWord) + (rows == allRows ? std::string() : ":" + std::to_string(rows)) + "}";
}

std::optional<std::int64_t> rowsOfPlace(std::string_view name) {
  if (name == placeWord) return allRows;
  if (!name.starts_with(placeWord) || name[placeWord.size()] != ':') return std::nullopt;
  const std::string_view share = name.substr(placeWord.size() + 1);
  std::int64_t rows = 0;
  const auto [end, error] = std::from_chars(share.data(), share.data() + share.size(), rows);
  if (error != std::errc() || end != share.data() + share.size() || rows < 1 || rows > 1'000'000)
    throw DataError("'{" + std::string(name) + "}' gives no number of virtual tokens.",
                    "Write {virtual_tokens:8} for the next eight of them, or {virtual_tokens} for all.");
  return rows;
}

void PlacedText::addPlace(std::int64_t rows) {
  if (shares.size() >= mostPlaces)
    throw DataError("The text has more than " + std::to_string(mostPlaces) + " places for virtual tokens.", "Put more of them together.");
  shares.push_back(rows);
  pieces.emplace_back();
}

std::string PlacedText::plain() const {
  std::string text;
  for (const std::string& piece : pieces)
    text += piece;
  return text;
}

std::string PlacedText::shown() const {
  std::string text = pieces.front();
  for (std::size_t i = 0; i < shares.size(); ++i)
    text += placeText(shares[i]) + pieces[i + 1];
  return text;
}

std::string PlacedText::marked(std::size_t first) const {
  std::string text = pieces.front();
  for (std::size_t i = 0; i < shares.size(); ++i)
    text += sign(first + i) + pieces[i + 1];
  return text;
}

PlacedText PlacedText::upTo(std::size_t markedBytes) const {
  PlacedText result;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    result.add(std::string_view(pieces[i]).substr(0, markedBytes));
    if (i == shares.size() || markedBytes < pieces[i].size() + signBytes) break;
    markedBytes -= pieces[i].size() + signBytes;
    result.addPlace(shares[i]);
  }
  return result;
}

PlacedText PlacedText::behind(std::size_t markedBytes) const {
  PlacedText result;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (markedBytes <= pieces[i].size()) {
      result.add(std::string_view(pieces[i]).substr(markedBytes));
      markedBytes = 0;
    } else {
      markedBytes -= std::min(markedBytes, pieces[i].size() + signBytes);
      continue;
    }
    if (i < shares.size()) result.addPlace(shares[i]);
  }
  return result;
}

PlacedText placedText(std::string_view text) {
  PlacedText result;
  const std::string opening = "{" + std::string(placeWord);
  std::size_t done = 0;
  for (std::size_t at = text.find(opening); at != std::string_view::npos; at = text.find(opening, at + 1)) {
    const std::size_t behind = at + opening.size();
    if (behind < text.size() && (std::isalnum(static_cast<unsigned char>(text[behind])) != 0 || text[behind] == '_'))
      continue;  // another word
    const std::size_t end = text.find('}', at);
    const auto rows = end == std::string_view::npos ? std::nullopt : rowsOfPlace(text.substr(at + 1, end - at - 1));
    if (!rows)
      throw DataError("The place '" + std::string(text.substr(at, 40)) + "' is never closed.",
                      "Write {virtual_tokens}, or {virtual_tokens:8} for eight of them.");
    result.add(text.substr(done, at - done));
    result.addPlace(*rows);
    done = end + 1;
    at = end;
  }
  result.add(text.substr(done));
  checkShares(result.shares);
  return result;
}

void checkShares(const std::vector<std::int64_t>& shares) {
  const auto all = std::count(shares.begin(), shares.end(), allRows);
  if (all == 0 || shares.size() == 1) return;
  if (all == static_cast<std::ptrdiff_t>(shares.size()))
    throw DataError("{virtual_tokens} stands " + std::to_string(all) + " times, and each time it means all of them.",
                    "Keep one, or say how many stand where: {virtual_tokens:8} ... {virtual_tokens:12}.");
  throw DataError("{virtual_tokens} means all of them, and others are placed besides.",
                  "Say at every place how many stand there: {virtual_tokens:8} ... {virtual_tokens:12}.");
}

PlacedText unmarked(const std::string& rendered, const PlacedText& system, const PlacedText& user, const std::string& origin) {
  const std::size_t ofSystem = system.shares.size(), signs = ofSystem + user.shares.size();
  PlacedText result;
  if (signs == 0) {
    result.add(rendered);
    return result;
  }
  std::vector<int> seen(signs, 0);
  std::size_t done = 0;
  for (std::size_t at = 0; at < rendered.size(); ++at) {
    const auto number = signAt(rendered, at, signs);
    if (!number) continue;
    ++seen[*number];
    result.add(std::string_view(rendered).substr(done, at - done));
    result.addPlace(*number < ofSystem ? system.shares[*number] : user.shares[*number - ofSystem]);
    done = at + signBytes;
    at = done - 1;
  }
  result.add(std::string_view(rendered).substr(done));
  for (std::size_t number = 0; number < signs; ++number) {
    if (seen[number] == 1) continue;
    const std::string what = number < ofSystem ? "system text" : "text";
    throw DataError("The " + origin + (seen[number] == 0 ? " leaves out" : " writes twice") + " the place of virtual tokens that the " +
                        what + " has.",
                    number < ofSystem ? "Put {virtual_tokens} into the template of the text in place of the system text."
                                      : "Put the virtual tokens in front, or choose another chat template or none.");
  }
  return result;
}

std::vector<TokenId> tokensBehind(const Tokenizer& tokenizer, const std::string& front, const std::string& text) {
  for (const std::string& anchor : {front, std::string(":")}) {
    const std::vector<TokenId> head = tokenizer.encode(anchor, SpecialTokens::Leave);
    const std::vector<TokenId> whole = tokenizer.encode(anchor + text, SpecialTokens::Leave);
    if (!head.empty() && whole.size() > head.size() && std::equal(head.begin(), head.end(), whole.begin()))
      return {whole.begin() + static_cast<long>(head.size()), whole.end()};
  }
  return tokenizer.encode(text, SpecialTokens::Leave);
}

PlacedTokens tokensOf(const PlacedText& text, const Tokenizer& tokenizer, std::string before) {
  PlacedTokens result;
  for (std::size_t i = 0; i < text.pieces.size(); ++i) {
    if (i > 0) result.places.push_back({static_cast<std::int64_t>(result.ids.size()), text.shares[i - 1]});
    const std::string& piece = text.pieces[i];
    if (piece.empty()) continue;
    const auto ids = before.empty() ? tokenizer.encode(piece, SpecialTokens::Leave) : tokensBehind(tokenizer, before, piece);
    result.ids.insert(result.ids.end(), ids.begin(), ids.end());
    before += piece;
  }
  return result;
}

std::vector<TokenId> openingTokens(const Tokenizer& tokenizer) {
  const std::vector<TokenId> bare = tokenizer.encode("a", SpecialTokens::Leave);
  const std::vector<TokenId> dressed = tokenizer.encode("a", SpecialTokens::Add);
  return {dressed.begin(), std::search(dressed.begin(), dressed.end(), bare.begin(), bare.end())};
}

std::vector<TokenId> closingTokens(const Tokenizer& tokenizer) {
  const std::vector<TokenId> bare = tokenizer.encode("a", SpecialTokens::Leave);
  const std::vector<TokenId> dressed = tokenizer.encode("a", SpecialTokens::Add);
  const auto found = std::search(dressed.begin(), dressed.end(), bare.begin(), bare.end());
  return found == dressed.end() ? std::vector<TokenId>() : std::vector<TokenId>(found + static_cast<long>(bare.size()), dressed.end());
}

void settleFront(Places& places) {
  if (places.size() == 1 && places[0].at == 0 && places[0].rows == allRows) places.clear();
}

}  // namespace incipit
