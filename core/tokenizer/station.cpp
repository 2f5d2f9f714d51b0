#include "core/tokenizer/station.h"

#include "core/support/error.h"
#include "core/tokenizer/text/unicode.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

namespace incipit {

Station::Station(const nlohmann::json& value, std::string file, std::string name, int depth)
    : m_value(&value), m_file(std::move(file)), m_name(std::move(name)), m_depth(depth) {
  constexpr int deepest = 32;
  if (depth > deepest)
    fail("lies inside " + std::to_string(deepest) + " others.", "No real tokenizer is nested so deeply; download it again.");
  if (!value.is_object()) fail("is not an object but " + std::string(value.type_name()) + ".");
}

std::string Station::type() const {
  auto found = m_value->find("type");
  return found != m_value->end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool Station::has(const char* key) const {
  auto found = m_value->find(key);
  return found != m_value->end() && !found->is_null();
}

const nlohmann::json& Station::at(const char* key) const {
  if (!has(key)) fail("has no '" + std::string(key) + "'.");
  return *m_value->find(key);
}

std::string Station::text(const char* key) const {
  const nlohmann::json& value = at(key);
  if (!value.is_string()) fail("needs a text as '" + std::string(key) + "', not " + value.type_name() + ".");
  return value.get<std::string>();
}

std::string Station::textOr(const char* key, std::string otherwise) const { return has(key) ? text(key) : std::move(otherwise); }

std::optional<std::string> Station::maybeText(const char* key) const { return has(key) ? std::optional(text(key)) : std::nullopt; }

std::string Station::character(const char* key) const {
  std::string value = text(key);
  if (value.empty() || characterLength(value[0]) != value.size())
    fail("needs a single character as '" + std::string(key) + "', not '" + value + "'.");
  return value;
}

bool Station::flag(const char* key) const {
  const nlohmann::json& value = at(key);
  if (!value.is_boolean()) fail("needs true or false as '" + std::string(key) + "', not " + value.type_name() + ".");
  return value.get<bool>();
}

bool Station::flagOr(const char* key, bool otherwise) const { return has(key) ? flag(key) : otherwise; }

std::size_t Station::count(const char* key) const {
  const nlohmann::json& value = at(key);
  if (!value.is_number_integer() || value < 0) fail("needs a whole number, 0 or more, as '" + std::string(key) + "'.");
  return value.get<std::size_t>();
}

std::size_t Station::countOr(const char* key, std::size_t otherwise) const { return has(key) ? count(key) : otherwise; }

Station Station::child(const char* key) const { return Station(at(key), m_file, m_name + "." + key, m_depth + 1); }

std::vector<Station> Station::children(const char* key) const {
  const nlohmann::json& list = at(key);
  if (!list.is_array()) fail("needs a list as '" + std::string(key) + "', not " + list.type_name() + ".");
  std::vector<Station> stations;
  for (std::size_t i = 0; i < list.size(); ++i)
    stations.emplace_back(list[i], m_file, m_name + "." + key + "[" + std::to_string(i) + "]", m_depth + 1);
  return stations;
}

void Station::allowOnly(std::initializer_list<const char*> keys) const {
  for (const auto& [key, value] : m_value->items()) {
    if (key == "type" || value.is_null()) continue;
    if (std::none_of(keys.begin(), keys.end(), [&key = key](std::string_view known) { return key == known; }))
      fail("has an option '" + key + "' that Incipit does not know.", "Its ids could differ, so the tokenizer is not opened.");
  }
}

void Station::fail(const std::string& complaint, const std::string& remedy) const {
  std::string kind = m_value->is_object() && !type().empty() ? " (type '" + type() + "')" : "";
  throw FormatError(m_file + ": the " + m_name + kind + " " + complaint, remedy);
}

}  // namespace incipit
