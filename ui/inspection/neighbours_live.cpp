// What the Neighbours panel computes, and when: one search at a time in the quick lane; while it runs, newer prompts wait, the newest wins.
#include "core/model/card/card.h"
#include "core/prompt/recipe.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/inspection/movement_strip.h"
#include "ui/inspection/neighbour_search.h"
#include "ui/inspection/neighbours_item_model.h"
#include "ui/inspection/neighbours_panel.h"
#include "ui/plots/empty_state.h"
#include "ui/steps/problem_strip.h"
#include "ui/workspace/start_of_run.h"
#include "ui/workspace/workspace.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QSpinBox>
#include <QStackedLayout>
#include <QTableView>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <numeric>
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
  NeighboursItemModel::Origin origin;
  std::shared_ptr<const SoftPrompt> start;
  if (prompt->recipe) {  // before training, the layout tells what the rows start as
    if (model->tokenizer)
      for (auto& row : layOut(*prompt->recipe, *model->tokenizer, model->card().vocabularySize).rows)
        origin.tokens.push_back(std::move(row.tokens));
    origin.drift.assign(static_cast<std::size_t>(prompt->prompt.length()), 0.0);
  } else if (start = m_start->of(*prompt); start) {
    origin = {m_start->tokens(), driftBetween(prompt->prompt, *start)};
  }
  if (m_finderOf != model) {
    m_finder = std::make_shared<NeighbourSearch>(model->frozen, model->tokenizer);
    m_finderOf = model;
  }
  NeighbourSearch::Wanted wanted;
  wanted.start = start;
  wanted.runFolder = prompt->runFolder;
  wanted.step = prompt->step;
  wanted.k = m_count->value();
  wanted.metric = Metric(m_metric->currentData().toInt());
  const auto examples = refreshFilter();
  wanted.wholeWords = m_wholeWords->isEnabled() && m_wholeWords->isChecked();
  wanted.noSpecial = m_noSpecial->isEnabled() && m_noSpecial->isChecked();
  if (m_seenOnly->isEnabled() && m_seenOnly->isChecked()) wanted.seenIn = examples;
  struct Found {
    NeighbourSearch::Found all;
    std::shared_ptr<const VocabularyIndex> index;
    std::vector<bool> among;
  };
  jobs.quick(
      QLatin1String(lane), this,
      [prompt, wanted, finder = m_finder](Job& job) mutable {
        wanted.prompt = &prompt->prompt;
        Found found{finder->find(wanted, job.stop()), finder->vocabulary(), finder->among()};
        return found;
      },
      [this, prompt, origin, model, examples](Found found) {
        if (model != m_workspace.model()) return m_compute.request();  // found for a model that is no longer open
        m_index = std::move(found.index);
        m_among = std::move(found.among);
        m_strip->clear();
        m_shown = prompt;
        NeighboursItemModel::Beside beside{
            std::move(found.all.chance), std::move(found.all.sinceStart), std::move(found.all.sinceLast), found.all.lastStep, {}};
        for (const auto& label : examples ? examples->classTokens : std::vector<std::vector<TokenId>>())
          if (!label.empty()) beside.labels.insert(label.front());
        m_model->show(std::move(found.all.neighbours), model->tokenizer, origin, std::move(beside));
        m_together->show(found.all.together, found.all.togetherChance, model->tokenizer.get());
        sayWhatIsShown();
        sayHowNear();
        if (m_showBaseline->isChecked()) showBaseline();
        if (m_stale) m_compute.request();
      },
      [this](const Problem& problem) { m_strip->show(problem); });
}

// A filter that cannot be applied (no tokenizer, no examples yet) is not ticked in vain: it waits, and the button says what is so.
std::shared_ptr<const Examples> NeighboursPanel::refreshFilter() {
  const auto model = m_workspace.model();
  const auto data = m_workspace.data();
  const bool tokens = model && model->tokenizer;
  auto examples = model && data && data->model == model ? data->training : nullptr;
  m_wholeWords->setEnabled(tokens);
  m_noSpecial->setEnabled(tokens);
  m_seenOnly->setEnabled(tokens && examples);
  const auto applies = [](const QAction* action) { return action->isEnabled() && action->isChecked(); };
  const bool any = applies(m_wholeWords) || applies(m_noSpecial) || applies(m_seenOnly);
  m_filter->setText(any ? tr("Some tokens") : tr("All tokens"));
  return examples;
}

