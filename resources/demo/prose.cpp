#include "resources/demo/prose.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <utf8proc.h>
#include <vector>

namespace incipit::demo {
namespace {

using Lines = std::vector<std::string>;

bool isLetter(char c) { return std::isalpha(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80; }
bool isDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)); }
bool isLower(char c) { return std::islower(static_cast<unsigned char>(c)); }

std::string_view trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos ? std::string_view{} : line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// ---- characters ---------------------------------------------------------------------------------------------------------------

std::vector<char32_t> decode(std::string_view utf8) {
  std::vector<char32_t> out;
  out.reserve(utf8.size());
  auto data = reinterpret_cast<const utf8proc_uint8_t*>(utf8.data());
  for (auto left = static_cast<utf8proc_ssize_t>(utf8.size()); left > 0;) {
    utf8proc_int32_t point = 0;
    const auto used = utf8proc_iterate(data, left, &point);
    if (used > 0) out.push_back(static_cast<char32_t>(point));
    data += std::max<utf8proc_ssize_t>(used, 1);
    left -= std::max<utf8proc_ssize_t>(used, 1);
  }
  return out;
}

// "GÃ¶ckerl" is "Göckerl" encoded twice: a run of code points below 0x100 which, read as bytes, is one character of UTF-8.
size_t encodedTwice(const std::vector<char32_t>& points, size_t at, char32_t& repaired) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  size_t count = 0;
  while (count < bytes.size() && at + count < points.size() && points[at + count] >= 0x80 && points[at + count] < 0x100) {
    bytes[count] = static_cast<utf8proc_uint8_t>(points[at + count]);
    ++count;
  }
  utf8proc_int32_t point = 0;
  const auto used = count > 1 ? utf8proc_iterate(bytes.data(), static_cast<utf8proc_ssize_t>(count), &point) : 0;
  if (used < 2) return 0;
  repaired = static_cast<char32_t>(point);
  return static_cast<size_t>(used);
}

void append(std::string& out, char32_t point) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto used = utf8proc_encode_char(static_cast<utf8proc_int32_t>(point), bytes.data());
  out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(used));
}

void appendTidy(std::string& out, char32_t point) {
  switch (point) {
  case U'\n':
  case 0x2028:
  case 0x2029:
    out += '\n';
    return;
  case U'\t':
  case 0xA0:
  case 0x202F:
  case 0x3000:
    out += ' ';
    return;
  case U'`':
  case 0xB4:
  case 0x2BC:
  case 0x2018:
  case 0x2019:
  case 0x201A:
  case 0x201B:
  case 0x2032:
    out += '\'';
    return;
  case 0xAB:
  case 0xBB:
  case 0x201C:
  case 0x201D:
  case 0x201E:
  case 0x201F:
  case 0x2033:
    out += '"';
    return;
  case 0x2010:
  case 0x2011:
  case 0x2013:
    out += '-';
    return;
  case 0x2014:
  case 0x2015:
    out += "--";
    return;
  case 0x2026:
    out += "...";
    return;
  case 0x82:
    append(out, U'\u00E9');
    return;  // two letters of the old DOS code page left in one book
  case 0x88:
    append(out, U'\u00EA');
    return;
  default:
    break;
  }
  if (point >= 0x2000 && point <= 0x200A) out += ' ';
  const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0xAD;
  const bool latin = point < 0x370 || (point >= 0x1E00 && point < 0x1F00);
  if (!control && latin) append(out, point);
}

std::string composed(const std::string& utf8) {
  utf8proc_uint8_t* result = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()), static_cast<utf8proc_ssize_t>(utf8.size()),
                                 &result, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (size < 0) return utf8;
  std::string out(reinterpret_cast<const char*>(result), static_cast<size_t>(size));
  std::free(result);
  return out;
}

// ---- paragraphs ---------------------------------------------------------------------------------------------------------------

