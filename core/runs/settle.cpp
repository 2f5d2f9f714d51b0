// What a killed run left behind is set right when it is next opened.
#include "core/exchange/peft.h"
#include "core/runs/event_log.h"
#include "core/runs/outcome.h"
#include "core/runs/run_folder.h"
#include "core/runs/run_layout.h"
#include "core/support/files.h"

#include <nlohmann/json.hpp>

namespace incipit {
namespace {

// The summary of the run's last event from what it wrote before: its checkpoint, and the events up to there.
Summary summaryOf(const RunRecord& run, const TrainingState& state) {
  Summary summary;
  summary.steps = state.step;
  summary.bestStep = state.keptStep();
  summary.why = state.why;
  summary.smoothedLoss = state.smoothedLoss;
  summary.elapsedSeconds = state.elapsedSeconds;
  summary.stepsPerSecond = state.elapsedSeconds > 0 ? static_cast<double>(state.step) / state.elapsedSeconds : 0;
  for (const TrainingEvent& event : run.events) {
    if (const auto* step = std::get_if<Stepped>(&event)) summary.lastLoss = step->loss;
    const auto* evaluated = std::get_if<Evaluated>(&event);
    if (evaluated == nullptr || evaluated->step != state.keptStep()) continue;
    summary.bestValidationLoss = evaluated->loss;
    summary.accuracy = evaluated->accuracy;
    summary.labelLoss = evaluated->labelLoss;
    summary.f1Macro = evaluated->f1Macro;
    summary.validationRows = evaluated->rows;
  }
  return summary;
}

}  // namespace

void removeLeftovers(const std::filesystem::path& run) {
  std::error_code ignored;
  for (const auto& folder : {run, layout::snapshots(run), layout::checkpoint(run).parent_path(), layout::adapter(run)}) {
    std::filesystem::directory_iterator entry(folder, ignored);
    for (; !ignored && entry != std::filesystem::directory_iterator(); entry.increment(ignored))
      if (isTemporaryName(entry->path().filename().string()) && entry->is_regular_file(ignored))
        std::filesystem::remove(entry->path(), ignored);
    ignored.clear();
  }
  std::filesystem::remove(layout::reserve(run), ignored);
}

bool isWhole(const RunRecord& run) {
  return (run.status == "finished" || run.status == "stopped") && fileExists(layout::adapter(run.folder) / "adapter_config.json");
}

bool settleRun(const std::filesystem::path& folder) {
  const auto log = EventLog::ifFree(layout::events(folder));
  if (!log || !fileExists(layout::plan(folder))) return false;
  removeLeftovers(folder);
  const auto state = readCheckpoint(folder);
  if (!state || state->ended.empty()) return false;
  const RunRecord run = readRun(folder);
  // A stopped run may have been judged afterwards (judge_stopped.h): the checkpoint says by then which prompt is kept.
  const bool judgedSince = run.summary && run.summary->steps == state->step && run.summary->bestStep != state->keptStep();
  const bool lacksAdapter = judgedSince || !fileExists(layout::adapter(folder) / "adapter_config.json");
  const bool lacksEnd = judgedSince || run.status == "interrupted";
  const Summary summary = summaryOf(run, *state);
  if (lacksAdapter) writePeftAdapter(layout::adapter(folder), withOutcome(state->kept(), summary));
  if (lacksEnd) {
    log->append(compactJson(toJson(state->ended == "stopped" ? TrainingEvent(Stopped{summary}) : TrainingEvent(Finished{summary, ""}))));
    log->sync();
  }
  return lacksAdapter || lacksEnd;
}

}  // namespace incipit
