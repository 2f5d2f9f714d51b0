// Which class of a model's head each label of the data is.
#include "core/dataset/examples.h"
#include "core/dataset/words.h"
#include "core/support/error.h"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace incipit {
namespace {

std::string list(const std::vector<std::string>& names) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > most ? text + ", ..." : text;
}

// "2" -> 2; -1 for what is no number of a class.
int numberIn(const std::string& text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 0 ? number : -1;
}

// LABEL_0, LABEL_1 ...: names that transformers gives where nobody did.
bool nobodyNamed(const std::vector<std::string>& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] != "LABEL_" + std::to_string(i)) return false;
  return true;
}

// By name, whatever the case, else by number. -1: neither.
int classOf(const std::string& word, const std::vector<std::string>& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (lowered(labels[i]) == lowered(word)) return static_cast<int>(i);
  const int number = numberIn(word);
  return number < static_cast<int>(labels.size()) ? number : -1;
}

struct Numbering {
  std::vector<int> classes;         // of the data's labels
  std::vector<std::string> labels;  // of the head's classes
};

// Without names to keep to, numbers stay numbers, and words are counted as they come.
Numbering ownNumbering(const std::vector<std::string>& words, std::size_t atLeast) {
  Numbering result{std::vector<int>(words.size()), words};
  std::transform(words.begin(), words.end(), result.classes.begin(), numberIn);
  const auto [low, high] = std::minmax_element(result.classes.begin(), result.classes.end());
  if (*low < 0 || *high >= mostHeadClasses) {
    std::iota(result.classes.begin(), result.classes.end(), 0);
  } else {
    result.labels.clear();
    for (int i = 0; i <= *high; ++i)
      result.labels.push_back(std::to_string(i));
  }
  while (result.labels.size() < atLeast)
    result.labels.push_back("LABEL_" + std::to_string(result.labels.size()));
  return result;
}

Numbering numberingOf(const std::vector<std::string>& words, const std::vector<std::string>& labels) {
  if (labels.empty()) return ownNumbering(words, 2);
  Numbering result{{}, labels};
  for (const std::string& word : words)
    result.classes.push_back(classOf(word, labels));
  if (std::ranges::find(result.classes, -1) == result.classes.end()) return result;
  if (nobodyNamed(labels) && words.size() <= labels.size()) {
    Numbering own = ownNumbering(words, labels.size());
    if (own.labels.size() == labels.size()) return own;
  }
  throw DataError("The labels of the data (" + list(words) + ") are not among those of the model's head (" + list(labels) + ").",
                  "Map them with label words, choose another label column, or take a model without a head of its own.");
}

}  // namespace

void numberClasses(Examples& examples, const std::vector<std::string>& labels) {
  if (examples.classes.empty())
    throw DataError("The label column has more than " + std::to_string(mostHeadClasses) +
                        " different values, or none: no head can choose among them.",
                    "Choose a column that holds one of a few labels.");
  const Numbering numbering = numberingOf(examples.classes, labels);
  examples.items.renumber(numbering.classes);
  examples.classes = numbering.labels;
  examples.classTokens.assign(examples.classes.size(), {});
}

}  // namespace incipit
