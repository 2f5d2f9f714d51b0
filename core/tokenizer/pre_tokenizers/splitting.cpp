#include "core/tokenizer/pre_tokenizers/splitting.h"

#include "core/tokenizer/station.h"
#include "core/tokenizer/text/unicode.h"

#include <algorithm>

namespace incipit {

SplitBehavior readSplitBehavior(const Station& station, const char* key) {
  const std::string name = station.text(key);
  if (name == "Removed") return SplitBehavior::Removed;
  if (name == "Isolated") return SplitBehavior::Isolated;
  if (name == "MergedWithPrevious") return SplitBehavior::MergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::MergedWithNext;
  if (name == "Contiguous") return SplitBehavior::Contiguous;
  station.fail("has the " + std::string(key) + " '" + name + "', which Incipit does not know.",
               "Known are Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous.");
}

std::vector<SplitPart> partsOf(std::size_t size, const std::vector<TextSpan>& matches, bool invert) {
  std::vector<SplitPart> parts;
  parts.reserve(matches.size() + 1);
  std::size_t at = 0;
  for (TextSpan match : matches) {
    if (at != match.begin) parts.push_back({at, match.begin, invert});
    parts.push_back({match.begin, match.end, !invert});
    at = match.end;
  }
  if (at != size) parts.push_back({at, size, invert});
  return parts;
}

std::vector<SplitPart> partsWhere(const std::string& text, bool (*chosen)(char32_t)) {
  std::vector<TextSpan> matches;
  eachCharacter(text, [&](char32_t character, std::string_view bytes) {
    auto begin = static_cast<std::size_t>(bytes.data() - text.data());
    if (chosen(character)) matches.push_back({begin, begin + bytes.size()});
  });
  return partsOf(text.size(), matches);
}

namespace {

// Joins parts with their neighbours where the behaviour says so; `matched` then means nothing any more.
std::vector<SplitPart> joined(const std::vector<SplitPart>& parts, SplitBehavior behavior) {
  std::vector<SplitPart> result;
  bool matchedBefore = false;
  for (const SplitPart& part : parts) {
    bool join = behavior == SplitBehavior::Contiguous ? part.matched == matchedBefore : part.matched && !matchedBefore;
    matchedBefore = part.matched;
    if (join && !result.empty())
      result.back().end = part.end;
    else
      result.push_back(part);
  }
  return result;
}

// The same from the right: a match joins what stands behind it.
std::vector<SplitPart> joinedWithNext(const std::vector<SplitPart>& parts) {
  std::vector<SplitPart> result;
  bool matchedBehind = false;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (part->matched && !matchedBehind && !result.empty())
      result.back().begin = part->begin;
    else
      result.push_back(*part);
    matchedBehind = part->matched;
  }
  std::reverse(result.begin(), result.end());
  return result;
}

}  // namespace

void appendSplit(const Word& word, const std::vector<SplitPart>& parts, SplitBehavior behavior, std::vector<Word>& words) {
  auto append = [&](const SplitPart& part) {
    if (part.begin < part.end) words.push_back({word.text.substr(part.begin, part.end - part.begin), word.startsText && part.begin == 0});
  };
  switch (behavior) {
  case SplitBehavior::Isolated:
    for (const SplitPart& part : parts)
      append(part);
    return;
  case SplitBehavior::Removed:
    for (const SplitPart& part : parts)
      if (!part.matched) append(part);
    return;
  case SplitBehavior::MergedWithNext:
    for (const SplitPart& part : joinedWithNext(parts))
      append(part);
    return;
  case SplitBehavior::MergedWithPrevious:
  case SplitBehavior::Contiguous:
    for (const SplitPart& part : joined(parts, behavior))
      append(part);
    return;
  }
}

}  // namespace incipit
