#include "core/coach/rules.h"

#include "core/support/counted.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <span>

namespace incipit::coach {
namespace {

std::string decimals(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string percent(double share) { return decimals(100 * share, share < 0.1 ? 1 : 0) + " %"; }

// 0.03, 0.003, 1e-05
std::string shortest(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

// The nearest of 1, 3, 10, 30, 100 ... : nobody knows such a factor better.
double roundFactor(double factor) {
  const double tens = std::pow(10, std::floor(std::log10(factor)));
  const double lead = factor / tens;
  return tens * (lead < 1.7 ? 1 : lead < 5.5 ? 3 : 10);
}

Json learningRate(const RunSeen& run, double factor) { return {{"learning_rate", std::stod(shortest(run.plan.learningRate * factor))}}; }

// A prompt that starts from an adapter is as long as that.
Json shorter(const RunSeen& run, std::int64_t rows) {
  return run.plan.promptTuningInit == PromptInit::Adapter ? Json::object() : Json{{"num_virtual_tokens", rows}};
}

// How far two windows' means lie apart by chance alone, twice.
double doubt(const RunSeen& run) {
  const auto first = run.early(), last = run.late();
  return 2 * std::sqrt((first.deviation * first.deviation + last.deviation * last.deviation) / static_cast<double>(run.window()));
}
double fallen(const RunSeen& run) { return run.early().mean - run.late().mean; }
double lengthened(const RunSeen& run) { return run.started.startNorm > 0 ? run.now().meanRowNorm / run.started.startNorm : 0; }
double moved(const RunSeen& run) { return run.started.startNorm > 0 ? run.now().drift / run.started.startNorm : 0; }

}  // namespace

std::optional<Advice> rateTooHigh(const RunSeen& run) {
  if (!run.longEnough()) return std::nullopt;
  const bool rises = fallen(run) + doubt(run) < 0, flat = fallen(run) < doubt(run);
  const bool runsAway = lengthened(run) > 30 || (flat && lengthened(run) > 4);
  if (!rises && !runsAway) return std::nullopt;
  if (moved(run) < 0.3) return std::nullopt;  // rows that hardly moved did not do this
  const auto first = run.early(), last = run.late();
  return Advice{"rate_too_high",
                (flat ? "The loss does not fall (" : "The virtual tokens run away: the loss went from ") + decimals(first.mean, 3) +
                    (flat ? " at the start, " : " to ") + decimals(last.mean, 3) + (flat ? " lately), and they are " : ", and they are ") +
                    decimals(lengthened(run), 1) + " times as long as they were.",
                "The learning rate " + shortest(run.plan.learningRate) + " is probably too high: try " +
                    shortest(run.plan.learningRate * 0.3) + ".",
                learningRate(run, 0.3)};
}

std::optional<Advice> rateTooLow(const RunSeen& run) {
  constexpr double little = 0.1, usual = 2.5;  // of a row's own length; how far rows come in runs that learn
  if (!run.longEnough() || moved(run) <= 0 || moved(run) >= little) return std::nullopt;
  if (fallen(run) > std::max(doubt(run), 0.1 * run.early().mean)) return std::nullopt;
  if (run.now().step <= stepsOfWarmup(run.plan, run.started.totalSteps)) return std::nullopt;
  const double factor = roundFactor(std::clamp(usual * std::max(0.25, run.share()) / moved(run), 3.0, 1000.0));
  return Advice{"rate_too_low",
                "The loss hardly falls (" + decimals(run.early().mean, 3) + " at the start, " + decimals(run.late().mean, 3) +
                    " lately), and the virtual tokens have moved by only " + percent(moved(run)) + " of their length.",
                "The learning rate " + shortest(run.plan.learningRate) + " is probably too low, by about " +
                    withSeparators(static_cast<std::int64_t>(factor)) + " times: try " + shortest(run.plan.learningRate * factor) + ".",
                learningRate(run, factor)};
}

std::optional<Advice> startOutsideVocabulary(const RunSeen& run) {
  const Started& start = run.started;
  if (start.vocabularyHigh <= 0 || start.startNorm <= 0) return std::nullopt;
  const double times = start.startNorm / start.vocabularyMedian;
  if (start.startNorm < 3 * start.vocabularyHigh && start.startNorm > start.vocabularyLow / 3) return std::nullopt;
  Advice advice{"start_outside_vocabulary",
                "The virtual tokens started " +
                    (times > 1 ? decimals(times, 0) + " times as long as" : "at " + percent(times) + " of the length of") +
                    " an ordinary token.",
                "", Json::object()};
  if (run.plan.promptTuningInit == PromptInit::Random) {
    advice.remedy = "Random starts lie outside the vocabulary and learn more slowly: start from sampled words.";
    advice.change = {{"prompt_tuning_init", "SAMPLE_VOCAB"}};
  } else {
    advice.remedy = "Check that the prompt they started from was made for this model.";
  }
  return advice;
}

std::optional<Advice> noBetterThanGuessing(const RunSeen& run) {
  if (!run.longEnough() || run.looks.size() < 3 || run.share() < 0.3) return std::nullopt;
  const auto majority = run.shareOfMajority();
  const Evaluated& last = run.looks.back();
  if (!majority || !last.accuracy || last.rows <= 0) return std::nullopt;
  const double sure = std::sqrt(*majority * (1 - *majority) / static_cast<double>(last.rows));  // of a share of that many rows
  const std::string remedy = "Look at the label's words and the template in Data, and find a learning rate with the range test.";
  if (*last.accuracy <= *majority + sure)
    return Advice{"no_better_than_guessing",
                  "At step " + withSeparators(last.step) + " " + percent(*last.accuracy) +
                      " of the validation rows are right; always answering the most frequent class would give " + percent(*majority) + ".",
                  remedy, Json::object()};
  const auto guess = run.lossOfGuessing();
  if (!last.labelLoss || !guess || *last.labelLoss < *guess) return std::nullopt;
  return Advice{"no_better_than_guessing",
                "More of the validation rows are right than by chance, but the label's loss is " + decimals(*last.labelLoss, 3) +
                    ", and guessing by how often each class occurs would give " + decimals(*guess, 3) +
                    ": the model still expects other words than the labels, or is too sure of wrong ones.",
                remedy, Json::object()};
}

std::optional<Advice> validationRises(const RunSeen& run) {
  const Evaluated* best = run.bestValidation();
  if (best == nullptr || run.looks.size() < 5) return std::nullopt;
  const auto since = std::ranges::count_if(run.looks, [&](const Evaluated& look) { return look.step > best->step; });
  const Evaluated& last = run.looks.back();
  // Accuracy may decide which prompt is kept, and still rise while the loss does.
  const auto kept = std::ranges::find_if(run.looks.rbegin(), run.looks.rend(), &Evaluated::best);
  if (kept == run.looks.rend() || kept->step > best->step) return std::nullopt;
  if (since < 3 || best->step == 0 || last.loss < 1.05 * best->loss || !run.longEnough() || fallen(run) < doubt(run)) return std::nullopt;
  return Advice{"validation_rises",
                "The validation loss has been rising since step " + withSeparators(best->step) + " (" + decimals(best->loss, 3) + ", now " +
                    decimals(last.loss, 3) + ") while the training loss falls: the prompt learns the training rows by heart.",
                "The prompt of step " + withSeparators(kept->step) +
                    " is kept. Stop here, add data, or use fewer virtual tokens; early stopping ends such a run by itself.",
                {{"early_stopping_patience", 3}}};
}

std::optional<Advice> fewRowsLearn(const RunSeen& run) {
  const std::int64_t rows = run.started.virtualTokens;
  if (!run.longEnough() || rows < 10) return std::nullopt;
  double share = 0;
  for (const Stepped& step : std::span(run.last).last(run.window()))
    share += step.topRowsGradient / static_cast<double>(run.window());
  if (share < 0.9) return std::nullopt;
  return Advice{"few_rows_learn", percent(share) + " of the gradient falls on three of the " + withSeparators(rows) + " virtual tokens.",
                "Fewer virtual tokens would learn the same, faster: try " + withSeparators(std::max<std::int64_t>(3, rows / 4)) + ".",
                shorter(run, std::max<std::int64_t>(3, rows / 4))};
}

std::optional<Advice> longerThanUsed(const RunSeen& run) {
  const std::int64_t rows = run.started.virtualTokens;
  if (!run.longEnough() || rows < 10 || run.share() < 0.5) return std::nullopt;
  const std::int64_t still = run.now().stillRows;
  if (2 * still <= rows) return std::nullopt;
  return Advice{"longer_than_used",
                withSeparators(still) + " of the " + withSeparators(rows) + " virtual tokens have hardly moved from where they started.",
                "The prompt is longer than it uses: try " + withSeparators(std::max<std::int64_t>(3, rows - still)) + " virtual tokens.",
                shorter(run, std::max<std::int64_t>(3, rows - still))};
}

std::optional<Advice> tooFewToTell(const RunSeen& run) {
  // The kept prompt on all rows, where the run has come to its end; until then the last look.
  const Evaluated* last = run.looks.empty() ? nullptr : &run.looks.back();
  const bool judged = run.summary && run.summary->accuracy;
  const std::optional<double> accuracy = judged ? run.summary->accuracy : last ? last->accuracy : std::nullopt;
  // A look at a sample tells less than the data could: they are judged by all of them in the end.
  const std::int64_t looked = judged ? run.summary->validationRows : last ? last->rows : 0;
  const std::int64_t rows = std::max(looked, run.started.validationExamples);
  if (!accuracy || looked <= 0) return std::nullopt;
  // Wilson 1927: the shares that 95 of 100 such samples leave possible.
  const double z = 1.96, n = static_cast<double>(rows), p = *accuracy, scale = 1 + z * z / n;
  const double middle = (p + z * z / (2 * n)) / scale, half = z / scale * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  if (half < 0.1) return std::nullopt;
  return Advice{"too_few_to_tell",
                "With " + counted(rows, "validation row") + ", an accuracy of " + percent(p) + " may as well be " + percent(middle - half) +
                    " or " + percent(middle + half) + ".",
                "Judge on more rows: differences between runs smaller than that say nothing.", Json::object()};
}

}  // namespace incipit::coach