std::vector<Lines> blocksOf(std::string_view text) {
  std::vector<Lines> blocks(1);
  for (size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = std::string(text.substr(at, end - at));
    line.erase(line.find_last_not_of(' ') + 1);
    if (!line.empty())
      blocks.back().push_back(std::move(line));
    else if (!blocks.back().empty())
      blocks.emplace_back();
    at = end + 1;
  }
  if (blocks.back().empty()) blocks.pop_back();
  return blocks;
}

// Dashes, dots, spaces and emphasis of one paragraph (or one line of a poem).
std::string tidyLine(std::string_view raw) {
  std::string out;
  for (size_t at = 0; at < raw.size(); ++at) {
    const char c = raw[at];
    if (c == '_' || c == '*' || (c == ' ' && (out.empty() || out.back() == ' '))) continue;
    out += c == '[' ? '(' : c == ']' ? ')' : c;
  }
  while (out.find("---") != std::string::npos)
    replaceAll(out, "---", "--");
  replaceAll(out, " - ", "--");
  replaceAll(out, " -- ", "--");
  replaceAll(out, ". . .", "...");
  while (out.find("....") != std::string::npos)
    replaceAll(out, "....", "...");
  return std::string(trimmed(out));
}

// The lines of a paragraph as one; a line that ends in a hyphen or a dash goes on without a space.
std::string joined(const Lines& lines) {
  std::string out;
  for (const auto& line : lines) {
    if (!out.empty() && out.back() != '-') out += ' ';
    out += trimmed(line);
  }
  return out;
}

// Lines of a poem are far shorter than the column at which prose was wrapped.
bool isVerse(const Lines& lines) {
  if (lines.size() < 2) return false;
  size_t letters = 0;
  for (size_t i = 0; i + 1 < lines.size(); ++i)
    letters += trimmed(lines[i]).size();
  return letters / (lines.size() - 1) < 50;
}

bool goesOn(std::string_view before, std::string_view after) {
  return !before.empty() && !after.empty() && isLower(after.front()) && (isLetter(before.back()) || before.back() == ',');
}

std::string withParagraph(std::string text, std::string_view paragraph) {
  if (paragraph.empty()) return text;
  if (!text.empty()) text += goesOn(text, paragraph) ? " " : "\n\n";
  return text += paragraph;
}

// ---- the furniture of a book --------------------------------------------------------------------------------------------------

bool startsWith(std::string_view text, std::string_view word) { return text.substr(0, word.size()) == word; }

// "CHAPTER IV. The Rabbit Sends in a Little Bill", "PART 1.", "BOOK 2. The Nightingale and the Rose."
bool isHeading(const Lines& block) {
  const auto line = trimmed(block.front());
  for (const std::string_view word :
       {"CHAPTER ", "Chapter ", "PART ", "BOOK ", "VOLUME ", "PREFACE", "INTRODUCTION", "PRELUDE", "PROLOGUE"})
    if (startsWith(line, word) && block.size() <= 3) return true;
  return false;
}

// What stands before the first numbered heading: title, dedication, contents, preface.
size_t firstChapter(const std::vector<Lines>& blocks) {
  for (size_t i = 0; i < blocks.size(); ++i) {
    const auto line = trimmed(blocks[i].front());
    const bool numbered =
        startsWith(line, "CHAPTER ") || startsWith(line, "BOOK ") || startsWith(line, "PART ") || startsWith(line, "VOLUME ");
    if (numbered && blocks[i].size() <= 3) return i;
  }
  return std::min<size_t>(blocks.size(), 2);
}

// Rules of stars, "THE END", section numbers, the poet's name below a motto (nothing that a lower-case letter belongs to), tables and
// drawings made of characters, notes that begin with "{1}".
bool isOrnament(const std::string& text) {
  if (text.empty() || text == "The End." || text == "The End" || text == "Footnotes:") return true;
  if (text.find_first_of("|\\~<>") != std::string::npos || text.front() == '{') return true;
  if (text.find_first_of("\"'!?") != std::string::npos) return std::none_of(text.begin(), text.end(), isLetter);
  return text.size() < 70 && (std::none_of(text.begin(), text.end(), isLower) || text.find("CHAPTER") != std::string::npos);
}

