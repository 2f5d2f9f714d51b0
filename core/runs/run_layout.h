// Where things lie in a run folder.
#pragma once

#include "core/training/plan.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace incipit::layout {

inline std::filesystem::path plan(const std::filesystem::path& run) { return run / "plan.json"; }
inline std::filesystem::path events(const std::filesystem::path& run) { return run / "events.jsonl"; }
inline std::filesystem::path predictions(const std::filesystem::path& run) { return run / "predictions.jsonl"; }
inline std::filesystem::path adapter(const std::filesystem::path& run) { return run / "adapter"; }
inline std::filesystem::path snapshots(const std::filesystem::path& run) { return run / "snapshots"; }
inline std::filesystem::path checkpoint(const std::filesystem::path& run) { return run / "checkpoint" / "state.safetensors"; }
inline std::filesystem::path baselines(const std::filesystem::path& run) { return run / "baselines.json"; }
// Space set aside while the run goes on (RunWriter::reserve).
inline std::filesystem::path reserve(const std::filesystem::path& run) { return run / ".reserve"; }

// A wish from another program (stop_request.h).
inline std::filesystem::path stopRequest(const std::filesystem::path& run) { return run / ".stop"; }
// What a run in the background prints.
inline std::filesystem::path output(const std::filesystem::path& run) { return run / "output.txt"; }

// "snapshots/step-000050.safetensors", below the run folder; six digits keep a file manager's order right.
std::string snapshotName(std::int64_t step);

// What a run was done with, beside the plan in its plan.json. Keys with an underscore in front are no knobs, so that the file is still a
// plan from which the run can be done again.
inline constexpr const char* modelFingerprintKey = runKey;
inline constexpr const char* dataFingerprintKey = "_data_fingerprint";

}  // namespace incipit::layout
