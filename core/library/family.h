// Runs that grew out of others: one that starts from the prompt, or from a snapshot, of another run is its child.
#pragma once

#include "core/library/run_entry.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

namespace incipit {

struct Parent {
  std::filesystem::path run;
  std::int64_t step = 0;  // of the snapshot; 0: its kept prompt
};
// By the path that the plan starts from: a run folder, its adapter, or one of its snapshots, whether it is there or not.
std::optional<Parent> parentOf(const TrainingPlan& plan);

// Each run behind its parent, children in the order of `runs`, with how many generations stand above it. A run whose parent is not among
// them stands by itself; so does, of runs that would be each other's ancestors, the first.
struct FamilyPlace {
  std::size_t run = 0;
  int depth = 0;
};
std::vector<FamilyPlace> inFamilies(const std::vector<RunEntry>& runs);

}  // namespace incipit
