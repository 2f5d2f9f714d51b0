// JSON files with errors that name the file and the place.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace incipit {

using Json = nlohmann::json;

// Every JSON text comes in here, or through core/support/parse_json.h where it is to become another kind of value.
// Throws FileError when the file cannot be read, FormatError (with the byte position) when it is no JSON, or nested too deeply.
Json readJson(const std::filesystem::path& file);
Json parseJson(std::string_view text, const std::string& origin);
// For what may be missing or unreadable without harm: a discarded value where the text is no JSON.
Json jsonOrNothing(std::string_view text);

// Sorted keys, two spaces, no newline at the end: what Python's json.dumps(x, indent=2, sort_keys=True) writes. Written atomically.
// Bytes that are not UTF-8 (in the name of a folder, say) become U+FFFD.
void writeJson(const std::filesystem::path& file, const Json& value);
std::string prettyJson(const Json& value);
std::string compactJson(const Json& value);

}  // namespace incipit
