// All runs below some folders. What was read of a run is kept in an index beside it, so that the second look at a thousand runs is quick;
// the index can be thrown away at any time, and is not written where that is impossible.
#pragma once

#include "core/library/run_entry.h"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

namespace incipit {

// Newest first. A root is a folder of runs, or a run; one that is not there has no runs. `found` hears of each run as it is read.
std::vector<RunEntry> listRuns(const std::vector<std::filesystem::path>& roots, std::stop_token stop = {},
                               const std::function<void(const RunEntry&)>& found = {});

// The knobs in which the runs differ, by their key in plan.json, and what each run has: a row a run. Where runs lie is no difference, nor
// is what the program decided for both.
struct Differing {
  std::vector<std::string> knobs;
  std::vector<std::vector<std::string>> values;
};
Differing whatDiffers(const std::vector<RunEntry>& runs);

}  // namespace incipit
