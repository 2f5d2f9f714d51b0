// The children's prose that the embedded demo model is trained on, read from a folder of corpora into whole clean books.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace incipit::demo {

struct Book {
  std::string name;     // shelf and file, "chilit/alice"; unique
  std::string text;     // paragraphs with "\n\n" between them; short tales begin with their title
  bool heldOut;         // never trained on: the bits per byte are measured on these
  std::string shelf;    // "chilit", "grimm", "aesop", "african-storybook-en", "pratham-books-en"
  std::string title;    // empty where the file has none
  std::string licence;  // "public domain", "CC BY"
  std::string credit;   // who wrote, translated or adapted the text, as its licence asks
};

// Reads chilit/*.txt, fairy-tales/grimm/*.txt, aesop/aesop4children.json, african-storybook-en/*.md and pratham-books-en/*.md under
// `root`, in the order of their names. Left out: texts that are not English, and tales that repeat an earlier one. About 2 % of each
// shelf is held out, chosen by a hash of the name, so the same files always give the same split.
std::vector<Book> readCorpora(const std::filesystem::path& root);

}  // namespace incipit::demo
