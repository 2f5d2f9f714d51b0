// Turns the files of children's books into clean running text: one convention for quotes and dashes, whole paragraphs, no furniture.
#pragma once

#include <string>
#include <string_view>

namespace incipit::demo {

// A story in the storybooks' Markdown ("# title", "##" between the pages, "* License: ..." lines at the end).
struct Story {
  std::string title;
  std::string text;
  std::string licence;
  std::string credit;  // who wrote, translated and adapted the text
};

// One convention for characters: NFC, ASCII quotes and dots, "--" for a dash, plain spaces; text that was encoded to UTF-8 twice is
// repaired, control characters and other alphabets go.
std::string tidyCharacters(std::string_view utf8);

// A book with hard line breaks and a blank line between paragraphs. Goes: title page, preface, headings, pictures, footnotes, rules.
// Stays: paragraphs, each on one line, "\n\n" between them; the lines of a poem, "\n" between them.
std::string bookProse(std::string_view utf8);

Story storyProse(std::string_view markdown);

// Share of the words that are among the commonest of English: about 0.4 in English prose, below 0.1 in any other language.
double englishShare(std::string_view text);

}  // namespace incipit::demo
