#include "core/library/report.h"

#include "core/dataset/examples.h"
#include "core/dataset/table.h"
#include "core/library/answers.h"
#include "core/library/compare.h"
#include "core/metrics/intervals.h"
#include "core/runs/baselines.h"
#include "core/runs/run_folder.h"
#include "core/support/counted.h"
#include "core/support/error.h"
#include "core/training/smoothed.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

using html::Series;

std::string decimals(double number, int digits = 4) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

std::string figure(const std::string& metric, double value) {
  const bool share = metric == "accuracy" || metric == "f1_macro";
  return share ? decimals(100 * value, 1) + " %" : decimals(value);
}

std::string interval(const std::string& metric, const Interval& of) {
  return figure(metric, of.value) + " (" + figure(metric, of.low) + " to " + figure(metric, of.high) + ")";
}

std::string named(std::string metric) {
  std::ranges::replace(metric, '_', ' ');
  return metric;
}

std::string duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  if (whole < 60) return std::to_string(whole) + " s";
  return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts);
  return text;
}

// --- several runs --------------------------------------------------------------------------------------------------------------

std::string comparison(const RunComparison& compared) {
  std::string body = html::heading(2, "Side by side");
  html::Table table{{"run", "status", "best", "at step", "against " + compared.runs.front().name}, {}, {}};
  for (std::size_t i = 0; i < compared.runs.size(); ++i) {
    const RunEntry& run = compared.runs[i];
    const std::string verdict = i == 0                ? "the baseline"
                                : compared.against[i] ? inWords(*compared.against[i], compared.runs.front().name, run.name)
                                                      : "not compared: " + compared.unknown[i];
    table.rows.push_back({run.name, run.status, run.best ? figure(run.metric, *run.best) + " " + named(run.metric) : "-",
                          run.best ? withSeparators(run.bestStep) : "-", verdict});
  }
  body += html::table(table);
  if (compared.differing.knobs.empty()) return body + html::paragraph("Their plans do not differ.");
  html::Table differs{{"what differs"}, {}, {}};
  for (const RunEntry& run : compared.runs)
    differs.header.push_back(run.name);
  for (std::size_t knob = 0; knob < compared.differing.knobs.size(); ++knob) {
    auto& row = differs.rows.emplace_back(std::vector<std::string>{compared.differing.knobs[knob]});
    for (const auto& values : compared.differing.values)
      row.push_back(values[knob]);
  }
  return body + html::table(differs);
}

std::string overlay(const std::vector<RunRecord>& records) {
  std::vector<Series> losses, looks;
  for (std::size_t i = 0; i < records.size(); ++i) {
    Series loss{records[i].name, {}, false, false, int(i)}, look{records[i].name, {}, false, false, int(i)};
    Smoothed smoothed;
    for (const TrainingEvent& event : records[i].events) {
      if (const auto* step = std::get_if<Stepped>(&event)) loss.points.emplace_back(double(step->step), smoothed.push(step->loss));
      if (const auto* seen = std::get_if<Evaluated>(&event); seen && !seen->whole) look.points.emplace_back(double(seen->step), seen->loss);
    }
    losses.push_back(std::move(loss));
    looks.push_back(std::move(look));
  }
  return html::plot(losses, "step", "training loss, smoothed") + html::plot(looks, "step", "validation loss");
}

// --- one run -------------------------------------------------------------------------------------------------------------------

std::string curves(const RunRecord& run) {
  Series batch{"batch", {}, false, true, 0}, smooth{"smoothed", {}, false, false, 0}, look{"validation", {}, true, false, 1};
  Series accuracy{"accuracy", {}, true, false, 1};
  Smoothed smoothed;
  for (const TrainingEvent& event : run.events) {
    if (const auto* step = std::get_if<Stepped>(&event)) {
      batch.points.emplace_back(double(step->step), step->loss);
      smooth.points.emplace_back(double(step->step), smoothed.push(step->loss));
    } else if (const auto* seen = std::get_if<Evaluated>(&event); seen && !seen->whole) {
      look.points.emplace_back(double(seen->step), seen->loss);
      if (seen->accuracy) accuracy.points.emplace_back(double(seen->step), *seen->accuracy);
    }
  }
  const std::string picture =
      html::plot({batch, smooth, look}, "step", "loss, nats") + html::plot({accuracy}, "step", "validation accuracy", true);
  return picture.empty() ? html::paragraph("No step was done.") : picture;
}

