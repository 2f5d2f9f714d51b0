#include "core/exchange/exchange.h"
#include "core/exchange/peft.h"
#include "core/runs/checkpoint.h"
#include "core/runs/event_log.h"
#include "core/runs/predictions.h"
#include "core/runs/run_folder.h"
#include "core/runs/run_layout.h"
#include "core/support/error.h"
#include "core/support/files.h"

#include <nlohmann/json.hpp>

namespace incipit {

namespace {

// The step an event line belongs to: a summary's is the last one it sums up, a start's the first one to come.
std::int64_t stepOf(const Json& event) {
  const Json& owner = event.contains("summary") ? event["summary"] : event;
  for (const char* key : {"step", "steps", "first_step"})
    if (owner.is_object() && owner.contains(key) && owner[key].is_number_integer()) return owner[key].get<std::int64_t>();
  return 0;
}

// A run that goes on from its checkpoint does the steps behind it again: their events would stand there twice.
void forgetEventsBehind(const std::filesystem::path& run, std::int64_t checkpointStep) {
  std::string kept;
  for (const std::string& line : wholeLines(layout::events(run))) {
    const Json event = jsonOrNothing(line);
    const bool fromTheBeginning = checkpointStep == 0;
    if (event.is_object() && !fromTheBeginning && stepOf(event) <= checkpointStep) kept += line + '\n';
  }
  writeFileAtomically(layout::events(run), kept);
}

}  // namespace

struct RunWriter::State {
  std::filesystem::path folder;
  std::unique_ptr<EventLog> log;
  Json plan;  // as plan.json has it
  PredictionsSeen predictions;
  bool failed = false, lost = false;

  // A folder that is deleted while its run goes on would take the plan and all events with it, without a word.
  void checkPlace() {
    if (log->inPlace()) return;
    lost = true;
    makeFolder(folder);
    log->putBack();
    writeJson(layout::plan(folder), plan);
    throw FileError("The run folder '" + folder.string() + "' was deleted or moved while the run went on.",
                    "What could be written again is there; its snapshots are not.");
  }

  void write(const TrainingEvent& event) {
    checkPlace();
    Json json;
    if (const auto* snapshot = std::get_if<Snapshotted>(&event)) {
      const std::string name = layout::snapshotName(snapshot->step);
      exportPrompt(snapshot->prompt, "safetensors", folder / name);
      json = {{"event", "snapshot"}, {"step", snapshot->step}, {"file", name}};
    } else {
      json = toJson(event);
    }
    log->append(compactJson(json));
  }

  void writePredictionsSeen() {
    if (!predictions.changed()) return;
    writePredictions(folder, predictions.seen());
    predictions.saved();
  }

  // The first failure to write ends the run with its sentence. What the run then still says (that it failed) is written where
  // that is possible and never hides the first sentence behind a second one.
  void take(const TrainingEvent& event) {
    if (std::holds_alternative<Validating>(event) || std::holds_alternative<Probing>(event)) return;  // progress, not a fact about the run
    predictions.take(event);
    try {
      write(event);
    } catch (const Error&) {
      if (failed) return;
      failed = true;
      throw;
    }
  }
};

RunWriter::RunWriter(const std::filesystem::path& folder, const TrainingPlan& plan, const std::string& modelFingerprint,
                     const std::string& dataFingerprint, bool resume)
    : m_state(std::make_shared<State>()) {
  const bool holdsRun = fileExists(layout::plan(folder)) || !wholeLines(layout::events(folder)).empty();
  if (holdsRun && !resume)
    throw FileError("The folder '" + folder.string() + "' holds another run.", "Choose a new folder, or resume that run.");
  if (!holdsRun && resume) throw FileError("The folder '" + folder.string() + "' holds no run to go on with.", "Choose a run folder.");
  makeFolder(folder);
  m_state->folder = folder;
  m_state->log = std::make_unique<EventLog>(layout::events(folder));
  removeLeftovers(folder);
  if (resume) {
    const auto checkpoint = readCheckpoint(folder);
    m_state->log.reset();  // the file is replaced, and a lock stays with the old one
    forgetEventsBehind(folder, checkpoint ? checkpoint->step : 0);
    if (checkpoint) m_state->predictions.goOnFrom(folder);
    m_state->log = std::make_unique<EventLog>(layout::events(folder));
  }
  Json& json = m_state->plan = toJson(plan);
  json[layout::modelFingerprintKey] = modelFingerprint;
  json[layout::dataFingerprintKey] = dataFingerprint;
  writeJson(layout::plan(folder), json);
}

RunWriter::~RunWriter() {
  giveReserveBack();
  if (m_state->log) m_state->log->release();  // listeners that somebody still holds keep no lock
}

const std::filesystem::path& RunWriter::folder() const { return m_state->folder; }

TrainingListener RunWriter::events() {
  return [state = m_state](const TrainingEvent& event) { state->take(event); };
}

CheckpointListener RunWriter::checkpoints() {
  return [state = m_state](const TrainingState& training) {
    const auto file = layout::checkpoint(state->folder);
    makeFolder(file.parent_path());
    state->log->sync();  // never a checkpoint whose events are gone
    writeCheckpoint(file, training);
    state->writePredictionsSeen();
  };
}

void RunWriter::reserve(std::size_t bytes) { writeFileAtomically(layout::reserve(m_state->folder), std::string(bytes, ' ')); }

void RunWriter::giveReserveBack() {
  std::error_code ignored;
  std::filesystem::remove(layout::reserve(m_state->folder), ignored);
}

bool RunWriter::lost() const { return m_state->lost; }

void RunWriter::finish(const TrainingResult& result) {
  giveReserveBack();
  writePeftAdapter(layout::adapter(m_state->folder), result.best);
  if (!m_state->lost) m_state->checkPlace();
  m_state->writePredictionsSeen();
  m_state->log->sync();
  m_state->log->release();
}

}  // namespace incipit
