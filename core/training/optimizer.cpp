#include "core/training/optimizer.h"

#include "core/support/error.h"

#include <algorithm>
#include <cmath>

namespace incipit {

PromptOptimizer::PromptOptimizer(Optimizer kind, const SoftPrompt& prompt, double weightDecay) : m_kind(kind), m_weightDecay(weightDecay) {
  for (const Matrix* part : trainedParts(prompt)) {
    const bool factored = kind == Optimizer::Adafactor;
    m_moments.emplace_back(part->rows, factored ? 1 : part->columns);
    m_moments.emplace_back(factored ? 1 : part->rows, part->columns);
  }
}

void PromptOptimizer::restore(std::vector<Matrix> moments, std::int64_t steps) {
  bool fits = moments.size() == m_moments.size();
  for (std::size_t i = 0; fits && i < moments.size(); ++i)
    fits = moments[i].rows == m_moments[i].rows && moments[i].columns == m_moments[i].columns;
  if (!fits) throw TrainingError("The checkpoint's optimiser state belongs to another prompt or optimiser.", "Start the run anew.");
  m_moments = std::move(moments);
  m_steps = steps;
}

void PromptOptimizer::step(SoftPrompt& prompt, const std::vector<Matrix>& gradients, double learningRate) {
  ++m_steps;
  const std::vector<Matrix*> parts = trainedParts(prompt);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Matrix &first = m_moments[2 * i], &second = m_moments[2 * i + 1];
    m_kind == Optimizer::AdamW ? adamW(*parts[i], gradients[i], first, second, learningRate)
                               : adafactor(*parts[i], gradients[i], first, second, learningRate);
  }
}

// Loshchilov and Hutter 2019, with PyTorch's order of operations: decay first, epsilon outside the root, betas 0.9 and 0.999. What is left
// of one is taken in double, as there: 1 - 0.999f is 1.3e-5 too small.
void PromptOptimizer::adamW(Matrix& values, const Matrix& gradient, Matrix& first, Matrix& second, double learningRate) const {
  constexpr double beta1 = 0.9, beta2 = 0.999;
  constexpr auto new1 = static_cast<float>(1 - beta1), old2 = static_cast<float>(beta2), new2 = static_cast<float>(1 - beta2);
  const double correction1 = 1 - std::pow(beta1, static_cast<double>(m_steps)),
               correction2 = 1 - std::pow(beta2, static_cast<double>(m_steps));
  const auto stepSize = static_cast<float>(learningRate / correction1), root2 = static_cast<float>(std::sqrt(correction2));
  const auto keep = static_cast<float>(1 - learningRate * m_weightDecay);
  for (std::size_t i = 0; i < values.values.size(); ++i) {
    const float g = gradient.values[i];
    float& m = first.values[i];
    float& v = second.values[i];
    m += (g - m) * new1;
    v = v * old2 + new2 * g * g;
    values.values[i] = values.values[i] * keep - stepSize * m / (std::sqrt(v) / root2 + 1e-8f);
  }
}

// Shazeer and Stern 2018 as the paper's T5X uses it for prompts: factored second moments, decay 1 - t^-0.8, update clipping at 1,
// no parameter scaling, no first moment. Weight decay as in transformers' Adafactor: values -= lr * decay * values.
void PromptOptimizer::adafactor(Matrix& values, const Matrix& gradient, Matrix& ofRows, Matrix& ofColumns, double learningRate) const {
  constexpr double epsilon = 1e-30, clipThreshold = 1.0;
  const std::int64_t rows = values.rows, columns = values.columns;
  const double keep = 1 - std::pow(static_cast<double>(m_steps), -0.8);
  std::vector<double> rowMean(static_cast<std::size_t>(rows)), columnMean(static_cast<std::size_t>(columns));
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) {
      const double g = gradient.row(i)[static_cast<std::size_t>(j)], square = g * g + epsilon;
      rowMean[static_cast<std::size_t>(i)] += square / static_cast<double>(columns);
      columnMean[static_cast<std::size_t>(j)] += square / static_cast<double>(rows);
    }
  double meanOfRows = 0;
  for (std::int64_t i = 0; i < rows; ++i) {
    float& mean = ofRows.values[static_cast<std::size_t>(i)];
    mean = static_cast<float>(keep * mean + (1 - keep) * rowMean[static_cast<std::size_t>(i)]);
    meanOfRows += mean / static_cast<double>(rows);
  }
  for (std::int64_t j = 0; j < columns; ++j) {
    float& mean = ofColumns.values[static_cast<std::size_t>(j)];
    mean = static_cast<float>(keep * mean + (1 - keep) * columnMean[static_cast<std::size_t>(j)]);
  }

  Matrix update(rows, columns);
  double squares = 0;
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) {
      const double variance =
          static_cast<double>(ofRows.values[static_cast<std::size_t>(i)]) / meanOfRows * ofColumns.values[static_cast<std::size_t>(j)];
      const double u = gradient.row(i)[static_cast<std::size_t>(j)] / std::sqrt(variance);
      update.row(i)[static_cast<std::size_t>(j)] = static_cast<float>(u);
      squares += u * u;
    }
  const double rms = std::sqrt(squares / static_cast<double>(rows * columns));
  const double scale = learningRate / std::max(1.0, rms / clipThreshold);
  for (std::size_t i = 0; i < values.values.size(); ++i)
    values.values[i] =
        static_cast<float>(values.values[i] * (1 - learningRate * m_weightDecay) - scale * static_cast<double>(update.values[i]));
}

}  // namespace incipit
