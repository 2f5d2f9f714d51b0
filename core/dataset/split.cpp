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

  std::map<int, std::vector<std::size_t>> ofClass;
  for (std::size_t i = 0; i < all.items.size(); ++i)
    ofClass[all.items[i].classIndex].push_back(i);

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

  Examples kept, validation;
  kept.classes = validation.classes = all.classes;
  kept.classTokens = validation.classTokens = all.classTokens;
  kept.fingerprint = validation.fingerprint = all.fingerprint;
  kept.settings = validation.settings = all.settings;
  kept.example = validation.example = all.example;
  kept.notes = all.notes;
  kept.withoutChat = validation.withoutChat = all.withoutChat;
  kept.truncated = all.truncated;
  kept.unusable = all.unusable;
  for (std::size_t i = 0; i < all.items.size(); ++i)
    (aside[i] ? validation : kept).items.push_back(all.items[i]);
  return {std::move(kept), std::move(validation)};
}

void alignClasses(Examples& training, Examples& validation) {
  if (training.classes.empty() || validation.classes.empty()) return;
  std::vector<int> numbers;
  for (std::size_t i = 0; i < validation.classes.size(); ++i) {
    const auto found = std::find(training.classes.begin(), training.classes.end(), validation.classes[i]);
    numbers.push_back(static_cast<int>(found - training.classes.begin()));
    if (found != training.classes.end()) continue;
    training.classes.push_back(validation.classes[i]);
    training.classTokens.push_back(validation.classTokens[i]);
  }
  for (Example& example : validation.items)
    if (example.classIndex >= 0) example.classIndex = numbers[static_cast<std::size_t>(example.classIndex)];
  validation.classes = training.classes;
  validation.classTokens = training.classTokens;
}

}  // namespace incipit
