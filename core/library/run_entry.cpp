#include "core/library/run_entry.h"

#include "core/runs/event_log.h"
#include "core/runs/run_folder.h"
#include "core/runs/run_layout.h"
#include "core/support/error.h"
#include "core/support/failure.h"
#include "core/support/whole_number.h"
#include "core/training/best_metric.h"
#include "core/training/smoothed.h"

#include <chrono>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

constexpr std::size_t mostPoints = 48;

std::int64_t whenWritten(const std::filesystem::path& file) {
  std::error_code ignored;
  const auto time = std::filesystem::last_write_time(file, ignored);
  if (ignored) return 0;
  const auto system = std::chrono::file_clock::to_sys(time);
  return std::chrono::duration_cast<std::chrono::seconds>(system.time_since_epoch()).count();
}

// What the events say, one after the other.
class Reader {
 public:
  explicit Reader(RunEntry& entry) : m_entry(entry) {}

  void take(const TrainingEvent& event) {
    if (const auto* started = std::get_if<Started>(&event)) {
      m_entry.totalSteps = started->totalSteps;
      m_entry.parameters = started->trainableParameters;
      m_classes = started->classes;
    } else if (const auto* stepped = std::get_if<Stepped>(&event)) {
      m_entry.steps = stepped->step;
      m_entry.loss = m_smoothed.push(stepped->loss);
      m_entry.seconds = stepped->elapsedSeconds;
      m_curve.push_back(static_cast<float>(*m_entry.loss));
    } else if (const auto* evaluated = std::get_if<Evaluated>(&event); evaluated && evaluated->best) {
      m_entry.validationLoss = evaluated->loss;
      m_entry.accuracy = evaluated->accuracy;
      m_entry.labelLoss = evaluated->labelLoss;
      m_entry.f1Macro = evaluated->f1Macro;
      m_entry.validationRows = evaluated->rows;
      m_entry.bestStep = evaluated->step;
    }
  }

  void end(const std::optional<Summary>& summary) {
    if (summary) {
      m_entry.steps = summary->steps;
      m_entry.loss = summary->smoothedLoss;
      m_entry.bestStep = summary->bestStep;
      m_entry.seconds = summary->elapsedSeconds;
      m_entry.validationLoss = summary->bestValidationLoss;
      m_entry.accuracy = summary->accuracy;
      m_entry.labelLoss = summary->labelLoss;
      m_entry.f1Macro = summary->f1Macro;
      m_entry.validationRows = summary->validationRows;
    }
    if (m_entry.steps == 0) m_entry.loss.reset();
    measure();
    const std::size_t count = m_curve.size();
    for (std::size_t i = 0; i < std::min(count, mostPoints); ++i)
      m_entry.curve.push_back(m_curve[count <= mostPoints ? i : i * (count - 1) / (mostPoints - 1)]);
  }

 private:
  void measure() {
    if (!m_entry.validationLoss) {
      m_entry.metric = "training_loss";
      m_entry.best = m_entry.loss;
      return;
    }
    switch (settled(m_entry.plan.metricForBestModel, m_classes)) {
    case BestMetric::Accuracy:
      m_entry.metric = "accuracy";
      m_entry.best = m_entry.accuracy;
      return;
    case BestMetric::MacroF1:
      m_entry.metric = "f1_macro";
      m_entry.best = m_entry.f1Macro;
      return;
    case BestMetric::LabelLoss:
      m_entry.metric = "label_loss";
      m_entry.best = m_entry.labelLoss;
      return;
    default:
      m_entry.metric = "loss";
      m_entry.best = m_entry.validationLoss;
    }
  }

  RunEntry& m_entry;
  std::vector<std::string> m_classes;
  Smoothed m_smoothed;
  std::vector<float> m_curve;
};

std::optional<double> RunEntry::*const figures[] = {&RunEntry::loss,     &RunEntry::best,    &RunEntry::validationLoss,
                                                    &RunEntry::accuracy, &RunEntry::f1Macro, &RunEntry::labelLoss};
