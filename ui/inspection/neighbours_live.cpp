// What the Neighbours panel computes, and when: one search at a time in the quick lane; while it runs, newer prompts wait, the newest wins.
#include "core/model/card/card.h"
#include "core/prompt/recipe.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/inspection/neighbours_item_model.h"
#include "ui/inspection/neighbours_panel.h"
#include "ui/plots/empty_state.h"
#include "ui/steps/problem_strip.h"
#include "ui/workspace/start_of_run.h"
#include "ui/workspace/workspace.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QSpinBox>
#include <QStackedLayout>
#include <QTableView>

#include <algorithm>
#include <cmath>
#include <utility>

namespace incipit::ui {
namespace {

constexpr auto lane = "neighbours", baselineLane = "baseline";
constexpr std::uint64_t baselineSeed = 2021;

std::vector<double> driftBetween(const SoftPrompt& prompt, const SoftPrompt& start) {
  std::vector<double> drift;
  for (std::int64_t row = 0; row < prompt.length(); ++row) {
    const auto here = prompt.rows.row(row), there = start.rows.row(row);
    double sum = 0;
    for (std::size_t i = 0; i < here.size(); ++i)
      sum += std::pow(static_cast<double>(here[i]) - there[i], 2);
    drift.push_back(std::sqrt(sum));
  }
  return drift;
}

}  // namespace

void NeighboursPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  m_compute.request();
}

void NeighboursPanel::compute() {
  const auto prompt = m_workspace.prompt();
  const auto model = m_workspace.model();
  m_stack->setCurrentIndex(model && prompt ? 1 : 0);
  if (!model) {
    m_empty->setTexts(tr("No model yet"),
                      tr("The nearest vocabulary tokens of every virtual token stand here as soon as a model is open, and "
                         "change live while the prompt is trained."));
  } else if (!prompt) {
    const auto blockers = m_workspace.blockers();
    const auto why = std::ranges::find(blockers, Step::Prompt, &Blocker::step);
    m_empty->setTexts(tr("No prompt yet"), why == blockers.end() ? tr("The prompt is being made.") : why->sentence);
  }
  if (model && prompt && isVisible()) computeNow(prompt, model);
}

void NeighboursPanel::computeNow(const std::shared_ptr<const PromptInView>& prompt, const std::shared_ptr<const OpenModel>& model) {
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
  NeighboursItemModel::Origin origin;
  if (prompt->recipe) {  // before training, the layout tells what the rows start as
    if (model->tokenizer)
      for (auto& row : layOut(*prompt->recipe, *model->tokenizer, model->card().vocabularySize).rows)
        origin.tokens.push_back(std::move(row.tokens));
    origin.drift.assign(static_cast<std::size_t>(prompt->prompt.length()), 0.0);
  } else if (const auto start = m_start->of(*prompt)) {
    origin = {m_start->tokens(), driftBetween(prompt->prompt, *start)};
  }
  const auto metric = Metric(m_metric->currentData().toInt());
  const auto known = m_indexed == model ? m_index : nullptr;
  jobs.quick(
      QLatin1String(lane), this,
      [prompt, metric, known, k = m_count->value(), model](Job& job) {
        Found found;
        found.index = known ? known : indexVocabulary(model->frozen);
        found.neighbours = nearestTokens(prompt->prompt, *found.index, k, metric, job.stop());
        return found;
      },
      [this, prompt, origin, model](Found found) {
        if (model != m_workspace.model()) return m_compute.request();  // found for a model that is no longer open
        m_index = std::move(found.index);
        m_indexed = model;
        m_strip->clear();
        m_shown = prompt;
        m_model->show(std::move(found.neighbours), model->tokenizer, origin);
        sayWhatIsShown();
        if (m_showBaseline->isChecked()) showBaseline();
        if (m_stale) m_compute.request();
      },
      [this](const Problem& problem) { m_strip->show(problem); });
}

// The timeline says which prompt is in view; while its neighbours are looked for, those shown are still another one's.
void NeighboursPanel::sayWhatIsShown() {
  const auto prompt = m_workspace.prompt();
  const bool live = m_shown && prompt && prompt->state == PromptState::Training && m_shown->state == PromptState::Training;
  const bool late = m_shown && prompt && m_shown != prompt && !live && m_shown->model == m_workspace.model();
  m_title->setVisible(late);
  if (late) m_title->setText(tr("Still of %1").arg(m_shown->title()));
}

void NeighboursPanel::showBaseline() {
  const bool on = m_showBaseline->isChecked();
  m_baselineView.table->setVisible(on);
  m_baselineHelp->setVisible(on);
  if (!on || !m_index) return;
  const auto& shown = m_model->neighbourhood();
  const auto rows = static_cast<std::int64_t>(shown.rows.size());
  const auto& there = m_baseline->neighbourhood();
  if (m_baselineOf == m_index && there.metric == shown.metric && there.rows.size() == shown.rows.size() &&
      m_baseline->neighbours() == m_model->neighbours())
    return;
  m_workspace.jobs().quick(
      QLatin1String(baselineLane), this,
      [rows, index = m_index, metric = shown.metric, k = m_model->neighbours()](Job& job) {
        return randomBaseline(rows, baselineSeed, *index, k, metric, job.stop());
      },
      [this, index = m_index, tokenizer = m_indexed->tokenizer](Neighbourhood found) {
        if (index != m_index) return;
        m_baselineOf = index;
        m_baseline->show(std::move(found), tokenizer, {});
      },
      [this](const Problem& problem) { m_strip->show(problem); });
}

}  // namespace incipit::ui