std::string figures(const Predictions& predictions) {
  std::vector<double> losses;
  for (const Prediction& row : predictions.rows)
    losses.push_back(row.loss);
  if (losses.empty()) return {};
  const Answers answers = answersOf(predictions);
  const std::vector<double> right(answers.right.begin(), answers.right.end());
  html::Table table{{"measure", "value (95 % interval)"}, {}, {false, true}};
  table.rows.push_back({"mean loss of an example", interval("loss", bootstrapMean(losses))});
  if (!right.empty()) {
    table.rows.push_back({"accuracy", interval("accuracy", bootstrapMean(right))});
    const Statistic f1 = [&](std::span<const std::int64_t> examples) {
      std::vector<int> truth, answer;
      for (const std::int64_t i : examples)
        truth.push_back(answers.truth[std::size_t(i)]), answer.push_back(answers.answer[std::size_t(i)]);
      return macroF1Of(confusionMatrix(truth, answer, answers.classes));
    };
    table.rows.push_back({"macro F1", interval("f1_macro", bootstrapInterval(std::int64_t(right.size()), f1))});
    table.rows.push_back({"always the most frequent class", figure("accuracy", majorityAccuracyOf(answers.confusion()))});
    if (!answers.confidence.empty())
      table.rows.push_back({"expected calibration error", decimals(expectedCalibrationError(answers.reliability()))});
  }
  std::string body = html::paragraph("On " + counted(predictions.rows.size(), "validation example") + ", the prompt of step " +
                                     withSeparators(predictions.step) + ".") +
                     html::table(table);
  if (right.empty() || answers.classes > 20) return body;
  const ConfusionMatrix matrix = answers.confusion();
  html::Table confusion{{"label \\ answer"}, {}, {false}};
  for (const std::string& name : predictions.classes)
    confusion.header.push_back(name), confusion.numbers.push_back(true);
  for (int truth = 0; truth < answers.classes; ++truth) {
    auto& row = confusion.rows.emplace_back(std::vector<std::string>{predictions.classes[std::size_t(truth)]});
    for (int answer = 0; answer < answers.classes; ++answer)
      row.push_back(withSeparators(matrix.at(truth, answer)));
  }
  return body + html::heading(3, "Confusion matrix") + html::table(confusion);
}

// Texts of the validation data, where its file is still there.
class Texts {
 public:
  explicit Texts(const TrainingPlan& plan) try : m_settings(plan.data) {
    m_table = readTable(plan.validation.empty() ? plan.train : plan.validation);
  } catch (const Error&) {  // moved or changed: a report without texts
  }

  std::string of(std::int64_t row) const try {
    if (row >= m_table.size() || m_table.tokenised) return {};
    std::string text = rendered(m_table, row, m_settings).first;
    if (text.size() > 400) text = text.substr(0, text.find_last_of(' ', 400)) + " ...";
    return text;
  } catch (const Error&) {
    return {};
  }

 private:
  incipit::Table m_table;
  DataSettings m_settings;
};

std::string examples(const Predictions& predictions, const TrainingPlan& plan, std::size_t count) {
  std::vector<const Prediction*> rows;
  for (const Prediction& row : predictions.rows)
    rows.push_back(&row);
  std::ranges::stable_sort(rows, std::greater(), &Prediction::loss);
  const Texts texts(plan);
  const auto shown = [&](auto first, auto last) {
    html::Table table{{"row", "text", "label", "answer", "loss", "at the start"}, {}, {true, false, false, false, true, true}};
    for (auto row = first; row != last; ++row)
      table.rows.push_back({withSeparators((*row)->row + 1), texts.of((*row)->row), (*row)->label, (*row)->predicted,
                            decimals((*row)->loss), (*row)->startLoss ? decimals(*(*row)->startLoss) : "-"});
    return html::table(table);
  };
  const auto few = static_cast<std::ptrdiff_t>(std::min(count, rows.size()));
  return html::heading(3, "Worst examples") + shown(rows.begin(), rows.begin() + few) + html::heading(3, "Best examples") +
         shown(rows.rbegin(), rows.rbegin() + few);
}

std::string setUp(const RunRecord& run) {
  html::Table table{{"knob", "default", "this run"}, {}, {}};
  for (const PlanDifference& difference : differences(TrainingPlan(), run.plan))
    if (difference.knob != "out") table.rows.push_back({difference.knob, difference.before, difference.after});
  return html::heading(3, "What differs from the defaults") + html::table(table) + "<details><summary>The whole plan</summary><pre>" +
         html::escaped(prettyJson(toJson(run.plan))) + "</pre></details>\n";
}

