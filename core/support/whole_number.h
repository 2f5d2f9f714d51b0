// Whole numbers out of JSON that somebody else may have written.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

namespace incipit {

// The whole number under a key of an object; `otherwise` where there is none or another kind of value. nlohmann's own value() takes a float
// for one as well, which no whole number of 64 bits may be able to hold.
inline std::int64_t wholeNumberIn(const nlohmann::json& object, const char* key, std::int64_t otherwise) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
}

}  // namespace incipit
