#include "core/support/json.h"

#include "core/support/error.h"
#include "core/support/files.h"
#include "core/support/parse_json.h"

#include <algorithm>

namespace incipit {

std::size_t firstTooDeep(std::string_view text) {
  int depth = 0;
  bool inString = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inString) {
      if (c == '\\') ++i;
      inString = c != '"';
    } else if (c == '"') {
      inString = true;
    } else if (c == '[' || c == '{') {
      if (++depth > deepestJson) return i + 1;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return 0;
}

std::string JsonProblem::words(std::size_t size) const {
  switch (kind) {
  case Kind::Depth:
    return "nests its values more than " + std::to_string(deepestJson) + " levels deep (byte " + std::to_string(byte) + ")";
  case Kind::Number:
    return "holds a number that is too large for any computer";
  default:
    return "is not valid JSON (byte " + std::to_string(std::min(byte, size)) + " of " + std::to_string(size) + ")";
  }
}

bool JsonEvents::parse_error(std::size_t byte, const std::string&, const nlohmann::json::exception& error) {
  const bool tooLarge = dynamic_cast<const nlohmann::json::out_of_range*>(&error) != nullptr;
  m_problem = tooLarge ? JsonProblem{JsonProblem::Kind::Number, 0} : JsonProblem{JsonProblem::Kind::Syntax, byte};
  return false;
}

JsonProblem readJsonEvents(std::string_view text, JsonEvents& events) {
  if (const std::size_t byte = firstTooDeep(text); byte > 0) return {JsonProblem::Kind::Depth, byte};
  Json::sax_parse(text.begin(), text.end(), &events);
  return events.m_problem;
}

Json parseJson(std::string_view text, const std::string& origin) {
  JsonProblem problem;
  Json value = parseJsonAs<Json>(text, problem);
  if (problem.kind == JsonProblem::Kind::None) return value;
  const bool cutOff = problem.kind == JsonProblem::Kind::Syntax && problem.byte >= text.size();
  throw FormatError("'" + origin + "' " + problem.words(text.size()) + ".",
                    cutOff ? "The file seems to be cut off; get it again." : "Open it in an editor and mend that place.");
}

Json jsonOrNothing(std::string_view text) {
  JsonProblem ignored;
  return parseJsonAs<Json>(text, ignored);
}

Json readJson(const std::filesystem::path& file) { return parseJson(readFile(file), file.string()); }

std::string prettyJson(const Json& value) { return value.dump(2, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace); }
std::string compactJson(const Json& value) { return value.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace); }

void writeJson(const std::filesystem::path& file, const Json& value) { writeFileAtomically(file, prettyJson(value)); }

}  // namespace incipit
