#include "core/exchange/exchange.h"
#include "core/runs/checkpoint.h"
#include "core/runs/event_log.h"
#include "core/runs/run_folder.h"
#include "core/runs/run_layout.h"
#include "core/support/error.h"
#include "core/support/files.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

bool isRun(const std::filesystem::path& folder) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(layout::plan(folder), ignored) &&
         std::filesystem::is_regular_file(layout::events(folder), ignored);
}

std::string textOf(const Json& json, const char* key) {
  return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : "";
}

std::vector<TrainingEvent> eventsOf(const std::filesystem::path& file) {
  std::vector<TrainingEvent> events;
  std::int64_t number = 0;
  for (const std::string& line : wholeLines(file)) {
    ++number;
    const Json json = jsonOrNothing(line);
    if (json.is_discarded())
      throw FormatError("Line " + std::to_string(number) + " of '" + file.string() + "' is not an event.", "Mend or remove that line.");
    if (auto event = eventFrom(json)) events.push_back(std::move(*event));
  }
  return events;
}

void addOutcome(RunRecord& run) {
  run.status = "interrupted";
  for (const TrainingEvent& event : run.events) {
    if (const auto* finished = std::get_if<Finished>(&event)) {
      run.status = "finished";
      run.summary = finished->summary;
    } else if (const auto* stopped = std::get_if<Stopped>(&event)) {
      run.status = "stopped";
      run.summary = stopped->summary;
    } else if (std::holds_alternative<Failed>(event)) {
      run.status = "failed";
    } else if (std::holds_alternative<Started>(event)) {
      run.status = "interrupted";
      run.summary.reset();
    }
  }
}

}  // namespace

std::string layout::snapshotName(std::int64_t step) {
  char name[64];
  std::snprintf(name, sizeof name, "snapshots/step-%06lld.safetensors", static_cast<long long>(step));
  return name;
}

RunRecord readRun(const std::filesystem::path& folder) {
  if (!isRun(folder) && fileExists(layout::events(folder)))
    throw FormatError("The run '" + folder.string() + "' was ended before it began: it has no plan.json.",
                      "Start it again; the same folder can be used.");
  if (!isRun(folder))
    throw FormatError("The folder '" + folder.string() + "' is not a run: it should hold plan.json and events.jsonl.",
                      "Choose a run folder.");
  RunRecord run;
  run.folder = folder;
  run.name = (folder.has_filename() ? folder : folder.parent_path()).filename().string();
  const Json plan = readJson(layout::plan(folder));
  if (!plan.is_object()) throw FormatError("'" + layout::plan(folder).string() + "' is not a plan.", "Choose another run folder.");
  run.plan = planFrom(plan, layout::plan(folder).string());
  run.modelFingerprint = textOf(plan, layout::modelFingerprintKey);
  run.dataFingerprint = textOf(plan, layout::dataFingerprintKey);
  run.events = eventsOf(layout::events(folder));
  addOutcome(run);
  return run;
}

std::vector<std::filesystem::path> runsIn(const std::filesystem::path& folder) {
  std::vector<std::pair<std::filesystem::file_time_type, std::filesystem::path>> runs;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
    if (isRun(entry.path())) runs.emplace_back(std::filesystem::last_write_time(layout::plan(entry.path()), ignored), entry.path());
  std::sort(runs.begin(), runs.end(),
            [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  std::vector<std::filesystem::path> result;
  for (auto& [time, path] : runs)
    result.push_back(std::move(path));
  return result;
}

std::vector<std::int64_t> snapshotSteps(const std::filesystem::path& folder) {
  std::vector<std::int64_t> steps;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(layout::snapshots(folder), ignored)) {
    const std::string stem = entry.path().stem().string();
    std::int64_t step = -1;
    if (entry.path().extension() != ".safetensors" || !stem.starts_with("step-")) continue;
    const auto result = std::from_chars(stem.data() + 5, stem.data() + stem.size(), step);
    if (result.ec == std::errc() && result.ptr == stem.data() + stem.size()) steps.push_back(step);
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

std::filesystem::path snapshotFile(std::int64_t step) { return layout::snapshotName(step); }

SoftPrompt readSnapshot(const std::filesystem::path& folder, std::int64_t step) { return readPrompt(folder / layout::snapshotName(step)); }

std::optional<TrainingState> readCheckpoint(const std::filesystem::path& folder) {
  if (!fileExists(layout::checkpoint(folder))) return std::nullopt;
  return readCheckpointFile(layout::checkpoint(folder));
}

std::optional<SoftPrompt> readStart(const std::filesystem::path& folder) {
  if (!fileExists(layout::plan(folder))) return std::nullopt;
  const std::vector<std::int64_t> steps = snapshotSteps(folder);
  if (!steps.empty() && steps.front() == 0) return readSnapshot(folder, 0);
  if (const auto state = readCheckpoint(folder); state && !state->start.empty()) return state->start;
  return std::nullopt;
}

}  // namespace incipit
