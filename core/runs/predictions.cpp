#include "core/runs/predictions.h"

#include "core/runs/event_log.h"
#include "core/runs/run_layout.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/support/whole_number.h"
#include "core/training/train.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

constexpr std::size_t mostScores = 32;

Prediction predictionOf(const ExampleOutcome& outcome, const std::vector<std::string>& classes) {
  Prediction prediction;
  prediction.row = outcome.row;
  prediction.loss = outcome.loss;
  prediction.scoredTokens = outcome.scoredTokens;
  const auto named = [&](int index) { return index >= 0 && static_cast<std::size_t>(index) < classes.size(); };
  if (!named(outcome.truth) || !named(outcome.predicted) || outcome.classScores.empty()) return prediction;
  prediction.label = classes[static_cast<std::size_t>(outcome.truth)];
  prediction.predicted = classes[static_cast<std::size_t>(outcome.predicted)];
  const double own = outcome.classScores[static_cast<std::size_t>(outcome.truth)];
  prediction.rank = std::ranges::count_if(outcome.classScores, [&](double score) { return score >= own; });
  const bool finite = std::ranges::all_of(outcome.classScores, [](double score) { return std::isfinite(score); });
  if (finite && outcome.classScores.size() <= mostScores) prediction.scores = outcome.classScores;
  return prediction;
}

[[noreturn]] void refuse(const std::string& origin) {
  throw FormatError(origin + " is not what a prompt made of an example.",
                    "Train again, or remove the file: the run itself does not need it.");
}

double numberAt(const Json& json, const char* key, const std::string& origin) {
  if (!json.contains(key) || !json[key].is_number()) refuse(origin);
  return json[key].get<double>();
}

std::int64_t countAt(const Json& json, const char* key, const std::string& origin) {
  const std::int64_t number = wholeNumberIn(json, key, -1);
  if (number < 0) refuse(origin);
  return number;
}

std::string textAt(const Json& json, const char* key, const std::string& origin) {
  if (!json.contains(key) || !json[key].is_string()) refuse(origin);
  return json[key].get<std::string>();
}

}  // namespace

void PredictionsSeen::goOnFrom(const std::filesystem::path& run) try {
  const auto earlier = readPredictions(run);
  if (!earlier) return;
  m_seen = *earlier;
  for (const Prediction& prediction : earlier->rows)
    if (prediction.startLoss) m_start[prediction.row] = *prediction.startLoss;
} catch (const FormatError&) {  // a run goes on without it, and writes it anew
}

void PredictionsSeen::take(const TrainingEvent& event) {
  if (const auto* started = std::get_if<Started>(&event)) m_seen.classes = started->classes;
  const auto* evaluated = std::get_if<Evaluated>(&event);
  if (evaluated == nullptr || !evaluated->of) return;
  if (evaluated->step == 0 && !evaluated->whole)
    for (const ExampleOutcome& outcome : evaluated->of->outcomes)
      if (std::isfinite(outcome.loss)) m_start[outcome.row] = outcome.loss;
  if (!evaluated->best) return;
  m_seen.step = evaluated->step;
  m_seen.rows.clear();
  for (const ExampleOutcome& outcome : evaluated->of->outcomes) {
    Prediction& prediction = m_seen.rows.emplace_back(predictionOf(outcome, m_seen.classes));
    if (const auto start = m_start.find(outcome.row); start != m_start.end()) prediction.startLoss = start->second;
  }
  m_changed = true;
}

Json toJson(const Prediction& prediction) {
  Json json{{"row", prediction.row}, {"loss", prediction.loss}, {"scored_tokens", prediction.scoredTokens}};
  if (prediction.startLoss) json["start_loss"] = *prediction.startLoss;
  if (!prediction.classified()) return json;
  json["label"] = prediction.label;
  json["predicted"] = prediction.predicted;
  json["rank"] = prediction.rank;
  if (!prediction.scores.empty()) json["scores"] = prediction.scores;
  return json;
}

Prediction predictionFrom(const Json& json, const std::string& origin) {
  if (!json.is_object()) refuse(origin);
  Prediction prediction;
  prediction.row = countAt(json, "row", origin);
  prediction.loss = numberAt(json, "loss", origin);
  prediction.scoredTokens = countAt(json, "scored_tokens", origin);
  if (json.contains("start_loss")) prediction.startLoss = numberAt(json, "start_loss", origin);
  if (!json.contains("rank")) return prediction;
  prediction.rank = countAt(json, "rank", origin);
  prediction.label = textAt(json, "label", origin);
  prediction.predicted = textAt(json, "predicted", origin);
  if (!json.contains("scores")) return prediction;
  if (!json["scores"].is_array()) refuse(origin);
  for (const Json& score : json["scores"]) {
    if (!score.is_number()) refuse(origin);
    prediction.scores.push_back(score.get<double>());
  }
  return prediction;
}

// The first line says whose the others are: {"step":120,"classes":["yes","no"],"examples":200}.
void writePredictions(const std::filesystem::path& run, const Predictions& predictions) {
  AtomicFile file(layout::predictions(run));
  file.write(compactJson({{"step", predictions.step}, {"classes", predictions.classes}, {"examples", predictions.rows.size()}}) + '\n');
  for (const Prediction& prediction : predictions.rows)
    file.write(compactJson(toJson(prediction)) + '\n');
  file.commit();
}

std::optional<Predictions> readPredictions(const std::filesystem::path& run) {
  const auto file = layout::predictions(run);
  if (!fileExists(file)) return std::nullopt;
  const std::vector<std::string> lines = wholeLines(file);
  const auto origin = [&](std::size_t line) { return "Line " + std::to_string(line + 1) + " of '" + file.string() + "'"; };
  Predictions predictions;
  const Json head = jsonOrNothing(lines.empty() ? "" : lines.front());
  if (!head.is_object() || !head.contains("classes") || !head["classes"].is_array()) refuse(origin(0));
  predictions.step = countAt(head, "step", origin(0));
  for (const Json& name : head["classes"]) {
    if (!name.is_string()) refuse(origin(0));
    predictions.classes.push_back(name.get<std::string>());
  }
  const auto isClass = [&](const std::string& name) { return std::ranges::find(predictions.classes, name) != predictions.classes.end(); };
  for (std::size_t line = 1; line < lines.size(); ++line) {
    predictions.rows.push_back(predictionFrom(jsonOrNothing(lines[line]), origin(line)));
    const Prediction& row = predictions.rows.back();
    if (row.classified() && !(isClass(row.label) && isClass(row.predicted))) refuse(origin(line));
  }
  return predictions;
}

}  // namespace incipit
