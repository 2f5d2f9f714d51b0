// predictions.jsonl of a run folder.
#include "core/runs/predictions.h"
#include "tests/fuzz/fuzz.h"

#include <nlohmann/json.hpp>

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFolder folder;
  folder.writeUnlessEmpty("predictions.jsonl", input);
  taken([] {
    const auto predictions = readPredictions(folder.path());
    if (!predictions) return;
    for (const Prediction& prediction : predictions->rows)
      require(toJson(predictionFrom(toJson(prediction), "a line")) == toJson(prediction),
              "a prediction that is written is read as the same");
  });
}

}  // namespace incipit::fuzz
