#include "core/runs/checkpoint.h"

#include "core/exchange/head_tensors.h"
#include "core/exchange/origin.h"
#include "core/support/error.h"
#include "core/support/whole_number.h"
#include "core/tensor/floats.h"
#include "core/tensor/safetensors.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

// JSON has no infinity, which a best loss is before there is one.
Json fromNumber(double value) { return std::isfinite(value) ? Json(value) : Json(std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf"); }
// A float that a whole number of 64 bits cannot hold must not be taken for one.
std::int64_t toWhole(const Json& json) {
  if (!json.is_number_integer()) throw std::invalid_argument("no whole number");
  return json.get<std::int64_t>();
}
double toNumber(const Json& json) { return json.is_string() ? std::stod(json.get<std::string>()) : json.get<double>(); }

TensorToWrite tensor(std::string name, const Matrix& matrix) {
  return {std::move(name), ElementType::F32, {matrix.rows, matrix.columns}, std::as_bytes(std::span(matrix.values))};
}

std::string momentName(std::size_t index) { return "optimizer." + std::to_string(index); }
std::string networkName(const std::string& part) { return "network." + part; }

Json namesOf(const NetworkParts& network) {
  Json names = Json::array();
  for (const NetworkPart& part : network)
    names.push_back({{"name", part.name}, {"rows", part.rows}});
  return names;
}

}  // namespace

void writeCheckpoint(const std::filesystem::path& file, const TrainingState& state) {
  const Json rest = {{"step", state.step},
                     {"best_step", state.bestStep},
                     {"best_loss", fromNumber(state.bestLoss)},
                     {"evaluations_since_best", state.evaluationsSinceBest},
                     {"smoothed_loss", fromNumber(state.smoothedLoss)},
                     {"last_losses", state.lastLosses},
                     {"first_window", state.firstWindow ? Json(*state.firstWindow) : Json()},
                     {"best_accuracy", state.bestAccuracy ? Json(*state.bestAccuracy) : Json()},
                     {"best_label_loss", state.bestLabelLoss ? Json(*state.bestLabelLoss) : Json()},
                     {"best_f1_macro", state.bestF1Macro ? Json(*state.bestF1Macro) : Json()},
                     {"elapsed_s", state.elapsedSeconds},
                     {"optimizer_step", state.optimizerStep},
                     {"optimizer_moments", state.optimizerMoments.size()},
                     {"order", state.order},
                     {"looked_at", state.lookedAt},
                     {"network", namesOf(state.network)},
                     {"ended", state.ended},
                     {"keeps_last", state.keepsLast},
                     {"kept_because", state.why},
                     {"prompt", toJson(state.prompt.origin)},
                     {"start", toJson(state.start.origin)},
                     {"best", toJson(state.best.origin)}};
  std::vector<TensorToWrite> tensors = {tensor("prompt", state.prompt.rows), tensor("start", state.start.rows),
                                        tensor("best", state.best.rows)};
  addHead(tensors, state.prompt.head, "prompt.");
  addHead(tensors, state.start.head, "start.");
  addHead(tensors, state.best.head, "best.");
  if (!state.start.unusedRows.empty()) tensors.push_back(tensor("unused", state.start.unusedRows));
  for (const NetworkPart& part : state.network)
    tensors.push_back(tensor(networkName(part.name), part.values));
  for (std::size_t i = 0; i < state.optimizerMoments.size(); ++i)
    tensors.push_back(tensor(momentName(i), state.optimizerMoments[i]));
  writeSafetensors(file, std::move(tensors), {{"format", "pt"}, {"state", compactJson(rest)}});
}

TrainingState readCheckpointFile(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  const auto matrix = [&](const std::string& name) {
    if (!file.tensors().contains(name))
      throw FormatError("The checkpoint '" + path.string() + "' has no tensor '" + name + "'.", "Start the run again.");
    return matrixFrom(file, name);
  };
  const auto text = file.metadata().find("state");
  TrainingState state;
  try {
    const Json rest = jsonOrNothing(text == file.metadata().end() ? std::string() : text->second);
    state.step = toWhole(rest.at("step"));
    state.bestStep = toWhole(rest.at("best_step"));
    state.bestLoss = toNumber(rest.at("best_loss"));
    state.evaluationsSinceBest = toWhole(rest.at("evaluations_since_best"));
    state.smoothedLoss = toNumber(rest.at("smoothed_loss"));
    state.lastLosses = rest.value("last_losses", std::vector<double>{});  // older checkpoints have none of the three
    if (rest.contains("first_window") && rest["first_window"].is_number()) state.firstWindow = rest["first_window"].get<double>();
    const auto measured = [&](const char* key, std::optional<double>& value) {  // older checkpoints have not all of them
      if (rest.contains(key) && rest[key].is_number()) value = rest[key].get<double>();
    };
    measured("best_accuracy", state.bestAccuracy);
    measured("best_label_loss", state.bestLabelLoss);
    measured("best_f1_macro", state.bestF1Macro);
    state.elapsedSeconds = rest.at("elapsed_s").get<double>();
    state.optimizerStep = toWhole(rest.at("optimizer_step"));
    state.order = rest.at("order").get<std::string>();
    state.ended = rest.value("ended", std::string());  // checkpoints of older versions say none of the three
    state.lookedAt = wholeNumberIn(rest, "looked_at", state.step);
    state.keepsLast = rest.value("keeps_last", false);
    state.why = rest.value("kept_because", std::string());
    const TensorFile tensors{path, file.mapping(), file.tensors()};
    const auto prompt = [&](const std::string& name) {
      return SoftPrompt{matrix(name), originFrom(rest.at(name)), {}, headFrom(tensors, name + ".")};
    };
    state.prompt = prompt("prompt");
    state.start = prompt("start");
    state.best = prompt("best");
    if (file.tensors().contains("unused"))  // never trained: the same in all three
      for (SoftPrompt* prompt : {&state.prompt, &state.start, &state.best})
        prompt->unusedRows = matrix("unused");
    for (const Json& part : rest.value("network", Json::array())) {  // older checkpoints have none
      const auto name = part.at("name").get<std::string>();
      state.network.push_back({name, matrix(networkName(name)), part.at("rows").get<bool>()});
    }
    const std::int64_t moments = toWhole(rest.at("optimizer_moments"));
    for (std::int64_t i = 0; i < moments; ++i)
      state.optimizerMoments.push_back(matrix(momentName(static_cast<std::size_t>(i))));
  } catch (const nlohmann::json::exception&) {
    throw FormatError("The checkpoint '" + path.string() + "' does not say where the run stood.", "Start the run again.");
  } catch (const std::logic_error&) {  // std::stod, toWhole
    throw FormatError("The checkpoint '" + path.string() + "' has a number that is none.", "Start the run again.");
  }
  return state;
}

}  // namespace incipit
