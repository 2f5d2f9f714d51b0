// A run on the disk: plan.json, events.jsonl, predictions.jsonl, adapter/, snapshots/, checkpoint/. Written while the run goes on, so a
// kill loses nothing but the last moments; read back by replaying the events into the same listener that showed them live.
#pragma once

#include "core/training/train.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

// Writes a run. One listener among others: pass events() and checkpoints() to train().
class RunWriter {
 public:
  // Makes the folder (or goes on in it when `resume`). Throws FileError when it is not writable or holds another run. A folder in which a
  // run was ended before it had written its plan holds none.
  RunWriter(const std::filesystem::path& folder, const TrainingPlan& plan, const std::string& modelFingerprint,
            const std::string& dataFingerprint, bool resume = false);
  ~RunWriter();

  const std::filesystem::path& folder() const;
  TrainingListener events();
  CheckpointListener checkpoints();
  // Sets `bytes` of the disk aside, so that a run which fills it can still write its last checkpoint and its prompt; given back by the
  // first failure to write and by finish().
  void reserve(std::size_t bytes);
  void giveReserveBack();
  // The kept prompt as PEFT adapter, at the end.
  void finish(const TrainingResult& result);
  // Whether the folder was deleted or moved while the run went on; what could be written again then is in its old place.
  bool lost() const;

 private:
  struct State;
  std::shared_ptr<State> m_state;
};

struct RunRecord {
  std::filesystem::path folder;
  std::string name;  // of the folder: "fairy-sea-3"
  TrainingPlan plan;
  std::string modelFingerprint, dataFingerprint;
  std::vector<TrainingEvent> events;  // snapshots without their prompts
  std::string status;                 // "finished", "stopped", "failed", "interrupted" (no last event)
  std::optional<Summary> summary;
};

// Throws FormatError when the folder is no run. A torn last line of events.jsonl (a kill in mid-write) is left out, not an error.
RunRecord readRun(const std::filesystem::path& folder);
std::vector<std::filesystem::path> runsIn(const std::filesystem::path& folder);  // newest first
std::vector<std::int64_t> snapshotSteps(const std::filesystem::path& folder);    // ascending
std::filesystem::path snapshotFile(std::int64_t step);                           // below the run folder
SoftPrompt readSnapshot(const std::filesystem::path& folder, std::int64_t step);
std::optional<SoftPrompt>
readStart(const std::filesystem::path& folder);  // its prompt at step 0; nullopt when it is not kept, or this is no run
std::optional<TrainingState> readCheckpoint(const std::filesystem::path& folder);  // nullopt when there is none

// For whoever opens a run: sets right what a killed program left of it. Temporary files and the space set aside go, and a run that had come
// to its end, its last state being on the disk, gets the adapter and the last event that were still missing. Nothing happens to a run that
// another program is writing now, nor on a disk that cannot be written. Returns whether a run at its end lacked something that it has now.
bool settleRun(const std::filesystem::path& folder);
// Whether a run that came to its end has everything it should.
bool isWhole(const RunRecord& run);
// Files that only a killed program leaves in a run folder. Whoever calls this holds the run's lock.
void removeLeftovers(const std::filesystem::path& run);

// A new folder name below `parent` that nobody has: two words and a number, easy to say ("quiet-harbour-3").
std::filesystem::path freshRunFolder(const std::filesystem::path& parent);

}  // namespace incipit
