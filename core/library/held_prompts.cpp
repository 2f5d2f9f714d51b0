#include "core/library/held_prompts.h"

#include "core/exchange/exchange.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"

#include <algorithm>
#include <utility>

namespace incipit {
namespace {

std::optional<HeldPrompt> heldBy(const std::filesystem::path& run, const std::string& weightFingerprint) {
  std::error_code ignored;
  if (!std::filesystem::exists(run / "adapter", ignored)) return std::nullopt;
  try {
    HeldPrompt held{run.filename().string(), readPrompt(run), readStart(run)};
    if (held.prompt.origin.weightFingerprint != weightFingerprint) return std::nullopt;
    return held;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::vector<HeldPrompt> promptsOfRuns(const std::filesystem::path& root, const std::string& weightFingerprint, std::size_t most,
                                      std::stop_token stop) {
  std::vector<HeldPrompt> prompts;
  for (const auto& run : runsIn(root)) {
    if (stop.stop_requested() || prompts.size() == most) break;
    if (auto held = heldBy(run, weightFingerprint)) prompts.push_back(std::move(*held));
  }
  return prompts;
}

std::vector<HeldPrompt> promptsOfSteps(const std::filesystem::path& run, std::size_t most, std::stop_token stop) {
  const std::vector<std::int64_t> steps = snapshotSteps(run);
  const std::size_t count = std::min(most, steps.size());
  const auto start = readStart(run);
  std::vector<HeldPrompt> prompts;
  for (std::size_t i = 0; i < count && !stop.stop_requested(); ++i) {
    const std::int64_t step = steps[count > 1 ? i * (steps.size() - 1) / (count - 1) : steps.size() - 1];
    prompts.push_back({"step " + std::to_string(step), readSnapshot(run, step), start});
  }
  return prompts;
}

}  // namespace incipit
