// Shazeer and Stern 2018 as the paper's T5X uses it for prompts: factored second moments, decay 1 - t^-0.8, update clipping at 1, no
// parameter scaling, no first moment. Weight decay as in transformers' Adafactor: values -= rate * decay * values.
#include "core/training/optimizers/update_rule.h"

#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

constexpr double epsilon = 1e-30, clipThreshold = 1.0;

class Adafactor : public UpdateRule {
 public:
  explicit Adafactor(double weightDecay) : m_weightDecay(weightDecay) {}

  // The mean squares of rows and of columns.
  std::vector<Matrix> memoryFor(const Matrix& part) const override { return {Matrix(part.rows, 1), Matrix(1, part.columns)}; }

  void update(Matrix& values, const Matrix& gradient, std::span<Matrix> memory, double learningRate, std::int64_t step) const override {
    remember(gradient, memory[0], memory[1], 1 - std::pow(static_cast<double>(step), -0.8));
    const Matrix change = unclipped(gradient, memory[0], memory[1]);
    double squares = 0;
    for (const float u : change.values)
      squares += static_cast<double>(u) * u;
    const double rms = std::sqrt(squares / static_cast<double>(change.values.size()));
    const double scale = learningRate / std::max(1.0, rms / clipThreshold);
    for (std::size_t i = 0; i < values.values.size(); ++i)
      values.values[i] =
          static_cast<float>(values.values[i] * (1 - learningRate * m_weightDecay) - scale * static_cast<double>(change.values[i]));
  }

 private:
  static void remember(const Matrix& gradient, Matrix& ofRows, Matrix& ofColumns, double keep) {
    const std::int64_t rows = gradient.rows, columns = gradient.columns;
    std::vector<double> rowMean(static_cast<std::size_t>(rows)), columnMean(static_cast<std::size_t>(columns));
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t j = 0; j < columns; ++j) {
        const double g = gradient.row(i)[static_cast<std::size_t>(j)], square = g * g + epsilon;
        rowMean[static_cast<std::size_t>(i)] += square / static_cast<double>(columns);
        columnMean[static_cast<std::size_t>(j)] += square / static_cast<double>(rows);
      }
    const auto blend = [keep](Matrix& kept, const std::vector<double>& mean) {
      for (std::size_t i = 0; i < mean.size(); ++i)
        kept.values[i] = static_cast<float>(keep * kept.values[i] + (1 - keep) * mean[i]);
    };
    blend(ofRows, rowMean);
    blend(ofColumns, columnMean);
  }

  // The gradient over the root of its second moment, which is an outer product of the two means.
  static Matrix unclipped(const Matrix& gradient, const Matrix& ofRows, const Matrix& ofColumns) {
    double meanOfRows = 0;
    for (const float mean : ofRows.values)
      meanOfRows += mean / static_cast<double>(ofRows.rows);
    Matrix change(gradient.rows, gradient.columns);
    for (std::int64_t i = 0; i < gradient.rows; ++i)
      for (std::int64_t j = 0; j < gradient.columns; ++j) {
        const auto column = static_cast<std::size_t>(j);
        const double variance = static_cast<double>(ofRows.values[static_cast<std::size_t>(i)]) / meanOfRows * ofColumns.values[column];
        change.row(i)[column] = static_cast<float>(gradient.row(i)[column] / std::sqrt(variance));
      }
    return change;
  }

  double m_weightDecay;
};

}  // namespace

UpdateRulePointer makeAdafactor(double weightDecay) { return std::make_unique<Adafactor>(weightDecay); }

}  // namespace incipit
