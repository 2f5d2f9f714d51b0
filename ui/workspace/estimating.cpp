// What the next run takes, before it starts.
#include "core/model/frozen_model.h"
#include "core/support/compute.h"
#include "core/tokenizer/tokenizer.h"
#include "core/training/measure.h"
#include "ui/settings/settings.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

namespace incipit::ui {
namespace {

constexpr auto purpose = "estimate";

}  // namespace

std::string Workspace::speedKey() const {
  if (!m_model) return {};
  return m_model->fingerprint + '-' + std::string(nameOf(m_model->frozen->precision())) + '-' + m_model->frozen->device() + '-' +
         std::to_string(m_plan.threads > 0 ? m_plan.threads : physicalCores());
}

std::optional<double> Workspace::secondsFor(double work) const {
  const auto key = speedKey();
  if (key.empty()) return {};
  const double speed = m_speed.first == key ? m_speed.second : settings::speed(toText(key));
  return speed > 0 ? std::optional(work * speed) : std::nullopt;
}

std::optional<RunEstimate> Workspace::estimate() const {
  if (!m_model || !m_data || !m_data->training || m_data->training->items.empty()) return {};
  auto plan = m_plan;
  plan.numVirtualTokens = recipe().length;
  settleValidation(plan, *m_data->training, m_data->validation.get());
  return estimateRun(plan, *m_model->frozen, *m_data->training, m_data->validation.get());
}

bool Workspace::measuring() const { return m_jobs.busy(QLatin1String(purpose)); }
void Workspace::cancelMeasuring() { m_jobs.cancel(QLatin1String(purpose)); }

void Workspace::measureSpeed() {
  const auto now = estimate();
  if (!now || training() || !blockers().isEmpty()) return;
  auto plan = m_plan;
  plan.numVirtualTokens = recipe().length;
  plan.steps = 3;
  plan.epochs = plan.earlyStoppingPatience = plan.scheduleSteps = 0;
  plan.warmupSteps = 0;
  m_jobs.quick(
      QLatin1String(purpose), this,
      [plan, model = m_model, data = m_data](Job& job) { return measureSteps(plan, model->frozen, data->training, job.stop()); },
      [this, key = speedKey(), work = now->workOfStep](const StepSpeed& speed) {
        if (speed.steps == 0 || work <= 0) return;
        m_speed = {key, speed.secondsPerStep / work};
        settings::setSpeed(toText(key), m_speed.second);
        emit planChanged();  // what stands about its cost
      },
      [this](const Problem& problem) { emit problemFound(Step::Training, problem); });
}

}  // namespace incipit::ui
