// The solver of linear_probe.h: L-BFGS on the mean loss, in units in which all columns vary alike.
#include "core/training/linear_probe.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <cmath>
#include <deque>

namespace incipit {
namespace {

constexpr int mostIterations = 500, memory = 10, mostHalvings = 40;
constexpr double smallGradient = 1e-7;  // largest slope of the mean loss; scikit-learn stops at 1e-4

double productOf(const at::Tensor& a, const at::Tensor& b) { return (a * b).sum().item<double>(); }

// The objective over parameters [L, H + 1], the last column being the intercepts. Rows are centred and scaled, so that the same problem is
// stated in rounder numbers: w = v / scale, and the penalty stays the one of w.
class Objective {
 public:
  Objective(const Matrix& rows, const std::vector<std::int64_t>& labels, std::int64_t classes, double c, bool intercepts)
      : m_intercepts(intercepts) {
    auto* values = const_cast<float*>(rows.values.data());
    const at::Tensor x = at::from_blob(values, {rows.rows, rows.columns}).to(at::kDouble);  // [N, H]
    m_centre = intercepts ? x.mean(0) : at::zeros({rows.columns}, at::kDouble);
    m_scale = (x - m_centre).pow(2).mean(0).sqrt().clamp_min(1e-6);
    m_x = (x - m_centre) / m_scale;
    m_label = at::tensor(labels, at::kLong).unsqueeze(1);
    m_target = at::zeros({rows.rows, classes}, at::kDouble).scatter_(1, m_label, 1.0);
    m_penalty = 1 / (c * static_cast<double>(rows.rows));
  }
  at::Tensor start() const { return at::zeros({m_target.size(1), m_x.size(1) + 1}, at::kDouble); }

  // The mean loss with its share of the penalty, and its gradient.
  double operator()(const at::Tensor& parameters, at::Tensor& gradient) const {
    const std::int64_t width = m_x.size(1);
    const at::Tensor v = parameters.narrow(1, 0, width), intercepts = parameters.select(1, width);
    const at::Tensor logP = (at::mm(m_x, v.t()) + intercepts).log_softmax(1);  // [N, L]
    const at::Tensor wrong = (logP.exp() - m_target) / static_cast<double>(m_x.size(0));
    const at::Tensor pull = v / (m_scale * m_scale) * m_penalty;
    const at::Tensor ofIntercepts = m_intercepts ? wrong.sum(0) : at::zeros_like(intercepts);
    gradient = at::cat({at::mm(wrong.t(), m_x) + pull, ofIntercepts.unsqueeze(1)}, 1);
    return -logP.gather(1, m_label).mean().item<double>() + 0.5 * productOf(v, pull);
  }

  // Back to the columns as they were.
  at::Tensor weights(const at::Tensor& parameters) const { return parameters.narrow(1, 0, m_x.size(1)) / m_scale; }
  at::Tensor intercepts(const at::Tensor& parameters) const {
    return parameters.select(1, m_x.size(1)) - at::mm(weights(parameters), m_centre.unsqueeze(1)).squeeze(1);
  }

 private:
  bool m_intercepts;
  double m_penalty;                                      // 1 / (C N)
  at::Tensor m_centre, m_scale, m_x, m_label, m_target;  // [H], [H], [N, H], [N, 1], [N, L]
};

// The two-loop recursion (Nocedal and Wright, Numerical Optimization, algorithm 7.4).
at::Tensor direction(const at::Tensor& gradient, const std::deque<std::pair<at::Tensor, at::Tensor>>& past) {
  at::Tensor q = gradient.clone();
  std::vector<double> alphas;
  for (auto pair = past.rbegin(); pair != past.rend(); ++pair) {
    const auto& [s, y] = *pair;
    alphas.push_back(productOf(s, q) / productOf(s, y));
    q = q - alphas.back() * y;
  }
  if (!past.empty()) q = q * (productOf(past.back().first, past.back().second) / productOf(past.back().second, past.back().second));
  std::size_t i = alphas.size();
  for (const auto& [s, y] : past)
    q = q + (alphas[--i] - productOf(y, q) / productOf(s, y)) * s;
  return -q;
}

// The minimum, by steps that are halved until the objective falls enough (Armijo).
std::pair<at::Tensor, int> minimum(const Objective& objective) {
  at::Tensor here = objective.start(), gradient, next;
  double value = objective(here, gradient);
  std::deque<std::pair<at::Tensor, at::Tensor>> past;
  int iteration = 0;
  for (; iteration < mostIterations && gradient.abs().max().item<double>() > smallGradient; ++iteration) {
    const at::Tensor way = direction(gradient, past);
    const double slope = productOf(way, gradient);
    double step = 1, there = 0;
    at::Tensor moved;
    int halvings = 0;
    for (; halvings < mostHalvings; ++halvings, step /= 2) {
      moved = here + step * way;
      there = objective(moved, next);
      if (there <= value + 1e-4 * step * slope) break;
    }
    if (halvings == mostHalvings || !(slope < 0)) break;  // as low as double precision sees
    past.emplace_back(moved - here, next - gradient);
    if (!(productOf(past.back().first, past.back().second) > 0)) past.pop_back();
    if (past.size() > memory) past.pop_front();
    here = moved, value = there, gradient = next;
  }
  return {here, iteration};
}

}  // namespace

LogisticFit fitLogistic(const Matrix& rows, std::span<const int> labels, std::int64_t classes, double c, Intercepts intercepts) {
  const at::NoGradGuard noGrad;
  LogisticFit fit{Matrix(classes, rows.columns), std::vector<double>(static_cast<std::size_t>(classes), 0.0), 0};
  // Classes without a row would have an intercept of minus infinity: they are fitted without, and stay below all others.
  std::vector<std::int64_t> place(static_cast<std::size_t>(classes), -1), present, renamed;
  for (const int label : labels) {
    auto& number = place[static_cast<std::size_t>(label)];
    if (number < 0) number = static_cast<std::int64_t>(present.size()), present.push_back(label);
    renamed.push_back(number);
  }
  const bool biased = intercepts == Intercepts::Fitted;
  const Objective objective(rows, renamed, static_cast<std::int64_t>(present.size()), c, biased);
  const auto [best, iterations] = minimum(objective);
  fit.iterations = iterations;
  const at::Tensor weights = objective.weights(best).to(at::kFloat).contiguous(), free = objective.intercepts(best).contiguous();
  const double* first = free.data_ptr<double>();
  const double lowest = *std::min_element(first, first + present.size()) - std::log(static_cast<double>(rows.rows) + 1);
  if (biased) std::fill(fit.intercepts.begin(), fit.intercepts.end(), lowest);
  for (std::size_t i = 0; i < present.size(); ++i) {
    const auto row = fit.weights.row(present[i]);
    std::copy_n(weights.data_ptr<float>() + static_cast<std::int64_t>(i) * rows.columns, rows.columns, row.begin());
    if (biased) fit.intercepts[static_cast<std::size_t>(present[i])] = first[i];
  }
  return fit;
}

}  // namespace incipit
