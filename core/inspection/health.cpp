#include "core/inspection/health.h"

#include "core/inspection/vectors.h"
#include "core/model/frozen_model.h"
#include "core/support/counted.h"
#include "core/support/error.h"

#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

// Eigenvalues of a symmetric matrix [n, n], row-major, by cyclic Jacobi rotations (Golub & Van Loan, 8.5); the matrix is used up.
std::vector<double> eigenvalues(std::vector<double> a, std::size_t n) {
  const auto at = [&](std::size_t i, std::size_t j) -> double& { return a[i * n + j]; };
  double all = 0;
  for (const double value : a)
    all += value * value;
  for (int sweep = 0; sweep < 60; ++sweep) {
    double off = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = i + 1; j < n; ++j)
        off += at(i, j) * at(i, j);
    if (off <= 1e-26 * all) break;
    for (std::size_t p = 0; p < n; ++p)
      for (std::size_t q = p + 1; q < n; ++q) {
        if (at(p, q) == 0) continue;
        const double theta = (at(q, q) - at(p, p)) / (2 * at(p, q));
        const double t = (theta < 0 ? -1 : 1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
        const double c = 1 / std::sqrt(t * t + 1), s = t * c;
        for (std::size_t k = 0; k < n; ++k) {
          const double kp = at(k, p), kq = at(k, q);
          at(k, p) = c * kp - s * kq, at(k, q) = s * kp + c * kq;
        }
        for (std::size_t k = 0; k < n; ++k) {
          const double pk = at(p, k), qk = at(q, k);
          at(p, k) = c * pk - s * qk, at(q, k) = s * pk + c * qk;
        }
      }
  }
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i)
    values.push_back(at(i, i));
  return values;
}

std::vector<double> products(const Matrix& rows) {
  std::vector<double> gram;
  for (std::int64_t i = 0; i < rows.rows; ++i)
    for (std::int64_t j = 0; j < rows.rows; ++j)
      gram.push_back(j < i ? gram[static_cast<std::size_t>(j * rows.rows + i)] : dot(rows.row(i), rows.row(j)));
  return gram;
}

void checkStart(const SoftPrompt& prompt, const SoftPrompt& start) {
  if (start.length() != prompt.length() || start.width() != prompt.width())
    throw ModelError("The start has " + counted(start.length(), "row") + " of " + counted(start.width(), "number") + ", the prompt " +
                         counted(prompt.length(), "row") + " of " + withSeparators(prompt.width()) + ".",
                     "Compare a prompt with the start of its own run.");
}

// "row 3", "rows 1, 4 and 7"
std::string namesOf(const std::vector<std::int64_t>& rows, std::int64_t first) {
  std::string text = rows.size() == 1 ? "row " : "rows ";
  for (std::size_t i = 0; i < rows.size(); ++i)
    text += (i == 0 ? "" : i + 1 == rows.size() ? " and " : ", ") + std::to_string(rows[i] + first);
  return text;
}

std::string rounded(double number, int digits) {
  std::string text = std::to_string(number);
  return text.substr(0, text.find('.') + 1 + static_cast<std::size_t>(digits));
}

std::vector<std::int64_t> rowsThat(const PromptHealth& health, bool RowHealth::*mark) {
  std::vector<std::int64_t> rows;
  for (const RowHealth& row : health.rows)
    if (row.*mark) rows.push_back(row.row);
  return rows;
}

}  // namespace

double effectiveRank(const Matrix& rows) {
  const auto n = static_cast<std::size_t>(rows.rows);
  std::vector<double> singular = eigenvalues(products(rows), n);
  double sum = 0, entropy = 0;
  for (double& value : singular)
    sum += value = std::sqrt(std::max(0.0, value));
  if (sum == 0) return 0;
  for (const double value : singular)
    if (value > 0) entropy -= value / sum * std::log(value / sum);
  return std::exp(entropy);
}

Matrix cosinesOf(const Matrix& rows) {
  Matrix cosines(rows.rows, rows.rows);
  for (std::int64_t i = 0; i < rows.rows; ++i)
    for (std::int64_t j = 0; j < rows.rows; ++j)
      cosines.row(i)[static_cast<std::size_t>(j)] =
          j < i ? cosines.row(j)[static_cast<std::size_t>(i)] : static_cast<float>(cosine(rows.row(i), rows.row(j)));
  return cosines;
}

PromptHealth promptHealth(const FrozenModel& model, const SoftPrompt& asStored, const SoftPrompt* start) {
  checkFits(asStored, model);
  const Matrix rows = enteringRows(asStored, model.card());
  PromptHealth health;
  health.vocabulary = vocabularyScale(model);
  health.cosines = cosinesOf(rows);
  health.effectiveRank = effectiveRank(rows);
  Matrix from;
  if (start != nullptr) {
    checkStart(asStored, *start);
    from = enteringRows(*start, model.card());
  }
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    RowHealth row;
    row.row = i;
    row.norm = lengthOf(rows.row(i));
    row.dead = row.norm < deadBelow * health.vocabulary.low;
    row.runAway = row.norm > awayAbove * health.vocabulary.high;
    if (start != nullptr) {
      const double drift = distance(rows.row(i), from.row(i));
      row.start = {cosine(rows.row(i), from.row(i)), drift, drift / std::max(lengthOf(from.row(i)), 1e-12)};
      row.unmoved = row.start->share < unmovedBelow;
    }
    for (std::int64_t j = 0; j < rows.rows; ++j) {
      const double alike = health.cosines.row(i)[static_cast<std::size_t>(j)];
      if (j != i && (row.alike < 0 || alike > row.alikeCosine)) row.alike = j, row.alikeCosine = alike;
    }
    row.twin = row.alike >= 0 && row.alikeCosine >= twinsFrom;
    health.rows.push_back(row);
  }
  model.checkWhole();
  return health;
}

std::vector<std::string> inWords(const PromptHealth& health, std::int64_t first) {
  std::vector<std::string> sentences;
  const auto say = [&](bool RowHealth::*mark, const std::string& what) {
    if (const auto rows = rowsThat(health, mark); !rows.empty()) sentences.push_back(what + namesOf(rows, first) + ".");
  };
  say(&RowHealth::dead, "Dead, with next to no length: ");
  say(&RowHealth::runAway, "Run away, more than ten times as long as the vocabulary's long rows: ");
  say(&RowHealth::twin, "Twins, pointing the same way as another row: ");
  say(&RowHealth::unmoved, "Not moved by training: ");
  const auto count = static_cast<double>(health.rows.size());
  if (health.rows.size() > 1 && health.effectiveRank < count / 2)
    sentences.push_back("The " + std::to_string(health.rows.size()) + " rows use about " + rounded(health.effectiveRank, 1) +
                        " directions: fewer virtual tokens may do the same.");
  if (sentences.empty()) sentences.emplace_back("No row is dead, run away or the twin of another.");
  return sentences;
}

}  // namespace incipit
