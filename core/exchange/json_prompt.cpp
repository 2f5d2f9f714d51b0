#include "core/exchange/json_prompt.h"

#include "core/exchange/origin.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/support/parse_json.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

// Numbers are parsed straight to float: through double they could be rounded twice.
using FloatJson = nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t, std::uint64_t, float>;

}  // namespace

void writeJsonPrompt(const std::filesystem::path& file, const SoftPrompt& prompt) {
  std::string text = "{\n  \"format\": \"incipit-soft-prompt\",\n  \"num_virtual_tokens\": " + std::to_string(prompt.length()) +
                     ",\n  \"token_dim\": " + std::to_string(prompt.width()) + ",\n  \"origin\": " + compactJson(toJson(prompt.origin)) +
                     ",\n  \"rows\": [";
  for (std::int64_t row = 0; row < prompt.length(); ++row) {
    text += row == 0 ? "\n    [" : ",\n    [";
    const auto values = prompt.rows.row(row);
    for (std::size_t i = 0; i < values.size(); ++i) {
      char digits[32];
      const auto end = std::to_chars(digits, digits + sizeof digits, values[i]).ptr;
      if (i > 0) text += ", ";
      text.append(digits, end);
      if (values[i] == 0 && std::signbit(values[i])) text += ".0";  // JSON's integer -0 would lose its sign
    }
    text += ']';
  }
  text += "\n  ]\n}\n";
  writeFileAtomically(file, text);
}

SoftPrompt readJsonPrompt(const std::filesystem::path& file) {
  const std::string text = readFile(file);
  const auto refuse = [&](const std::string& why) {
    return FormatError("'" + file.string() + "' holds no prompt: " + why + ".",
                       "It should have \"rows\", a list of lists of numbers, one list a virtual token.");
  };
  JsonProblem problem;
  const FloatJson json = parseJsonAs<FloatJson>(text, problem);
  if (json.is_discarded()) throw refuse("it " + problem.words(text.size()));
  // A bare list of rows is accepted too: what numpy's tolist() gives.
  const FloatJson rows = json.is_object() ? json.value("rows", FloatJson()) : json;
  if (!rows.is_array() || rows.empty() || !rows[0].is_array()) throw refuse("there are no rows");
  SoftPrompt prompt;
  prompt.rows = Matrix(static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(rows[0].size()));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!rows[row].is_array() || rows[row].size() != rows[0].size())
      throw refuse("row " + std::to_string(row) + " is not as long as the first");
    for (std::size_t i = 0; i < rows[row].size(); ++i) {
      if (!rows[row][i].is_number()) throw refuse("row " + std::to_string(row) + " has a value that is not a number");
      prompt.rows.row(static_cast<std::int64_t>(row))[i] = rows[row][i].get<float>();
    }
  }
  const Json whole = jsonOrNothing(text);
  if (whole.is_object()) prompt.origin = originFrom(whole.value("origin", Json()));
  return prompt;
}

}  // namespace incipit
