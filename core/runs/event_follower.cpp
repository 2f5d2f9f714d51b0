#include "core/runs/event_follower.h"

#include "core/runs/event_log.h"
#include "core/runs/run_layout.h"
#include "core/support/files.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <sys/stat.h>

namespace incipit {

bool EventFollower::goesOn() const { return EventLog::isHeld(layout::events(m_run)); }

std::vector<TrainingEvent> EventFollower::next() {
  std::vector<TrainingEvent> events;
  struct stat facts {};
  const auto path = layout::events(m_run);
  if (::stat(path.c_str(), &facts) != 0) return events;
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  if (facts.st_ino != m_file || size < m_readUpTo) m_readUpTo = 0;
  m_file = facts.st_ino;
  if (size == m_readUpTo) return events;
  const std::string text = readFile(path);
  std::string_view rest = std::string_view(text).substr(std::min<std::size_t>(m_readUpTo, text.size()));
  for (std::size_t end = 0; (end = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
    m_readUpTo += end + 1;
    if (auto event = eventFrom(jsonOrNothing(rest.substr(0, end)))) events.push_back(std::move(*event));
  }
  return events;
}

}  // namespace incipit
