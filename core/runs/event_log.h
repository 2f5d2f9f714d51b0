// events.jsonl: one event a line, on the disk as soon as it happened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

// The file open for appending, and locked: two programs that wrote one run would tear each other's curves.
class EventLog {
 public:
  explicit EventLog(std::filesystem::path file);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // All of the line, or nothing of it and a FileError.
  void append(std::string_view line);
  // Lets others write; appending is still possible.
  void release();

 private:
  std::filesystem::path m_file;
  int m_descriptor = -1;
};

// The whole lines of the file; what stands behind the last line break (a kill in mid-write) is left out. None when there is no file.
std::vector<std::string> wholeLines(const std::filesystem::path& file);

}  // namespace incipit
