#include "core/library/compare.h"

#include "core/support/counted.h"
#include "core/support/error.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace incipit {
namespace {

bool sameFile(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code ignored;
  return a == b || std::filesystem::equivalent(a, b, ignored);
}

// Why two runs were not judged on the same examples; empty where they were.
std::string whyApart(const RunEntry& a, const RunEntry& b) {
  if (!isValidated(a.plan) || !isValidated(b.plan)) return "not both have validation data";
  if (a.plan.validation.empty() != b.plan.validation.empty()) return "one holds rows out, the other has a validation file";
  if (!sameFile(a.plan.validation, b.plan.validation)) return "their validation files are not the same";
  if (a.plan.validation.empty() && !sameFile(a.plan.train, b.plan.train)) return "they hold out rows of different files";
  return {};
}

AgainstBaseline compared(const Predictions& a, const Predictions& b) {
  std::map<std::int64_t, const Prediction*> ofBaseline;
  for (const Prediction& prediction : a.rows)
    ofBaseline[prediction.row] = &prediction;
  std::vector<std::pair<const Prediction*, const Prediction*>> pairs;
  for (const Prediction& prediction : b.rows)
    if (const auto other = ofBaseline.find(prediction.row); other != ofBaseline.end() && other->second->label == prediction.label)
      pairs.emplace_back(other->second, &prediction);
  AgainstBaseline result;
  result.examples = static_cast<std::int64_t>(pairs.size());
  const bool classes =
      !pairs.empty() && std::ranges::all_of(pairs, [](const auto& pair) { return pair.first->classified() && pair.second->classified(); });
  result.by = classes ? "accuracy" : "loss";
  std::vector<double> one, other;
  for (const auto& [mine, theirs] : pairs) {
    one.push_back(classes ? (mine->right() ? 1 : 0) : -mine->loss);
    other.push_back(classes ? (theirs->right() ? 1 : 0) : -theirs->loss);
    if (classes && mine->right() != theirs->right()) (theirs->right() ? result.won : result.lost).push_back(mine->row);
  }
  if (pairs.empty()) return result;
  result.comparison = compareOnSameExamples(one, other);
  if (classes) result.chance = mcNemar(static_cast<std::int64_t>(result.lost.size()), static_cast<std::int64_t>(result.won.size()));
  return result;
}

}  // namespace

RunComparison compareRuns(const std::vector<std::filesystem::path>& folders, std::size_t baseline) {
  RunComparison result;
  std::vector<std::filesystem::path> ordered = folders;
  if (baseline < ordered.size())
    std::rotate(ordered.begin(), ordered.begin() + static_cast<std::ptrdiff_t>(baseline),
                ordered.begin() + static_cast<std::ptrdiff_t>(baseline) + 1);
  std::vector<std::optional<Predictions>> predictions;
  std::vector<std::string> broken(ordered.size());  // why the answers of a run cannot be read
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    result.runs.push_back(entryOf(ordered[i]));
    if (!result.runs.back().problem.empty()) throw DataError(result.runs.back().problem, "");
    try {
      predictions.push_back(readPredictions(ordered[i]));
    } catch (const Error& error) {
      predictions.emplace_back();
      broken[i] = error.what();
    }
  }
  result.differing = whatDiffers(result.runs);
  for (std::size_t i = 0; i < result.runs.size(); ++i) {
    result.against.emplace_back();
    result.unknown.emplace_back();
    if (i == 0) continue;
    result.unknown[i] = whyApart(result.runs.front(), result.runs[i]);
    if (!result.unknown[i].empty()) continue;
    for (const std::string& problem : {broken.front(), broken[i]})
      if (result.unknown[i].empty()) result.unknown[i] = problem;
    if (!result.unknown[i].empty()) continue;
    if (!predictions.front() || !predictions[i]) {
      result.unknown[i] = "not both have kept what they answered (runs of an older program)";
      continue;
    }
    auto against = compared(*predictions.front(), *predictions[i]);
    if (against.examples == 0)
      result.unknown[i] = "no validation example was judged by both";
    else
      result.against[i] = std::move(against);
  }
  return result;
}

std::string inWords(const AgainstBaseline& against, const std::string& baseline, const std::string& run) {
  const PairedComparison& comparison = against.comparison;
  if (comparison.deciding == 0) return run + " does the same as " + baseline + " on every example.";
  const double better = comparison.probabilityBetter, sure = std::max(better, 1 - better);
  char share[32];
  std::snprintf(share, sizeof share, "%.0f", std::floor(100 * sure));
  const std::string certainty = sure > 0.99 ? "more than 99" : share;
  return run + " is " + (better >= 0.5 ? "better" : "worse") + " than " + baseline + ": " + certainty + " % sure; " +
         counted(comparison.deciding, "example") + (comparison.deciding == 1 ? " decides." : " decide.");
}

}  // namespace incipit