const char* const figureNames[] = {"loss", "best", "validation_loss", "accuracy", "f1_macro", "label_loss"};

}  // namespace

RunEntry entryOf(const std::filesystem::path& folder) {
  RunEntry entry;
  entry.folder = folder;
  entry.name = (folder.has_filename() ? folder : folder.parent_path()).filename().string();
  entry.started = whenWritten(layout::plan(folder));
  try {
    const RunRecord run = readRun(folder);
    entry.plan = run.plan;
    entry.status = run.status;
    if (run.status == "interrupted" && EventLog::isHeld(layout::events(folder))) entry.status = "running";
    Reader reader(entry);
    for (const TrainingEvent& event : run.events)
      reader.take(event);
    reader.end(run.summary);
    try {
      entry.marks = readMarks(folder);
    } catch (const Error&) {  // what a person said of the run; the run itself is sound
    }
  } catch (...) {
    entry.status = "unreadable";
    entry.problem = errorFrom(std::current_exception()).what();
  }
  return entry;
}

Json toJson(const RunEntry& entry) {
  Json json{{"name", entry.name},   {"status", entry.status},          {"started", entry.started},
            {"steps", entry.steps}, {"total_steps", entry.totalSteps}, {"elapsed_s", entry.seconds}};
  if (!entry.problem.empty()) {
    json["problem"] = entry.problem;
    return json;
  }
  json["plan"] = toJson(entry.plan);
  json["model"] = entry.plan.model;
  json["data"] = entry.plan.train.string();
  json["trainable_parameters"] = entry.parameters;
  json["metric"] = entry.metric;
  json["best_step"] = entry.bestStep;
  json["validation_rows"] = entry.validationRows;
  for (std::size_t i = 0; i < std::size(figures); ++i)
    if (const auto& figure = entry.*figures[i]) json[figureNames[i]] = *figure;
  json["curve"] = entry.curve;
  if (entry.marks != Marks()) json["marks"] = toJson(entry.marks);
  return json;
}

RunEntry entryFrom(const Json& json, const std::filesystem::path& folder) {
  const auto refuse = [&]() -> FormatError {
    return FormatError("What the index says of '" + folder.string() + "' is not a run.", "Remove the index.");
  };
  const auto text = [&](const char* key) {
    if (!json.contains(key) || !json[key].is_string()) throw refuse();
    return json[key].get<std::string>();
  };
  if (!json.is_object()) throw refuse();
  RunEntry entry;
  entry.folder = folder;
  entry.name = text("name");
  entry.status = text("status");
  entry.started = wholeNumberIn(json, "started", 0);
  entry.steps = wholeNumberIn(json, "steps", 0);
  entry.totalSteps = wholeNumberIn(json, "total_steps", 0);
  if (json.contains("elapsed_s") && json["elapsed_s"].is_number()) entry.seconds = json["elapsed_s"].get<double>();
  if (json.contains("problem")) {
    entry.problem = text("problem");
    return entry;
  }
  if (!json.contains("plan")) throw refuse();
  entry.plan = planFrom(json["plan"], "the index of runs");
  entry.parameters = wholeNumberIn(json, "trainable_parameters", 0);
  entry.metric = text("metric");
  entry.bestStep = wholeNumberIn(json, "best_step", 0);
  entry.validationRows = wholeNumberIn(json, "validation_rows", 0);
  for (std::size_t i = 0; i < std::size(figures); ++i)
    if (json.contains(figureNames[i]) && json[figureNames[i]].is_number()) entry.*figures[i] = json[figureNames[i]].get<double>();
  if (json.contains("marks")) entry.marks = marksFrom(json["marks"], "the index of runs");
  if (json.contains("curve") && json["curve"].is_array())
    for (const Json& point : json["curve"])
      if (point.is_number()) entry.curve.push_back(point.get<float>());
  return entry;
}

}  // namespace incipit
