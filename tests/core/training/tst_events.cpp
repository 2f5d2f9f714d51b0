// Events read back from a file that somebody else, or a dying disk, has written into.
#include "core/training/events.h"

#include <nlohmann/json.hpp>

#include "tests/harness/harness.h"

using namespace incipit;

namespace {

TrainingEvent eventOf(const Json& json) {
  const std::optional<TrainingEvent> event = eventFrom(json);
  CHECK(event.has_value());
  return *event;
}

}  // namespace

TEST_CASE("values of another kind than ours are as good as none, in every event") {
  const Json odd[] = {1.18e20, -1e300, "seven", Json::array({1}), Json::object(), nullptr, true};
  for (const char* kind : {"started", "step", "evaluated", "snapshot", "finished", "stopped", "failed"})
    for (const Json& value : odd) {
      const TrainingEvent sound = eventOf({{"event", kind}});
      Json json = toJson(sound);
      for (auto& [key, member] : json.items())
        if (key != "event") member = value;
      json["classes"] = value;
      json["summary"] = value;
      json["reason"] = value;
      eventOf(json);  // whatever it says, it can be read
      json["summary"] = {{"steps", value}, {"best_step", value}, {"kept_because", value}, {"validation_rows", value}};
      const Json read = toJson(eventOf(json));
      CHECK_EQUAL(read.at("event"), Json(kind));
      if (read.contains("step")) CHECK_EQUAL(read.at("step"), Json(0));
      if (read.contains("summary")) CHECK_EQUAL(read.at("summary").at("steps"), Json(0));
    }
  CHECK(!eventFrom({{"event", 7}}).has_value());
  CHECK(!eventFrom(Json::array({1})).has_value());
}
