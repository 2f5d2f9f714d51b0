#include "core/training/events.h"

#include "core/support/whole_number.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

// JSON has no NaN; a number that is none is written as null.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

double numberFrom(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<double>() : 0.0;
}

// A value of another kind than ours is as good as none.
std::int64_t wholeFrom(const Json& json, const char* key, std::int64_t otherwise = 0) { return wholeNumberIn(json, key, otherwise); }

std::string textFrom(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flagFrom(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

std::vector<std::string> textsFrom(const Json& json, const char* key) {
  std::vector<std::string> texts;
  if (const auto found = json.find(key); found != json.end() && found->is_array())
    for (const Json& text : *found)
      if (text.is_string()) texts.push_back(text.get<std::string>());
  return texts;
}

// The numbers of a list; none where one of its values is of another kind.
std::vector<double> numbersFrom(const Json& json, const char* key) {
  std::vector<double> numbers;
  const auto found = json.find(key);
  if (found == json.end() || !found->is_array()) return numbers;
  for (const Json& value : *found) {
    if (!value.is_number()) return {};
    numbers.push_back(value.get<double>());
  }
  return numbers;
}

Summary summaryFrom(const Json& event) {
  Summary summary;
  const auto found = event.find("summary");
  if (found == event.end() || !found->is_object()) return summary;
  const Json& json = *found;
  summary.steps = wholeFrom(json, "steps");
  summary.lastLoss = numberFrom(json, "last_loss");
  summary.smoothedLoss = numberFrom(json, "smoothed_loss");
  if (json.contains("best_validation_loss")) summary.bestValidationLoss = numberFrom(json, "best_validation_loss");
  if (json.contains("accuracy")) summary.accuracy = numberFrom(json, "accuracy");
  if (json.contains("label_loss")) summary.labelLoss = numberFrom(json, "label_loss");
  if (json.contains("f1_macro")) summary.f1Macro = numberFrom(json, "f1_macro");
  summary.bestStep = wholeFrom(json, "best_step");
  summary.why = textFrom(json, "kept_because");
  summary.validationRows = wholeFrom(json, "validation_rows");
  summary.elapsedSeconds = numberFrom(json, "elapsed_s");
  summary.stepsPerSecond = numberFrom(json, "steps_per_s");
  return summary;
}

}  // namespace

Json toJson(const Summary& summary) {
  Json json{
      {"steps", summary.steps},        {"last_loss", number(summary.lastLoss)},       {"smoothed_loss", number(summary.smoothedLoss)},
      {"best_step", summary.bestStep}, {"elapsed_s", number(summary.elapsedSeconds)}, {"steps_per_s", number(summary.stepsPerSecond)}};
  if (summary.bestValidationLoss) json["best_validation_loss"] = number(*summary.bestValidationLoss);
  if (summary.accuracy) json["accuracy"] = number(*summary.accuracy);
  if (summary.labelLoss) json["label_loss"] = number(*summary.labelLoss);
  if (summary.f1Macro) json["f1_macro"] = number(*summary.f1Macro);
  if (!summary.why.empty()) json["kept_because"] = summary.why;
  if (summary.validationRows > 0) json["validation_rows"] = summary.validationRows;
  return json;
}

Json toJson(const TrainingEvent& event) {
  return std::visit(Overloaded{[](const Started& e) -> Json {
                                 return {
                                     {"event", "started"},
                                     {"total_steps", e.totalSteps},
                                     {"first_step", e.firstStep},
                                     {"training_examples", e.trainingExamples},
                                     {"validation_examples", e.validationExamples},
                                     {"virtual_tokens", e.virtualTokens},
                                     {"trainable_parameters", e.trainableParameters},
                                     {"classes", e.classes},
                                     {"class_examples", e.classExamples},
                                     {"start_norm", number(e.startNorm)},
                                     {"vocabulary_norms", {number(e.vocabularyLow), number(e.vocabularyMedian), number(e.vocabularyHigh)}},
                                     {"precision", e.precision},
                                     {"device", e.device}};
                               },
                               [](const Probing& e) -> Json {
                                 return {{"event", "probing"}, {"done", e.done}, {"rows", e.rows}};
                               },
                               [](const Probed& e) -> Json {
                                 return {{"event", "probed"}, {"rows", e.rows}, {"accuracy", number(e.accuracy)}};
                               },
                               [](const Stepped& e) -> Json {
                                 return {{"event", "step"},
                                         {"step", e.step},
                                         {"loss", number(e.loss)},
                                         {"learning_rate", number(e.learningRate)},
                                         {"grad_norm", number(e.gradNorm)},
                                         {"elapsed_s", number(e.elapsedSeconds)},
                                         {"scored_tokens", e.scoredTokens},
                                         {"mean_row_norm", number(e.meanRowNorm)},
                                         {"drift", number(e.drift)},
                                         {"still_rows", e.stillRows},
                                         {"top_rows_gradient", number(e.topRowsGradient)}};
                               },
                               [](const Evaluated& e) -> Json {
                                 Json json{{"event", "evaluated"},
                                           {"step", e.step},
                                           {"loss", number(e.loss)},
                                           {"best", e.best},
                                           {"elapsed_s", number(e.elapsedSeconds)}};
                                 if (e.accuracy) json["accuracy"] = number(*e.accuracy);
                                 if (e.labelLoss) json["label_loss"] = number(*e.labelLoss);
                                 if (e.f1Macro) json["f1_macro"] = number(*e.f1Macro);
                                 if (e.neutralLoss) json["neutral_loss"] = number(*e.neutralLoss);
                                 if (e.bareNeutralLoss) json["bare_neutral_loss"] = number(*e.bareNeutralLoss);
                                 if (e.rows > 0) json["rows"] = e.rows;
                                 if (e.whole) json["whole"] = true;
                                 return json;
                               },
                               [](const Validating& e) -> Json {
                                 return {{"event", "validating"}, {"step", e.step}, {"done", e.done}, {"rows", e.rows}};
                               },
                               [](const Snapshotted& e) -> Json {
                                 return {{"event", "snapshot"}, {"step", e.step}};
                               },
                               [](const Finished& e) -> Json {
                                 Json json{{"event", "finished"}, {"summary", toJson(e.summary)}};
                                 if (!e.reason.empty()) json["reason"] = e.reason;
                                 return json;
                               },
                               [](const Stopped& e) -> Json {
                                 return {{"event", "stopped"}, {"summary", toJson(e.summary)}};
                               },
                               [](const Failed& e) -> Json {
                                 return {{"event", "failed"}, {"step", e.step}, {"sentence", e.sentence}};
                               }},
                    event);
}

std::optional<TrainingEvent> eventFrom(const Json& json) {
  if (!json.is_object()) return {};
  const std::string kind = textFrom(json, "event");
  if (kind == "started") {
    Started e;
    e.totalSteps = wholeFrom(json, "total_steps");
    e.firstStep = wholeFrom(json, "first_step", 1);
    e.trainingExamples = wholeFrom(json, "training_examples");
    e.validationExamples = wholeFrom(json, "validation_examples");
    e.virtualTokens = wholeFrom(json, "virtual_tokens");
    e.trainableParameters = wholeFrom(json, "trainable_parameters");
    e.classes = textsFrom(json, "classes");
    for (const double count : numbersFrom(json, "class_examples"))
      e.classExamples.push_back(static_cast<std::int64_t>(std::clamp(count, 0.0, 1e15)));
    e.startNorm = numberFrom(json, "start_norm");
    if (const auto norms = numbersFrom(json, "vocabulary_norms"); norms.size() == 3)
      e.vocabularyLow = norms[0], e.vocabularyMedian = norms[1], e.vocabularyHigh = norms[2];
    e.precision = textFrom(json, "precision");
    e.device = textFrom(json, "device");
    return e;
  }
  if (kind == "probed") return Probed{wholeFrom(json, "rows"), numberFrom(json, "accuracy")};
  if (kind == "step") {
    Stepped e;
    e.step = wholeFrom(json, "step");
    e.loss = numberFrom(json, "loss");
    e.learningRate = numberFrom(json, "learning_rate");
    e.gradNorm = numberFrom(json, "grad_norm");
    e.elapsedSeconds = numberFrom(json, "elapsed_s");
    e.scoredTokens = wholeFrom(json, "scored_tokens");
    e.meanRowNorm = numberFrom(json, "mean_row_norm");
    e.drift = numberFrom(json, "drift");
    e.stillRows = wholeFrom(json, "still_rows");
    e.topRowsGradient = numberFrom(json, "top_rows_gradient");
    return e;
  }
  if (kind == "evaluated") {
    Evaluated e;
    e.step = wholeFrom(json, "step");
    e.loss = numberFrom(json, "loss");
    if (json.contains("accuracy")) e.accuracy = numberFrom(json, "accuracy");
    if (json.contains("label_loss")) e.labelLoss = numberFrom(json, "label_loss");
    if (json.contains("f1_macro")) e.f1Macro = numberFrom(json, "f1_macro");
    if (json.contains("neutral_loss")) e.neutralLoss = numberFrom(json, "neutral_loss");
    if (json.contains("bare_neutral_loss")) e.bareNeutralLoss = numberFrom(json, "bare_neutral_loss");
    e.best = flagFrom(json, "best");
    e.rows = wholeFrom(json, "rows");
    e.whole = flagFrom(json, "whole");
    e.elapsedSeconds = numberFrom(json, "elapsed_s");
    return e;
  }
  if (kind == "snapshot") return Snapshotted{wholeFrom(json, "step"), {}};
  if (kind == "finished") return Finished{summaryFrom(json), textFrom(json, "reason")};
  if (kind == "stopped") return Stopped{summaryFrom(json)};
  if (kind == "failed") return Failed{wholeFrom(json, "step"), textFrom(json, "sentence")};
  return {};
}

}  // namespace incipit
