// incipit-demo-corpus: what the demo model reads. Prints a table of the corpora; with --credits the attributions of the model card;
// with --text NAME the cleaned text of one book.
#include <exception>
#include <iomanip>
#include <iostream>
#include <map>
#include <string_view>

#include "resources/demo/corpus.h"

namespace {

using incipit::demo::Book;

void printStatistics(const std::vector<Book>& books) {
  struct Sum {
    size_t books = 0, bytes = 0, heldOut = 0, heldOutBytes = 0;
  };
  std::map<std::string, Sum> sums;
  std::map<std::string, size_t> licences;
  for (const auto& book : books) {
    for (auto* sum : {&sums[book.shelf], &sums["total"]}) {
      sum->books += 1;
      sum->bytes += book.text.size();
      sum->heldOut += book.heldOut;
      sum->heldOutBytes += book.heldOut ? book.text.size() : 0;
    }
    ++licences[book.licence];
  }
  std::cout << std::left << std::setw(22) << "shelf" << std::right << std::setw(7) << "books" << std::setw(12) << "bytes" << std::setw(10)
            << "held out" << std::setw(12) << "bytes" << '\n';
  for (const auto& [shelf, sum] : sums)
    std::cout << std::left << std::setw(22) << shelf << std::right << std::setw(7) << sum.books << std::setw(12) << sum.bytes
              << std::setw(10) << sum.heldOut << std::setw(12) << sum.heldOutBytes << '\n';
  for (const auto& [licence, count] : licences)
    std::cout << "\nlicence " << licence << ": " << count << " books";
  std::cout << "\n\nHeld out:\n";
  for (const auto& book : books)
    if (book.heldOut) std::cout << "  " << book.name << "  (" << book.text.size() << " bytes)\n";
}

void printCredits(const std::vector<Book>& books) {
  std::string shelf;
  for (const auto& book : books) {
    if (book.licence == "public domain" && book.shelf != "chilit" && book.shelf != "pratham-books-en") continue;
    if (book.shelf != shelf) std::cout << "\n### " << book.shelf << "\n\n";
    shelf = book.shelf;
    std::cout << "- *" << book.title << "*, " << book.credit << " (" << book.licence << ")\n";
  }
}

void printText(const std::vector<Book>& books, std::string_view name) {
  for (const auto& book : books)
    if (book.name == name) std::cout << book.text << '\n';
}

}  // namespace

int main(int count, char** words) try {
  if (count < 2) {
    std::cerr << "incipit-demo-corpus FOLDER [--credits | --text NAME]\n";
    return 2;
  }
  const auto books = incipit::demo::readCorpora(words[1]);
  const std::string_view wish = count > 2 ? words[2] : "";
  if (wish == "--credits")
    printCredits(books);
  else if (wish == "--text" && count > 3)
    printText(books, words[3]);
  else
    printStatistics(books);
  return 0;
} catch (const std::exception& error) {
  std::cerr << "incipit-demo-corpus: " << error.what() << '\n';
  return 1;
}