// A picture's caption or a footnote in brackets, maybe over several blocks: how many to leave out (0: none).
size_t bracketedBlocks(const std::vector<Lines>& blocks, size_t at) {
  const auto first = trimmed(blocks[at].front());
  if (first.front() != '[') return 0;
  if (const auto close = first.find(']'); close != std::string_view::npos && close <= 3) return 1;  // "[1] Tishnar is a very ancient word"
  for (size_t i = at; i < std::min(at + 4, blocks.size()); ++i)
    if (trimmed(blocks[i].back()).back() == ']') return i - at + 1;
  return 0;
}

// "[1]", "[A]", "[Footnote ...]", "[Drawing omitted.]", "{GREEK gar}" inside a paragraph.
std::string withoutMarks(std::string text) {
  for (size_t open = 0; (open = text.find_first_of("[{", open)) != std::string::npos;) {
    const auto close = text.find(text[open] == '[' ? ']' : '}', open);
    if (close == std::string::npos) break;
    const std::string_view inside = std::string_view(text).substr(open + 1, close - open - 1);
    const bool note = text[open] == '{' || inside.size() <= 2 || inside.find("omitted") != std::string_view::npos ||
                      startsWith(inside, "Footnote") || startsWith(inside, "Note:") || startsWith(inside, "Illustration") ||
                      startsWith(inside, "Greek");
    if (!note)
      ++open;
    else
      text.erase(open, close - open + 1);
  }
  return text;
}

// ---- speech in single quotes --------------------------------------------------------------------------------------------------

bool opensQuote(std::string_view text, size_t at) {
  const bool free = at == 0 || text[at - 1] == ' ' || text[at - 1] == '-' || text[at - 1] == '(' || text[at - 1] == '\n';
  if (!free || at + 1 >= text.size() || !isLetter(text[at + 1])) return false;
  for (const std::string_view clipped : {"em ", "em.", "em,", "tis ", "twas", "Tis ", "Twas", "un ", "cause ", "bout ", "ee "})
    if (startsWith(text.substr(at + 1), clipped)) return false;
  return true;
}

bool closesQuote(std::string_view text, size_t at) {
  if (at == 0 || (at + 1 < text.size() && (isLetter(text[at + 1]) || isDigit(text[at + 1])))) return false;
  return text[at - 1] != ' ';
}

// 'Well!' thought Alice -> "Well!" thought Alice, and the quotes inside the speech the other way round. A plural's apostrophe
// ("the birds' nests") closes the speech only where no better place (after a comma, a stop, a dash) follows before the next opening.
std::string withDoubleQuotes(std::string text) {
  bool open = false;
  const auto betterAhead = [&](size_t from) {
    for (size_t i = from + 1; i < text.size(); ++i) {
      if (text[i] != '\'') continue;
      if (opensQuote(text, i)) return false;
      if (closesQuote(text, i) && !isLetter(text[i - 1])) return true;
    }
    return false;
  };
  std::string out = text;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') out[i] = '\'';
    if (text[i] != '\'') continue;
    if (!open && opensQuote(text, i)) {
      out[i] = '"';
      open = true;
    } else if (open && closesQuote(text, i) && !(isLetter(text[i - 1]) && betterAhead(i))) {
      out[i] = '"';
      open = false;
    }
  }
  return out;
}

// Does this book put its speech in single quotes? Compares how often each kind opens before a capital letter.
bool speaksInSingleQuotes(std::string_view text) {
  size_t single = 0, both = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    const bool opening = (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\n') && std::isupper(static_cast<unsigned char>(text[i + 1]));
    if (opening && text[i] == '\'') ++single;
    if (opening && text[i] == '"') ++both;
  }
  return single > 2 * both;
}

}  // namespace

