#include "core/training/steadiness.h"

#include "core/model/frozen_model.h"
#include "core/prompt/row_scale.h"
#include "core/support/random.h"
#include "core/training/vocabulary_scale.h"

#include <cmath>

namespace incipit {

Steadiness::Steadiness(const TrainingPlan& plan, const SoftPrompt& start, const FrozenModel& model) : m_plan(plan), m_start(start.rows) {
  if (plan.promptNoise <= 0 && plan.readableRadius <= 0) return;
  const VocabularyScale scale = vocabularyScale(model);
  const double factor = 1 / entryFactor(start, model.card());  // in the prompt's own convention
  m_deviation = factor * scale.deviation;
  m_medianNorm = factor * scale.median;
}

SoftPrompt Steadiness::read(const SoftPrompt& prompt, std::int64_t step) {
  SoftPrompt disturbed = prompt;
  // A step's own dice: the golden ratio keeps neighbouring steps apart.
  Random random(m_plan.seed + 0x9E3779B97F4A7C15ULL * static_cast<std::uint64_t>(step));
  m_dropped.assign(static_cast<std::size_t>(prompt.length()), false);
  const auto noise = static_cast<float>(m_plan.promptNoise * m_deviation);
  for (std::int64_t row = 0; row < prompt.length(); ++row) {
    const bool dropped = m_plan.rowDropout > 0 && random.uniform() < m_plan.rowDropout;
    m_dropped[static_cast<std::size_t>(row)] = dropped;
    for (float& value : disturbed.rows.row(row))
      value = dropped ? 0 : noise > 0 ? value + noise * static_cast<float>(random.normal()) : value;
  }
  return disturbed;
}

void Steadiness::correct(Matrix& gradient, const Matrix& rows) const {
  for (std::size_t row = 0; row < m_dropped.size(); ++row)
    if (m_dropped[row])
      for (float& value : gradient.row(static_cast<std::int64_t>(row)))
        value = 0;
  if (m_plan.pull <= 0) return;
  const auto pull = static_cast<float>(m_plan.pull);
  for (std::size_t i = 0; i < gradient.values.size(); ++i)
    gradient.values[i] += pull * (rows.values[i] - m_start.values[i]);
}

void Steadiness::restrain(Matrix& rows) const {
  if (m_plan.readableRadius <= 0) return;
  const double radius = m_plan.readableRadius * m_medianNorm;
  for (std::int64_t row = 0; row < rows.rows; ++row) {
    const auto now = rows.row(row);
    const auto start = m_start.row(row);
    double squares = 0;
    for (std::size_t i = 0; i < now.size(); ++i)
      squares += (static_cast<double>(now[i]) - start[i]) * (static_cast<double>(now[i]) - start[i]);
    const double distance = std::sqrt(squares);
    if (distance <= radius) continue;
    const auto kept = static_cast<float>(radius / distance);
    for (std::size_t i = 0; i < now.size(); ++i)
      now[i] = start[i] + kept * (now[i] - start[i]);
  }
}

}  // namespace incipit
