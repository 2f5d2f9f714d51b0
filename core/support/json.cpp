#include "core/support/json.h"

#include "core/support/error.h"
#include "core/support/files.h"

#include <nlohmann/json.hpp>

namespace incipit {

Json parseJson(std::string_view text, const std::string& origin) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    throw FormatError("'" + origin + "' is no valid JSON (byte " + std::to_string(error.byte) + " of " + std::to_string(text.size()) + ").",
                      error.byte >= text.size() ? "The file seems to be cut off; get it again."
                                                : "Open it in an editor and mend that place.");
  } catch (const Json::out_of_range&) {
    throw FormatError("'" + origin + "' holds a number that no computer number can hold.", "Open it in an editor and mend that place.");
  }
}

Json readJson(const std::filesystem::path& file) { return parseJson(readFile(file), file.string()); }

std::string prettyJson(const Json& value) { return value.dump(2, ' ', /*ensure_ascii=*/true); }

void writeJson(const std::filesystem::path& file, const Json& value) { writeFileAtomically(file, prettyJson(value)); }

}  // namespace incipit