std::string tidyCharacters(std::string_view utf8) {
  const auto points = decode(utf8);
  std::string out;
  out.reserve(utf8.size());
  for (size_t i = 0; i < points.size(); ++i) {
    char32_t point = points[i];
    if (const auto used = encodedTwice(points, i, point)) i += used - 1;
    appendTidy(out, point);
  }
  replaceAll(out, "''", "\"");
  return composed(out);
}

std::string bookProse(std::string_view utf8) {
  const auto tidy = tidyCharacters(utf8);
  const bool single = speaksInSingleQuotes(tidy);
  const auto blocks = blocksOf(tidy);
  std::string text;
  for (size_t i = firstChapter(blocks); i < blocks.size(); ++i) {
    if (const auto skipped = bracketedBlocks(blocks, i)) {
      i += skipped - 1;
      continue;
    }
    if (startsWith(trimmed(blocks[i].front()), "Endnote ")) break;
    if (isHeading(blocks[i])) continue;
    std::string paragraph;
    if (isVerse(blocks[i])) {
      for (const auto& line : blocks[i]) {
        const auto tidied = tidyLine(withoutMarks(line));
        if (tidied.empty() || startsWith(tidied, "--")) continue;
        if (!paragraph.empty()) paragraph += '\n';
        paragraph += tidied;
      }
    } else {
      paragraph = tidyLine(withoutMarks(joined(blocks[i])));
    }
    if (!isOrnament(paragraph)) text = withParagraph(std::move(text), single ? withDoubleQuotes(std::move(paragraph)) : paragraph);
  }
  return text;
}

Story storyProse(std::string_view markdown) {
  Story story;
  std::string pages;
  const auto tidy = tidyCharacters(markdown);
  bool notes = false;  // the lines from "* License" on
  for (size_t at = 0; at < tidy.size();) {
    const auto end = std::min(tidy.find('\n', at), tidy.size());
    const auto line = trimmed(std::string_view(tidy).substr(at, end - at));
    at = end + 1;
    const auto colon = line.find(": ");
    if (startsWith(line, "* License:")) {
      notes = true;
      story.licence = line.substr(colon + 2);
    } else if (startsWith(line, "* Text:") || startsWith(line, "* Translat") || startsWith(line, "* Adapt")) {
      if (colon == std::string_view::npos) continue;
      const std::string_view role = startsWith(line, "* Text:") ? "" : startsWith(line, "* T") ? "translated by " : "adapted by ";
      if (!story.credit.empty()) story.credit += "; ";
      story.credit.append(role).append(line.substr(colon + 2));
    } else if (startsWith(line, "##")) {
      pages += "\n\n";
    } else if (startsWith(line, "# ")) {
      story.title = tidyLine(line.substr(2));
    } else if (!notes) {
      pages += std::string(line) + "\n";
    }
  }
  for (const auto& block : blocksOf(pages)) {
    const auto paragraph = tidyLine(joined(block));
    const bool address = paragraph.find("http") != std::string::npos || paragraph.find("www.") != std::string::npos;
    if (!address && std::any_of(paragraph.begin(), paragraph.end(), isLetter)) story.text = withParagraph(std::move(story.text), paragraph);
  }
  return story;
}

double englishShare(std::string_view text) {
  static constexpr std::array<std::string_view, 40> common = {"the", "and", "a",   "to",  "of",  "in",  "he",   "was",  "that", "it",
                                                              "his", "i",   "she", "you", "as",  "had", "with", "her",  "for",  "they",
                                                              "is",  "on",  "at",  "but", "my",  "him", "so",   "said", "be",   "them",
                                                              "we",  "are", "not", "if",  "all", "one", "what", "can",  "from", "this"};
  size_t words = 0, known = 0;
  std::string word;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && isLetter(text[i])) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
    } else if (!word.empty()) {
      ++words;
      known += std::find(common.begin(), common.end(), word) != common.end();
      word.clear();
    }
  }
  return words == 0 ? 0 : static_cast<double>(known) / static_cast<double>(words);
}

}  // namespace incipit::demo
