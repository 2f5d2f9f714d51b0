// Runs side by side: which is better, by how much, how sure that is, and what differed.
#pragma once

#include "core/library/library.h"
#include "core/metrics/intervals.h"
#include "core/runs/predictions.h"

#include <optional>
#include <string>
#include <vector>

namespace incipit {

// A run against the baseline, on the validation examples that both have judged (predictions.h).
struct AgainstBaseline {
  std::string by;  // "accuracy": right answers; "loss": the lower loss of each example
  PairedComparison comparison;
  double chance = 1;  // by accuracy: McNemar's exact p; else 1
  std::int64_t examples = 0;
  // Rows of the validation data that one of the two got right, the other wrong; by accuracy only.
  std::vector<std::int64_t> won, lost;
};

struct RunComparison {
  std::vector<RunEntry> runs;  // the first is the baseline
  Differing differing;
  std::vector<std::optional<AgainstBaseline>> against;  // one a run; the baseline has none
  std::vector<std::string> unknown;                     // why there is none
};

// `baseline`: index into `folders`. Throws DataError where a folder is no run.
RunComparison compareRuns(const std::vector<std::filesystem::path>& folders, std::size_t baseline = 0);

// "B is better than A: 93 % sure; 41 examples decide."
std::string inWords(const AgainstBaseline& against, const std::string& baseline, const std::string& run);

}  // namespace incipit
