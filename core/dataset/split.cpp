#include "core/dataset/examples.h"
#include "core/support/error.h"
#include "core/support/random.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace incipit {

std::pair<Examples, Examples> split(const Examples& all, double share, std::uint64_t seed) {
  if (!(share > 0.0 && share < 1.0))
    throw DataError("A share of " + std::to_string(share) + " of the examples cannot be put aside.", "Choose a share between 0 and 1.");
  if (all.items.size() < 2)
    throw DataError("There is only one example: none can be put aside for validation.", "Add rows, or train without validation.");

  std::map<int, std::vector<std::uint32_t>> ofClass;
  for (std::size_t i = 0; i < all.items.size(); ++i)
    ofClass[all.items.sizes(i).classIndex].push_back(static_cast<std::uint32_t>(i));

  // Each class gives its share; what rounding leaves is carried to the next class, so that the total is right too.
  Random random(seed);
  std::vector<bool> aside(all.items.size(), false);
  double owed = 0;
  std::int64_t taken = 0;
  for (const auto& [classIndex, members] : ofClass) {
    owed += share * static_cast<double>(members.size());
    const auto count = std::clamp<std::int64_t>(std::llround(owed) - taken, 0, static_cast<std::int64_t>(members.size()));
    taken += count;
    const std::vector<std::int64_t> order = random.permutation(static_cast<std::int64_t>(members.size()));
    for (std::int64_t i = 0; i < count; ++i)
      aside[members[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]] = true;
  }
  if (taken == 0) aside[static_cast<std::size_t>(random.below(all.items.size()))] = true;
  if (taken == static_cast<std::int64_t>(all.items.size())) aside[static_cast<std::size_t>(random.below(all.items.size()))] = false;

  std::vector<std::uint32_t> keptPlaces, asidePlaces;
  for (std::uint32_t i = 0; i < all.items.size(); ++i)
    (aside[i] ? asidePlaces : keptPlaces).push_back(i);
  Examples kept = all, validation = all;
  kept.items = all.items.picked(std::move(keptPlaces));
  validation.items = all.items.picked(std::move(asidePlaces));
  validation.truncated = validation.unusable = 0;  // said of the file, once
  validation.notes.clear();
  return {std::move(kept), std::move(validation)};
}

namespace {

// Labels that only the validation data has: nothing can be learned about them.
void noteUnknown(std::size_t count, const Examples& training, Examples& validation) {
  if (count == 0) return;
  constexpr std::size_t mostNamed = 5;
  const std::vector<std::string> unknown(training.classes.end() - static_cast<std::ptrdiff_t>(count), training.classes.end());
  std::string names;
  for (std::size_t i = 0; i < std::min(mostNamed, count); ++i)
    names += (i == 0 ? "'" : ", '") + unknown[i] + "'";
  if (count > mostNamed) names += " ...";
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < validation.items.size(); ++i) {
    const int number = validation.items.sizes(i).classIndex;
    if (number >= 0 && std::ranges::find(unknown, validation.classes[static_cast<std::size_t>(number)]) != unknown.end()) ++rows;
  }
  validation.notes.push_back(std::to_string(count) +
                             (count == 1 ? " label of the validation data does" : " labels of the validation data do") +
                             " not occur in the training data (" + names + "; " + std::to_string(rows) + (rows == 1 ? " row" : " rows") +
                             "): the prompt cannot learn what was never shown.");
}

}  // namespace

void alignClasses(Examples& training, Examples& validation) {
  if (training.classes.empty() || validation.classes.empty()) return;
  std::vector<int> numbers;
  const std::size_t known = training.classes.size();
  for (std::size_t i = 0; i < validation.classes.size(); ++i) {
    const auto found = std::find(training.classes.begin(), training.classes.end(), validation.classes[i]);
    numbers.push_back(static_cast<int>(found - training.classes.begin()));
    if (found != training.classes.end()) continue;
    training.classes.push_back(validation.classes[i]);
    training.classTokens.push_back(validation.classTokens[i]);
  }
  noteUnknown(training.classes.size() - known, training, validation);
  validation.items.renumber(numbers);
  validation.classes = training.classes;
  validation.classTokens = training.classTokens;
}

}  // namespace incipit
