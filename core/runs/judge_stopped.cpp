#include "core/runs/judge_stopped.h"

#include "core/exchange/peft.h"
#include "core/runs/checkpoint.h"
#include "core/runs/event_log.h"
#include "core/runs/outcome.h"
#include "core/runs/predictions.h"
#include "core/runs/prepare.h"
#include "core/runs/run_layout.h"
#include "core/support/error.h"

#include <nlohmann/json.hpp>

namespace incipit {

std::optional<TrainingResult> judgeStopped(const std::filesystem::path& folder, const TrainingListener& listener, std::stop_token stop) {
  settleRun(folder);
  const RunRecord record = readRun(folder);
  auto state = readCheckpoint(folder);
  if (!state || record.status == "finished" || record.status == "failed")
    throw PlanError("The run '" + folder.string() + "' was not stopped on its way: there is no step of it that was not judged.",
                    "Judge its adapter with other data instead.");
  EventLog log(layout::events(folder));  // nobody else writes this run meanwhile
  const PreparedRun run = reopened(record, std::move(*state));
  std::vector<TrainingEvent> facts;
  const auto listen = [&](const TrainingEvent& event) {
    if (!std::holds_alternative<Validating>(event)) facts.push_back(event);
    if (listener) listener(event);
  };
  auto result = judgeStopped(run.plan, {run.model, run.training, run.validation, run.start, run.resume}, listen, stop);
  if (!result) return result;
  result->best = withOutcome(std::move(result->best), result->summary);
  // In this order, so that whoever opens the run after a kill in between can tell what is missing (settle.cpp).
  for (const TrainingEvent& fact : facts)
    log.append(compactJson(toJson(fact)));
  PredictionsSeen predictions;
  predictions.goOnFrom(folder);
  for (const TrainingEvent& fact : facts)
    predictions.take(fact);
  if (predictions.changed()) writePredictions(folder, predictions.seen());
  writeCheckpoint(layout::checkpoint(folder), result->state);
  writePeftAdapter(layout::adapter(folder), result->best);
  log.append(compactJson(toJson(Stopped{result->summary})));
  if (listener) listener(Stopped{result->summary});
  return result;
}

}  // namespace incipit
