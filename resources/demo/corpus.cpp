#include "resources/demo/corpus.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "core/support/error.h"
#include "resources/demo/prose.h"

namespace incipit::demo {
namespace {

namespace fs = std::filesystem;

std::string readText(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw FileError("The corpus file '" + file.string() + "' cannot be read.", "Check its permissions.");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> filesIn(const fs::path& folder, const std::string& extension) {
  if (!fs::is_directory(folder))
    throw FileError("The corpus folder '" + folder.string() + "' does not exist.",
                    "Give the folder that holds chilit, fairy-tales and the others.");
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == extension && entry.path().filename() != "SOURCE.txt") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// FNV-1a, 64 bits: the same on every machine, unlike std::hash.
uint64_t hashOf(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

std::vector<Book> readNovels(const fs::path& root) {
  std::vector<Book> books;
  for (const auto& file : filesIn(root / "chilit", ".txt")) {
    const auto text = tidyCharacters(readText(file));
    auto title = text.substr(0, text.find('\n'));  // the files begin with two lines: title, author
    const auto authorEnd = text.find('\n', title.size() + 1);
    auto author =
        text.substr(std::min(title.size() + 1, text.size()), authorEnd == std::string::npos ? authorEnd : authorEnd - title.size() - 1);
    books.push_back(
        {"chilit/" + file.stem().string(), bookProse(text), false, "chilit", std::move(title), "public domain", std::move(author)});
  }
  return books;
}

std::vector<Book> readGrimm(const fs::path& root) {
  std::vector<Book> books;
  for (const auto& file : filesIn(root / "fairy-tales" / "grimm", ".txt")) {
    const auto text = "BOOK 1.\n\n" + readText(file);  // these files have no title page, the tale begins at once
    books.push_back({"grimm/" + file.stem().string(), bookProse(text), false, "grimm", "", "public domain",
                     "the brothers Grimm; translated by Margaret Hunt"});
  }
  return books;
}

std::vector<Book> readAesop(const fs::path& root) {
  const auto file = root / "aesop" / "aesop4children.json";
  const auto fables = nlohmann::json::parse(readText(file), nullptr, false);
  if (!fables.is_array()) throw FormatError("'" + file.string() + "' is not a JSON array of fables.", "Download it again.");
  std::vector<Book> books;
  for (const auto& fable : fables) {
    const auto part = [&](const char* key) { return tidyCharacters(fable.value(key, std::string())); };
    const auto title = part("title");
    auto text = title + "\n\n" + bookProse("BOOK 1.\n\n" + part("fable"));
    if (const auto lesson = part("lesson"); !lesson.empty()) text += "\n\n" + lesson;
    books.push_back({"aesop/" + title, std::move(text), false, "aesop", title, "public domain", "The Aesop for Children, 1919"});
  }
  return books;
}

std::vector<Book> readStories(const fs::path& root, const std::string& shelf) {
  std::vector<Book> books;
  for (const auto& file : filesIn(root / shelf, ".md")) {
    auto story = storyProse(readText(file));
    const bool free = story.licence == "[Public Domain]";
    if (!free && story.licence != "[CC-BY]") continue;  // only licences that let the model be given away
    books.push_back({shelf + "/" + file.stem().string(), story.title + "\n\n" + story.text, false, shelf, std::move(story.title),
                     free ? "public domain" : "CC BY", std::move(story.credit)});
  }
  return books;
}

// Two tales are the same where a quarter of the runs of 8 words are: such a pair must not stand on both sides of the split.
class Repeats {
 public:
  bool isNew(std::string_view text) {
    std::vector<uint64_t> runs;
    std::vector<uint64_t> words;
    for (size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find_first_of(" \n", at), text.size());
      if (end > at) words.push_back(hashOf(text.substr(at, end - at)));
      at = end + 1;
    }
    for (size_t i = 0; i + 8 <= words.size(); ++i) {
      uint64_t run = 0;
      for (size_t k = 0; k < 8; ++k)
        run = run * 0x9E3779B97F4A7C15ULL + words[i + k];
      if (run % 4 == 0) runs.push_back(run);  // every fourth run is witness enough
    }
    const auto seen = std::count_if(runs.begin(), runs.end(), [&](uint64_t run) { return m_seen.contains(run); });
    m_seen.insert(runs.begin(), runs.end());
    return seen * 4 < static_cast<std::ptrdiff_t>(std::max<size_t>(runs.size(), 1));
  }

 private:
  std::unordered_set<uint64_t> m_seen;
};

// The books of the smallest hashes of their names: 2 % of the shelf and never fewer than `least`.
void holdOut(std::vector<Book>& shelf, size_t least) {
  std::vector<Book*> order;
  for (auto& book : shelf)
    order.push_back(&book);
  std::sort(order.begin(), order.end(), [](const Book* a, const Book* b) { return hashOf(a->name) < hashOf(b->name); });
  const auto share = static_cast<size_t>(std::lround(0.02 * static_cast<double>(shelf.size())));
  for (size_t i = 0; i < std::min(std::max(share, least), order.size()); ++i)
    order[i]->heldOut = true;
}

}  // namespace

std::vector<Book> readCorpora(const fs::path& root) {
  std::vector<std::vector<Book>> shelves = {readNovels(root), readGrimm(root), readAesop(root), readStories(root, "african-storybook-en"),
                                            readStories(root, "pratham-books-en")};
  constexpr size_t leastHeldOut = 2;
  constexpr double leastEnglish = 0.15;
  constexpr size_t shortest = 120;  // bytes; below, a story is a caption or two
  Repeats repeats;
  std::vector<Book> books;
  for (auto& shelf : shelves) {
    std::erase_if(shelf, [&](const Book& book) {
      return book.text.size() < shortest || englishShare(book.text) < leastEnglish || !repeats.isNew(book.text);
    });
    holdOut(shelf, leastHeldOut);
    std::move(shelf.begin(), shelf.end(), std::back_inserter(books));
  }
  return books;
}

}  // namespace incipit::demo
