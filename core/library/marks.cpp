#include "core/library/marks.h"

#include "core/support/error.h"
#include "core/support/files.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace incipit {

std::filesystem::path marksFile(const std::filesystem::path& run) { return run / "marks.json"; }

Marks marksFrom(const Json& json, const std::string& origin) {
  const auto wrong = [&](const char* what) { return FormatError(origin + ": " + what, "Delete the file, or write it again."); };
  if (!json.is_object()) throw wrong("marks are an object.");
  Marks marks;
  if (const auto star = json.find("starred"); star != json.end()) {
    if (!star->is_boolean()) throw wrong("'starred' is not true or false.");
    marks.starred = star->get<bool>();
  }
  if (const auto note = json.find("note"); note != json.end()) {
    if (!note->is_string()) throw wrong("'note' is not a text.");
    marks.note = note->get<std::string>();
  }
  if (const auto tags = json.find("tags"); tags != json.end()) {
    if (!tags->is_array()) throw wrong("'tags' is not a list.");
    for (const Json& tag : *tags) {
      if (!tag.is_string()) throw wrong("a tag is not a text.");
      marks.tags.push_back(tag.get<std::string>());
    }
  }
  return marks;
}

Json toJson(const Marks& marks) { return {{"starred", marks.starred}, {"tags", marks.tags}, {"note", marks.note}}; }

Marks readMarks(const std::filesystem::path& run) {
  const auto file = marksFile(run);
  return fileExists(file) ? marksFrom(readJson(file), "'" + file.string() + "'") : Marks();
}

void writeMarks(const std::filesystem::path& run, const Marks& marks) {
  if (marks != Marks()) return writeJson(marksFile(run), toJson(marks));
  std::error_code reason;
  std::filesystem::remove(marksFile(run), reason);
  if (reason) throw FileError("'" + marksFile(run).string() + "' cannot be removed: " + reason.message() + ".", "Check its permissions.");
}

std::vector<std::string> tagsFrom(std::string_view text) {
  std::vector<std::string> tags;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view tag = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (!tag.empty() && tag.front() == ' ')
      tag.remove_prefix(1);
    while (!tag.empty() && tag.back() == ' ')
      tag.remove_suffix(1);
    if (!tag.empty() && std::ranges::find(tags, tag) == tags.end()) tags.emplace_back(tag);
  }
  return tags;
}

}  // namespace incipit
