// A line of events.jsonl.
#include "core/training/events.h"
#include "tests/fuzz/fuzz.h"

#include <nlohmann/json.hpp>

namespace incipit::fuzz {

void target(std::string_view input) {
  const Json json = jsonOrNothing(input);
  if (json.is_discarded()) return;
  taken([&] {
    const std::optional<TrainingEvent> event = eventFrom(json);
    if (!event) return;
    const Json written = toJson(*event);
    const std::optional<TrainingEvent> again = eventFrom(jsonOrNothing(compactJson(written)));
    require(again && toJson(*again) == jsonOrNothing(compactJson(written)), "an event that is written is read as the same");
  });
}

}  // namespace incipit::fuzz
