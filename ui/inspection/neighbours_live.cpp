// What the Neighbours panel computes, and when: one search at a time in the quick lane; while it runs, newer prompts wait, the newest wins.
#include "core/model/frozen_model.h"
#include "core/prompt/recipe.h"
#include "core/runs/run_folder.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/inspection/neighbours_item_model.h"
#include "ui/inspection/neighbours_panel.h"
#include "ui/plots/empty_state.h"
#include "ui/steps/problem_strip.h"
#include "ui/workspace/workspace.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QStackedLayout>

#include <cmath>

namespace incipit::ui {
namespace {

constexpr auto lane = "neighbours", baselineLane = "baseline", snapshotLane = "snapshot";
constexpr std::uint64_t baselineSeed = 2021;

}  // namespace

void NeighboursPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  m_compute.request();
}

// The start is made from the same recipe and seed as the run's, so it is the same to the last bit.
void NeighboursPanel::beginRun() {
  m_start = {};
  m_startTokens.clear();
  m_steps.clear();
  m_snapshotRow->hide();
  if (!m_workspace.model() || !m_workspace.runRecipe()) return;
  const auto recipe = *m_workspace.runRecipe();
  if (m_workspace.tokenizer()) {
    for (auto& row : layOut(recipe, *m_workspace.tokenizer(), m_workspace.model()->card().vocabularySize).rows)
      m_startTokens.push_back(std::move(row.tokens));
  }
  m_workspace.jobs().quick(
      QStringLiteral("drift"), this,
      [recipe, model = m_workspace.model(), tokenizer = m_workspace.tokenizer()](Job&) {
        return makePrompt(recipe, *model, tokenizer.get());
      },
      [this](SoftPrompt start) {
        m_start = std::move(start);
        m_compute.request();
      });
}

void NeighboursPanel::compute() {
  const auto& prompt = m_workspace.prompt();
  const bool fits = m_workspace.model() && !prompt.empty() && prompt.width() == m_workspace.model()->card().hiddenSize;
  m_stack->setCurrentIndex(fits ? 1 : 0);
  if (!fits || !isVisible()) return;
  if (m_snapshotRow->isVisible() && m_snapshots->value() < m_snapshots->maximum()) return showSnapshot(m_snapshots->value());
  computeNow(prompt, m_workspace.promptTitle());
}

void NeighboursPanel::computeNow(const SoftPrompt& prompt, const QString& title) {
  auto& jobs = m_workspace.jobs();
  if (jobs.busy(QLatin1String(lane))) {
    m_stale = true;
    return;
  }
  m_stale = false;
  struct Found {
    std::shared_ptr<const VocabularyIndex> index;
    Neighbourhood neighbours;
  };
  auto drift = driftOf(prompt);
  // Before training, the layout tells what the rows will start as.
  auto tokens = m_startTokens;
  if (m_workspace.promptState() == PromptState::Starting && m_workspace.tokenizer()) {
    tokens.clear();
    for (auto& row : layOut(m_workspace.recipe(), *m_workspace.tokenizer(), m_workspace.model()->card().vocabularySize).rows)
      tokens.push_back(std::move(row.tokens));
    drift.assign(static_cast<std::size_t>(prompt.length()), 0.0);
  }
  const auto metric = Metric(m_metric->currentData().toInt());
  const auto known = m_indexed == m_workspace.model() ? m_index : nullptr;
  jobs.quick(
      QLatin1String(lane), this,
      [prompt, metric, known, k = m_count->value(), model = m_workspace.model()](Job& job) {
        Found found;
        found.index = known ? known : indexVocabulary(model);
        found.neighbours = nearestTokens(prompt, *found.index, k, metric, job.stop());
        return found;
      },
      [this, title, tokens, drift, model = m_workspace.model(), tokenizer = m_workspace.tokenizer()](Found found) {
        m_index = std::move(found.index);
        m_indexed = model;
        m_strip->clear();
        m_title->setText(tr("Shown: %1").arg(title));
        m_model->show(std::move(found.neighbours), tokenizer, {tokens, drift});
        if (m_showBaseline->isChecked()) showBaseline();
        if (m_stale) m_compute.request();
      },
      [this](const Problem& problem) { m_strip->show(problem); });
}

void NeighboursPanel::showBaseline() {
  const bool on = m_showBaseline->isChecked();
  m_baselineSide->setVisible(on);
  if (!on || !m_index) return;
  const auto& shown = m_model->neighbourhood();
  const auto rows = static_cast<std::int64_t>(shown.rows.size());
  const auto& there = m_baseline->neighbourhood();
  if (there.metric == shown.metric && there.rows.size() == shown.rows.size() && m_baseline->neighbours() == m_model->neighbours()) return;
  m_workspace.jobs().quick(
      QLatin1String(baselineLane), this,
      [rows, index = m_index, metric = shown.metric, k = m_model->neighbours()](Job& job) {
        return randomBaseline(rows, baselineSeed, *index, k, metric, job.stop());
      },
      [this, tokenizer = m_workspace.tokenizer()](Neighbourhood found) { m_baseline->show(std::move(found), tokenizer, {}); },
      [this](const Problem& problem) { m_strip->show(problem); });
}

std::vector<double> NeighboursPanel::driftOf(const SoftPrompt& prompt) const {
  std::vector<double> drift;
  if (m_start.length() != prompt.length() || m_start.width() != prompt.width()) return drift;
  for (std::int64_t row = 0; row < prompt.length(); ++row) {
    const auto here = prompt.rows.row(row), there = m_start.rows.row(row);
    double sum = 0;
    for (std::size_t i = 0; i < here.size(); ++i)
      sum += std::pow(static_cast<double>(here[i]) - there[i], 2);
    drift.push_back(std::sqrt(sum));
  }
  return drift;
}

// The run has ended (or an old one was opened): its stored prompts can be walked through.
void NeighboursPanel::fillSnapshots() {
  m_steps.clear();
  try {
    if (!m_workspace.runFolder().empty()) m_steps = snapshotSteps(m_workspace.runFolder());
  } catch (const std::exception&) {
    m_steps.clear();  // a run without snapshots has nothing to walk through
  }
  const QSignalBlocker quiet(m_snapshots);
  m_snapshots->setRange(0, static_cast<int>(m_steps.size()));
  m_snapshots->setValue(m_snapshots->maximum());
  m_snapshotRow->setVisible(m_steps.size() > 1);
}

void NeighboursPanel::showSnapshot(int place) {
  if (place < 0 || place >= static_cast<int>(m_steps.size())) return m_compute.request();
  const auto step = m_steps[static_cast<std::size_t>(place)];
  m_workspace.jobs().quick(
      QLatin1String(snapshotLane), this, [step, folder = m_workspace.runFolder()](Job&) { return readSnapshot(folder, step); },
      [this, step](SoftPrompt prompt) { computeNow(prompt, tr("step %1 of %2").arg(step).arg(m_workspace.runName())); },
      [this](const Problem& problem) { m_strip->show(problem); });
}

}  // namespace incipit::ui
