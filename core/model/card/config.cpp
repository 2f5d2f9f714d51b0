#include "core/model/card/config.h"

#include "core/support/error.h"

#include <nlohmann/json.hpp>

namespace incipit {

const Json* Config::find(const char* key) const {
  const auto found = m_card.config->find(key);
  return found == m_card.config->end() || found->is_null() ? nullptr : &*found;
}

bool Config::flag(const char* key, bool otherwise) const {
  const Json* value = find(key);
  return value == nullptr ? otherwise : value->get<bool>();
}

double Config::number(const char* key, double otherwise) const {
  const Json* value = find(key);
  return value == nullptr ? otherwise : value->get<double>();
}

std::int64_t Config::count(const char* key, std::int64_t otherwise) const {
  const Json* value = find(key);
  return value == nullptr ? otherwise : value->get<std::int64_t>();
}

std::string Config::word(const char* key, const std::string& otherwise) const {
  const Json* value = find(key);
  return value == nullptr ? otherwise : value->get<std::string>();
}

std::vector<std::string> Config::words(const char* key) const {
  const Json* value = find(key);
  return value == nullptr ? std::vector<std::string>() : value->get<std::vector<std::string>>();
}

std::optional<double> Config::numberOrNone(const char* key, std::optional<double> otherwise) const {
  if (!m_card.config->contains(key)) return otherwise;
  const Json* value = find(key);
  return value == nullptr ? std::nullopt : std::optional(value->get<double>());
}

std::optional<double> Config::positiveOrNone(const char* key, std::optional<double> otherwise) const {
  const auto value = numberOrNone(key, otherwise);
  if (value && *value <= 0)
    throw ModelError("The config.json of '" + m_card.name + "' gives " + key + " = " + find(key)->dump() + ", which has to be above zero.",
                     "Mend its config.json.");
  return value;
}

void Config::refuse(const char* key, const std::string& what) const {
  if (flag(key, false))
    throw ModelError("'" + m_card.name + "' is a " + m_card.family + " with " + what + " ('" + key + "'), which is not supported.",
                     "Open a variant of the model without it.");
}

}  // namespace incipit