// The timeline says which prompt is in view; while its neighbours are looked for, those shown are still another one's.
void NeighboursPanel::sayWhatIsShown() {
  const auto prompt = m_workspace.prompt();
  const bool live = m_shown && prompt && prompt->state == PromptState::Training && m_shown->state == PromptState::Training;
  const bool late = m_shown && prompt && m_shown != prompt && !live && m_shown->model == m_workspace.model();
  m_title->setVisible(late);
  if (late) m_title->setText(tr("Still of %1").arg(m_shown->title()));
}

// Of a search that names a token: which rows stand near it. Whole words first, as text has them.
void NeighboursPanel::sayHowNear() {
  m_howNear->hide();
  const auto sought = m_search->text().trimmed();
  if (sought.isEmpty() || !m_shown || !m_index || !m_finderOf || !m_finderOf->tokenizer) return;
  std::optional<TokenId> token;
  for (const auto& text : {QLatin1Char(' ') + sought, sought})
    if (const auto ids = m_finderOf->tokenizer->encode(text.toStdString(), SpecialTokens::Leave); !token && ids.size() == 1)
      token = ids.front();
  if (!token) return;
  m_workspace.jobs().quick(
      QStringLiteral("nearness"), this,
      [token = *token, prompt = m_shown, index = m_index, metric = m_model->neighbourhood().metric](Job&) {
        return nearnessOf(token, prompt->prompt, *index, metric);
      },
      [this, token = *token, prompt = m_shown, text = m_search->text()](std::vector<float> near) {
        if (prompt != m_shown || text != m_search->text() || near.empty()) return;
        std::vector<std::size_t> order(near.size());
        std::iota(order.begin(), order.end(), std::size_t(0));
        const bool far = m_model->neighbourhood().metric == Metric::Euclidean;
        std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return far ? near[a] < near[b] : near[a] > near[b]; });
        const auto said = [](float score) { return QLocale().toString(score, 'f', 2); };
        QStringList rows;
        for (std::size_t i = 0; i < std::min<std::size_t>(3, order.size()); ++i)
          rows << tr("%1 (%2)").arg(order[i] + 1).arg(said(near[order[i]]));
        m_howNear->setText(
            tr("%1 is nearest to rows %2; the median row has %3.")
                .arg(chipOf(*m_finderOf->tokenizer, token).text, rows.join(QStringLiteral(", ")), said(near[order[order.size() / 2]])));
        m_howNear->show();
      });
}

void NeighboursPanel::showBaseline() {
  const bool on = m_showBaseline->isChecked();
  m_baselineView.table->setVisible(on);
  m_baselineHelp->setVisible(on);
  if (!on || !m_index) return;
  const auto& shown = m_model->neighbourhood();
  const auto rows = static_cast<std::int64_t>(shown.rows.size());
  const auto& there = m_baseline->neighbourhood();
  if (m_baselineOf == m_index && m_baselineAmong == m_among && there.metric == shown.metric && there.rows.size() == shown.rows.size() &&
      m_baseline->neighbours() == m_model->neighbours())
    return;
  m_workspace.jobs().quick(
      QLatin1String(baselineLane), this,
      [rows, index = m_index, metric = shown.metric, k = m_model->neighbours(), among = m_among](Job& job) {
        return randomBaseline(rows, baselineSeed, *index, k, metric, job.stop(), among);
      },
      [this, index = m_index, among = m_among, tokenizer = m_finderOf->tokenizer](Neighbourhood found) {
        if (index != m_index || among != m_among) return;
        m_baselineOf = index;
        m_baselineAmong = among;
        m_baseline->show(std::move(found), tokenizer, {});
      },
      [this](const Problem& problem) { m_strip->show(problem); });
}

}  // namespace incipit::ui
