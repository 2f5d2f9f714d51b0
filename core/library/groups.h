// Runs that belong together: seeds of one plan, or all with one value of a knob. What a group says never leaves a run out without a word.
#pragma once

#include "core/library/library.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace incipit {

struct RunGroup {
  std::string name;  // "learning_rate 0.01"; of several knobs "learning_rate 0.01, seed 2"; "all runs" where nothing else differs
  std::vector<std::size_t> members;  // places among the runs, ascending
  // Of the best values of its runs: there where all of them were judged by the same measure.
  std::optional<double> mean, low, high;
  std::string metric;
};

inline constexpr const char* butTheSeed = "seed";

// `knob`: one of `differing`; runs with the same value stand together. With butTheSeed those stand together that are alike in everything
// else.
std::vector<RunGroup> groupsBy(const std::string& knob, const std::vector<RunEntry>& runs, const Differing& differing);

struct BandPoint {
  double x = 0, mean = 0, low = 0, high = 0;
};
// Over the curves (x ascending), where every one of them has a point: an average of fewer would jump where a run ends.
std::vector<BandPoint> bandOf(const std::vector<std::vector<std::pair<double, double>>>& curves);

}  // namespace incipit
