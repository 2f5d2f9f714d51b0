// The data sets of the embedded demo are what resources/demo/data/README.md says: complete, clean, balanced, and the validation
// files share no row with the training files.
#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/harness/harness.h"

using namespace incipit::test;

namespace {

using Rows = std::vector<nlohmann::json>;

Rows rowsOf(const std::string& name) {
  std::ifstream in(resources() / "demo" / "data" / name);
  Rows rows;
  for (std::string line; std::getline(in, line);)
    rows.push_back(nlohmann::json::parse(line));
  return rows;
}

std::string textOf(const nlohmann::json& row) { return row.at("text").get<std::string>(); }

std::vector<std::string> wordsOf(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (std::isalpha(static_cast<unsigned char>(c)))
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// Runs of five words: two rows that share many of them are one row told twice.
std::set<std::string> runsOf(const std::string& text) {
  const auto words = wordsOf(text);
  std::set<std::string> runs;
  for (size_t i = 0; i + 5 <= words.size(); ++i) {
    std::string run;
    for (size_t k = 0; k < 5; ++k)
      run += words[i + k] + ' ';
    runs.insert(std::move(run));
  }
  return runs;
}

size_t mostSharedRuns(const Rows& rows) {
  std::vector<std::set<std::string>> runs;
  for (const auto& row : rows)
    runs.push_back(runsOf(textOf(row)));
  size_t most = 0;
  for (size_t i = 0; i < runs.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      most = std::max(
          most, static_cast<size_t>(std::count_if(runs[i].begin(), runs[i].end(), [&](const auto& run) { return runs[j].contains(run); })));
  return most;
}

void checkTexts(const Rows& rows, size_t fewestWords, size_t mostWords) {
  for (const auto& row : rows) {
    const auto text = textOf(row);
    const auto words = static_cast<size_t>(std::count(text.begin(), text.end(), ' ')) + 1;
    if (words < fewestWords || words > mostWords) fail("a row has " + show(words) + " words: " + text, __FILE__, __LINE__);
    const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (!ascii) fail("a row is not plain ASCII: " + text, __FILE__, __LINE__);
    if (std::count(text.begin(), text.end(), '"') % 2 != 0) fail("a quote stays open: " + text, __FILE__, __LINE__);
    if (text.find("  ") != std::string::npos || text.front() == ' ' || text.back() == ' ')
      fail("stray spaces: " + text, __FILE__, __LINE__);
    countCheck();
  }
}

std::map<std::string, size_t> labelsOf(const Rows& rows) {
  std::map<std::string, size_t> counts;
  for (const auto& row : rows)
    ++counts[row.at("label").get<std::string>()];
  return counts;
}

Rows together(Rows first, const Rows& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

TEST_CASE("the sea stories are complete, clean and told once") {
  const auto training = rowsOf("sea-stories.jsonl"), validation = rowsOf("sea-stories-validation.jsonl");
  CHECK_EQUAL(training.size(), size_t{320});
  CHECK_EQUAL(validation.size(), size_t{80});
  const auto all = together(training, validation);
  checkTexts(all, 40, 90);
  CHECK(mostSharedRuns(all) <= 4);
}

TEST_CASE("the who classes are balanced, and no scene gives its label away") {
  const auto training = rowsOf("who-class.jsonl"), validation = rowsOf("who-class-validation.jsonl");
  using Counts = std::map<std::string, size_t>;
  CHECK(labelsOf(training) == Counts{{"boy", 100}, {"children", 100}, {"girl", 100}, {"thing", 100}});
  CHECK(labelsOf(validation) == Counts{{"boy", 20}, {"children", 20}, {"girl", 20}, {"thing", 20}});
  const auto all = together(training, validation);
  checkTexts(all, 10, 24);
  // The label words, and the pronouns that say the same.
  const std::set<std::string> telling{"boy", "boys", "girl",  "girls",  "child",   "children", "thing",  "things",
                                      "he",  "she",  "it",    "they",   "him",     "his",      "her",    "hers",
                                      "its", "them", "their", "theirs", "himself", "herself",  "itself", "themselves"};
  for (const auto& row : all)
    for (const auto& word : wordsOf(textOf(row)))
      if (telling.contains(word)) fail("gives a label away: " + textOf(row), __FILE__, __LINE__);
  CHECK(mostSharedRuns(all) <= 2);
}