std::string environment(const RunRecord& run) {
  html::Table table;
  table.rows = {{"model", run.plan.model},
                {"its fingerprint", run.modelFingerprint},
                {"training data", run.plan.train.string()},
                {"its fingerprint", run.dataFingerprint}};
  for (const TrainingEvent& event : run.events)
    if (const auto* started = std::get_if<Started>(&event)) {
      table.rows.push_back(
          {"computed in", started->precision + " on " + started->device + ", " + counted(std::int64_t(run.plan.threads), "thread")});
      table.rows.push_back({"trained numbers", withSeparators(started->trainableParameters)});
      break;
    }
  return html::heading(3, "Where it was made") + html::table(table) + html::heading(3, "To do it again") +
         "<pre>incipit-cli train --plan '" + html::escaped((run.folder / "plan.json").string()) + "' --out NEW-FOLDER</pre>\n";
}

std::string inWords(const BaselineFigures& baseline) {
  if (baseline.name == "few_shot") return counted(std::size_t(baseline.shots), "example") + " in the context";
  if (baseline.name == "bare_model") return "the bare model";
  if (baseline.name == "start_text") return "the start text as plain words";
  if (baseline.name == "majority_class") return "always the most frequent class";
  if (baseline.name == "linear_probe") return "a linear probe on the frozen outputs";
  return named(baseline.name);
}

// What the prompt has to beat, where that was evaluated.
std::string baselines(const std::filesystem::path& folder) {
  const std::vector<BaselineFigures> all = readBaselines(folder);
  if (all.empty()) return {};
  html::Table table{{"without training", "accuracy", "loss", "label loss", "rows"}, {}, {false, true, true, true, true}};
  std::string missing;
  for (const BaselineFigures& baseline : all) {
    if (!baseline.whyNot.empty()) {
      missing += html::paragraph("No figure of " + inWords(baseline) + ": " + baseline.whyNot);
      continue;
    }
    const auto text = [](const std::optional<double>& value, const char* metric) { return value ? figure(metric, *value) : std::string(); };
    table.rows.push_back({inWords(baseline), text(baseline.accuracy, "accuracy"), text(baseline.loss, "loss"),
                          text(baseline.labelLoss, "label_loss"), withSeparators(baseline.rows)});
  }
  return html::heading(3, "What it has to beat") + html::table(table) + missing;
}

// A part that rests on a file of its own: where that is broken, its words stand here, and the rest of the report is as it would be.
std::string orItsProblem(const std::function<std::string()>& part) try { return part(); } catch (const Error& error) {
  return html::paragraph(error.what());
}

std::string answersOfRun(const RunRecord& run, const ReportWishes& wishes) {
  const auto predictions = readPredictions(run.folder);
  if (!predictions || predictions->rows.empty()) return {};
  return html::heading(3, "How well it does") + figures(*predictions) + examples(*predictions, run.plan, wishes.examples);
}

std::string oneRun(const RunRecord& run, const RunEntry& entry, const ReportWishes& wishes) {
  std::string body = html::heading(2, run.name);
  std::string inShort = entry.status + " after " + counted(entry.steps, "step") + " in " + duration(entry.seconds);
  if (entry.best)
    inShort += "; " + named(entry.metric) + " " + figure(entry.metric, *entry.best) + " at step " + withSeparators(entry.bestStep);
  if (run.summary && !run.summary->why.empty())
    inShort += ". The prompt of step " + withSeparators(run.summary->bestStep) + " is kept: " + run.summary->why;
  inShort[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(inShort[0])));
  body += html::paragraph(inShort + ".") + curves(run);
  body += orItsProblem([&] { return answersOfRun(run, wishes); }) + orItsProblem([&] { return baselines(run.folder); });
  if (const auto more = wishes.more.find(run.folder); more != wishes.more.end())
    for (const ReportSection& section : more->second)
      body += html::heading(3, section.title) + html::paragraph(section.sentence) + html::table(section.table);
  return body + setUp(run) + environment(run);
}

}  // namespace

std::string htmlReport(const std::vector<std::filesystem::path>& folders, const ReportWishes& wishes) {
  const RunComparison compared = compareRuns(folders);
  std::vector<RunRecord> records;
  for (const auto& folder : folders)
    records.push_back(readRun(folder));
  const std::string title = folders.size() == 1 ? "Run " + records.front().name : counted(folders.size(), "run") + " compared";
  std::string body = html::heading(1, title) + html::paragraph("Made by " + wishes.program + " on " + today() + ".");
  if (folders.size() > 1) body += comparison(compared) + overlay(records);
  for (std::size_t i = 0; i < records.size(); ++i)
    body += oneRun(records[i], compared.runs[i], wishes);
  return html::page(title, body);
}

}  // namespace incipit
