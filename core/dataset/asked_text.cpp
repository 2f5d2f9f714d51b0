#include "core/dataset/asked_text.h"

#include "core/chat/chat_format.h"
#include "core/support/error.h"

#include <algorithm>

namespace incipit {
namespace {

struct Part {
  enum class Kind { Literal, Column, Place } kind;
  std::string literal;
  std::int64_t rows = 0;
};

// A template whose columns are not at hand. What it should not hold ends it: it was written by us.
std::vector<Part> partsOf(const std::string& text) {
  std::vector<Part> parts;
  const auto add = [&](char c) {
    if (parts.empty() || parts.back().kind != Part::Kind::Literal) parts.push_back({Part::Kind::Literal, {}, 0});
    parts.back().literal += c;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const std::size_t end = c == '{' ? text.find('}', i) : std::string::npos;
    if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      add(c);
      ++i;
    } else if (end != std::string::npos) {
      const auto rows = rowsOfPlace(std::string_view(text).substr(i + 1, end - i - 1));
      parts.push_back({rows ? Part::Kind::Place : Part::Kind::Column, {}, rows.value_or(0)});
      i = end;
    } else {
      add(c);
    }
  }
  return parts;
}

// The places of the template in a text that reads like what the template makes of a row; nullopt: it does not, or they cannot be told.
std::optional<PlacedText> likeTemplate(const std::vector<Part>& parts, const std::string& text) {
  const auto lastLiteral = std::find_if(parts.rbegin(), parts.rend(), [](const Part& part) { return part.kind != Part::Kind::Place; });
  PlacedText result;
  std::vector<std::int64_t> waiting;  // places at the end of a value that is not known yet
  bool inValue = false;
  std::size_t at = 0;
  const auto endValue = [&](std::size_t end) {
    result.add(std::string_view(text).substr(at, end - at));
    for (const std::int64_t rows : waiting)
      result.addPlace(rows);
    waiting.clear();
    inValue = false;
    at = end;
  };
  for (const Part& part : parts) {
    if (part.kind == Part::Kind::Place) {
      inValue ? waiting.push_back(part.rows) : result.addPlace(part.rows);
    } else if (part.kind == Part::Kind::Column) {
      if (inValue && !waiting.empty()) return std::nullopt;
      inValue = true;
    } else {
      const bool last = &part == &*lastLiteral;
      const std::size_t size = part.literal.size();
      const std::size_t found = !inValue ? at : last ? text.size() - std::min(size, text.size()) : text.find(part.literal, at);
      if (found == std::string::npos || found < at || text.compare(found, size, part.literal) != 0) return std::nullopt;
      if (inValue) endValue(found);
      result.add(part.literal);
      at = found + size;
    }
  }
  if (inValue) endValue(text.size());
  return at == text.size() ? std::optional(result) : std::nullopt;
}

PlacedText filled(const std::vector<Part>& parts, const std::string& value) {
  PlacedText result;
  for (const Part& part : parts)
    if (part.kind == Part::Kind::Place)
      result.addPlace(part.rows);
    else
      result.add(part.kind == Part::Kind::Column ? value : part.literal);
  return result;
}

PlacedText placedAsTrained(const std::string& text, const std::string& placedTemplate, bool& inTemplate) {
  const std::vector<Part> parts = partsOf(placedTemplate);
  if (auto like = likeTemplate(parts, text)) return *like;
  if (std::count_if(parts.begin(), parts.end(), [](const Part& part) { return part.kind == Part::Kind::Column; }) != 1)
    throw DataError("The prompt was trained among its text, and this text does not read like its template: '" + placedTemplate + "'.",
                    "Write {virtual_tokens} where it is to stand.");
  inTemplate = true;
  return filled(parts, text);
}

}  // namespace

AskedText askedText(const std::string& text, const ChatFormat* chat, const std::string& system, const Tokenizer& tokenizer,
                    const std::string& placedTemplate) {
  AskedText asked;
  const PlacedText ofSystem = chat ? placedText(system) : PlacedText();
  PlacedText placed = placedText(text);
  if (placed.shares.empty() && !placedText(placedTemplate).shares.empty()) placed = placedAsTrained(text, placedTemplate, asked.inTemplate);
  if (chat) placed = unmarked(chat->question(placed.marked(ofSystem.shares.size())), ofSystem, placed, chat->chatTemplate().origin());
  if (placed.shares.empty()) {
    asked.ids = tokenizer.encode(placed.plain(), chat ? SpecialTokens::Leave : SpecialTokens::Add);
    return asked;
  }
  PlacedTokens tokens = tokensOf(placed, tokenizer);
  if (!chat) {
    asked.ids = openingTokens(tokenizer);
    for (std::size_t i = 0; i < tokens.places.size(); ++i)  // what the text begins with is in front of all
      if (tokens.places[i].at > 0) tokens.places[i].at += static_cast<std::int64_t>(asked.ids.size());
  }
  asked.ids.insert(asked.ids.end(), tokens.ids.begin(), tokens.ids.end());
  if (!chat)
    for (const TokenId closing : closingTokens(tokenizer))
      asked.ids.push_back(closing);
  asked.places = std::move(tokens.places);
  settleFront(asked.places);
  return asked;
}

}  // namespace incipit
