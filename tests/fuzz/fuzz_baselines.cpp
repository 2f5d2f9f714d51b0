// A run's baselines.json.
#include "core/runs/baselines.h"
#include "tests/fuzz/fuzz.h"

#include <nlohmann/json.hpp>

namespace incipit::fuzz {

void target(std::string_view input) {
  const Json json = jsonOrNothing(input);
  if (json.is_discarded()) return;
  taken([&] {
    const std::vector<BaselineFigures> figures = baselinesFrom(json);
    const Json written = toJson(figures);
    require(toJson(baselinesFrom(jsonOrNothing(compactJson(written)))) == jsonOrNothing(compactJson(written)),
            "baselines that are written are read as the same");
  });
}

}  // namespace incipit::fuzz
