#include "core/training/grid.h"

#include "core/support/error.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
  return first == std::string::npos ? std::string() : text.substr(first, last + 1 - first);
}

}  // namespace

GridAxis gridAxis(const std::string& text) {
  const auto equals = text.find('=');
  GridAxis axis{trimmed(text.substr(0, equals)), {}};
  std::ranges::replace(axis.key, '-', '_');
  std::string values = equals == std::string::npos ? "" : text.substr(equals + 1);
  for (std::size_t end = 0; !values.empty(); values.erase(0, std::min(values.size(), end + 1))) {
    end = std::min(values.find(','), values.size());
    const std::string value = trimmed(values.substr(0, end));
    if (value.empty()) continue;
    const Json parsed = jsonOrNothing(value);
    axis.values.push_back(parsed.is_number() || parsed.is_boolean() ? parsed : Json(value));
    if (std::ranges::count(axis.values, axis.values.back()) > 1)
      throw PlanError("'" + axis.key + "' has the value " + value + " twice.", "Name each value once.");
  }
  if (axis.key.empty() || axis.values.empty())
    throw PlanError("'" + text + "' names no knob or no values for it.", "Write learning_rate=0.03,0.1,0.3.");
  return axis;
}

std::vector<Json> combinations(const std::vector<GridAxis>& axes) {
  std::vector<Json> all{Json::object()};
  for (const GridAxis& axis : axes) {
    std::vector<Json> longer;
    for (const Json& before : all)
      for (const Json& value : axis.values) {
        if (before.contains(axis.key)) throw PlanError("'" + axis.key + "' is named twice.", "Put all of its values together.");
        if (longer.size() == mostCombinations)
          throw PlanError("The grid has more than " + std::to_string(mostCombinations) + " combinations.", "Take fewer values.");
        longer.push_back(before);
        longer.back()[axis.key] = value;
      }
    all = std::move(longer);
  }
  return all;
}

}  // namespace incipit
