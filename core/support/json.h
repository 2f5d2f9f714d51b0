// JSON files with errors that name the file and the place.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace incipit {

using Json = nlohmann::json;

// Throws FileError when the file cannot be read, FormatError (with the byte position) when it is no JSON.
Json readJson(const std::filesystem::path& file);
Json parseJson(std::string_view text, const std::string& origin);

// Sorted keys, two spaces, no newline at the end: what Python's json.dumps(x, indent=2, sort_keys=True) writes. Written atomically.
void writeJson(const std::filesystem::path& file, const Json& value);
std::string prettyJson(const Json& value);

}  // namespace incipit
