// What a person says of a run: a star, tags, a note. In marks.json of its folder, so that it goes where the run goes.
#pragma once

#include "core/support/json.h"

#include <filesystem>
#include <string>
#include <vector>

namespace incipit {

struct Marks {
  bool starred = false;
  std::vector<std::string> tags;  // as typed, each once
  std::string note;

  bool operator==(const Marks&) const = default;
};

std::filesystem::path marksFile(const std::filesystem::path& run);
// None where there is no such file. Throws FormatError.
Marks readMarks(const std::filesystem::path& run);
// Without any the file goes.
void writeMarks(const std::filesystem::path& run, const Marks& marks);

Json toJson(const Marks& marks);
Marks marksFrom(const Json& json, const std::string& origin);

// "sea, first try" as tags: apart at commas, without blanks at their ends, each once.
std::vector<std::string> tagsFrom(std::string_view text);

}  // namespace incipit
