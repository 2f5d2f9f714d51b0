// The door all JSON comes in by.
#include "core/support/json.h"
#include "tests/fuzz/fuzz.h"

#include <nlohmann/json.hpp>

namespace incipit::fuzz {

void target(std::string_view input) {
  taken([&] {
    const Json json = parseJson(input, "file.json");
    require(jsonOrNothing(prettyJson(json)) == json && jsonOrNothing(compactJson(json)) == json, "what is written is read as the same");
  });
}

}  // namespace incipit::fuzz
