// The events of a run that another program is writing, as they come.
#pragma once

#include "core/training/events.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace incipit {

class EventFollower {
 public:
  explicit EventFollower(std::filesystem::path run) : m_run(std::move(run)) {}

  // What has been written since the last call; from the first event on where the file was replaced meanwhile (a run that goes on does
  // that).
  std::vector<TrainingEvent> next();
  // Whether somebody is writing. Ask before next(): what came last is then not missed.
  bool goesOn() const;

 private:
  std::filesystem::path m_run;
  std::uint64_t m_file = 0;      // its inode
  std::uint64_t m_readUpTo = 0;  // bytes
};

}  // namespace incipit
