// events.jsonl: one event a line, in the file as soon as it happened, and on the disk before a checkpoint that rests on it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

// The file open for appending, and locked: two programs that wrote one run would tear each other's curves.
class EventLog {
 public:
  explicit EventLog(std::filesystem::path file);
  // The file of a run that nobody is writing; null where there is none, another program holds it, or it cannot be written.
  static std::unique_ptr<EventLog> ifFree(const std::filesystem::path& file);
  // Whether some program, this one or another, is writing the run that the file belongs to.
  static bool isHeld(const std::filesystem::path& file);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // All of the line, or nothing of it and a FileError.
  void append(std::string_view line);
  // What was appended outlasts a cut of power. Throws FileError where the disk says no.
  void sync();
  // Whether the file is still where it was opened: not deleted, nor moved away with its folder.
  bool inPlace() const;
  // Writes all that was appended so far, now or by an earlier program, to that place again, and goes on there.
  void putBack();
  // Lets others write; appending is still possible.
  void release();

 private:
  void open();
  void dropTornLine();

  std::filesystem::path m_file;
  int m_descriptor = -1;
};

// The whole lines of the file; what stands behind the last line break (a kill in mid-write) is left out. None when there is no file.
std::vector<std::string> wholeLines(const std::filesystem::path& file);

}  // namespace incipit
