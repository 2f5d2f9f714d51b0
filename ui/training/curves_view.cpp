#include "ui/training/curves_view.h"

#include "ui/plots/curve_plot.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/training/baseline_strip.h"
#include "ui/training/coach_strip.h"
#include "ui/training/run_card.h"
#include "ui/workspace/workspace.h"

#include <QEvent>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace incipit::ui {

CurvesView::CurvesView(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_card(new RunCard(workspace, this)), m_coach(new CoachStrip(workspace, this)),
      m_baselines(new BaselineStrip(workspace, this)), m_plot(new CurvePlot(tr("Step"), this)) {
  setProperty("helpPage", QStringLiteral("training"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(m_card);
  layout->addWidget(m_coach);
  layout->addWidget(m_baselines);
  layout->addWidget(m_plot, 1);

  const int loss = m_lossPanel = m_plot->addPanel(tr("Loss"), tr("nats per token"), 5, CurvePlot::Scale::MayBeLogarithmic);
  m_accuracyPanel = m_plot->addPanel(tr("Accuracy"), tr("of the validation examples"), 3, CurvePlot::Scale::Share);
  m_neutralPanel = m_plot->addPanel(tr("Neutral text"), tr("nats per token: what the prompt does beside its task"), 2);
  const int rate = m_ratePanel = m_plot->addPanel(tr("Learning rate"), {}, 2);
  const int gradient = m_gradientPanel =
      m_plot->addPanel(tr("Gradient norm"), tr("before clipping"), 2, CurvePlot::Scale::MayBeLogarithmic);
  m_loss = m_plot->addCurve(loss, tr("batch"), Hue::Blue, Stroke::Thin);
  m_plot->addSmoothed(m_loss, tr("smoothed"));
  m_validation = m_plot->addCurve(loss, tr("validation"), Hue::Vermillion, Stroke::Dots);
  m_labelLoss = m_plot->addCurve(loss, tr("validation, labels alone"), Hue::Orange, Stroke::Dots);
  m_accuracy = m_plot->addCurve(m_accuracyPanel, tr("accuracy"), Hue::Vermillion, Stroke::Dots);
  m_neutral = m_plot->addCurve(m_neutralPanel, tr("with the prompt"), Hue::Vermillion, Stroke::Dots);
  m_bareNeutral = m_plot->addCurve(m_neutralPanel, {}, Hue::Green, Stroke::Level);
  m_rate = m_plot->addCurve(rate, tr("rate"), Hue::Green, Stroke::Bold);
  m_gradient = m_plot->addCurve(gradient, tr("batch"), Hue::Purple, Stroke::Thin);
  m_plot->addSmoothed(m_gradient, tr("smoothed"));
  for (const auto& [name, colour] : std::initializer_list<std::pair<const char*, Hue>>{{"bare_model", Hue::Green},
                                                                                       {"start_text", Hue::Sky},
                                                                                       {"few_shot", Hue::Purple},
                                                                                       {"majority_class", Hue::Blue},
                                                                                       {"linear_probe", Hue::Orange}})
    m_levels.push_back(
        {name, m_plot->addCurve(loss, {}, colour, Stroke::Level), m_plot->addCurve(m_accuracyPanel, {}, colour, Stroke::Level)});
  connect(m_baselines, &BaselineStrip::figuresChanged, this, &CurvesView::drawBaselines);
  m_plot->setEmptyTexts(tr("No run yet"), tr("Press Train and the loss falls here, live: each batch thin, the trend bold, the validation "
                                             "data as dots. An old run appears when you drop its folder on the window."));
  m_plot->installEventFilter(this);
  begin();
  connect(&workspace, &Workspace::runStarted, this, &CurvesView::begin);
  connect(&workspace, &Workspace::trainingEvent, this, &CurvesView::follow);
}

bool CurvesView::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_plot && event->type() == QEvent::Resize) makeRoom();
  return QWidget::eventFilter(watched, event);
}

// Where there is no room for all panels, those that can be read are better.
void CurvesView::makeRoom() {
  const int needed = m_forgets ? grid * 56 : grid * 40;
  for (const int panel : {m_ratePanel, m_gradientPanel})
    m_plot->setPanelVisible(panel, m_plot->height() >= needed);
  m_plot->setPanelVisible(m_neutralPanel, m_forgets && m_plot->height() >= grid * 24);
}

// One truth about the step: what the end of the run says, not the last that looked best.
void CurvesView::markKept(const Summary& summary) {
  m_plot->setMark(static_cast<double>(summary.bestStep), tr("kept, step %1").arg(grouped(summary.bestStep)));
}

// The lines that the curves are to cross. Where labels are words, their own loss is what can be compared: nobody has taught the bare model
// to stop behind one.
void CurvesView::drawBaselines() {
  for (const auto& level : m_levels) {
    const auto& figures = m_baselines->figures();
    const auto found = std::ranges::find(figures, level.name, &BaselineFigures::name);
    if (found == figures.end()) {
      m_plot->setLevel(level.loss, {}, {});
      m_plot->setLevel(level.accuracy, {}, {});
      continue;
    }
    const auto name = baselineName(*found);
    const bool alone = found->labelLoss && !m_byTheHead;
    m_plot->setLevel(level.loss, alone ? found->labelLoss : found->loss, alone ? tr("%1, labels").arg(name) : name);
    m_plot->setLevel(level.accuracy, found->accuracy, name);
  }
}

void CurvesView::begin() {
  m_coach->begin();
  m_plot->clear();
  const auto run = m_workspace.run();
  if (run && m_workspace.training())
    m_plot->setEmptyTexts(tr("Run %1 has begun").arg(run->name),
                          !isValidated(run->plan)
                              ? tr("The first step is on its way.")
                              : tr("First the prompt is validated as it starts; the bar above says how long. Then the loss "
                                   "falls here, live."));
  m_plot->setPanelVisible(m_accuracyPanel, false);
  m_forgets = false;
  makeRoom();
}

void CurvesView::follow(const TrainingEvent& event) {
  m_coach->follow(event);
  if (const auto* started = std::get_if<Started>(&event)) {
    // A head is judged by the text, words by the token.
    const auto run = m_workspace.run();
    m_byTheHead = run && (run->plan.taskType == PromptTask::SeqCls ||
                          (run->isOf(m_workspace.model()) && m_workspace.model()->reading() == Reading::TextAndClass));
    m_plot->setUnit(m_lossPanel, m_byTheHead ? tr("nats per text") : tr("nats per token"));
    m_plot->truncateFrom(static_cast<double>(started->firstStep));  // gone on from a checkpoint: those steps come again
  } else if (const auto* stepped = std::get_if<Stepped>(&event)) {
    const auto step = static_cast<double>(stepped->step);
    m_plot->append(m_loss, step, stepped->loss);
    m_plot->append(m_rate, step, stepped->learningRate);
    m_plot->append(m_gradient, step, stepped->gradNorm);
  } else if (const auto* evaluated = std::get_if<Evaluated>(&event)) {
    if (evaluated->whole) return;  // the last judgement goes back to an earlier step; the end says its figure
    const auto step = static_cast<double>(evaluated->step);
    m_plot->append(m_validation, step, evaluated->loss);
    if (evaluated->labelLoss && !m_byTheHead) m_plot->append(m_labelLoss, step, *evaluated->labelLoss);
    if (evaluated->accuracy) {
      m_plot->setPanelVisible(m_accuracyPanel, true);
      m_plot->append(m_accuracy, step, *evaluated->accuracy);
    }
    if (evaluated->neutralLoss) {
      if (!std::exchange(m_forgets, true)) makeRoom();
      m_plot->append(m_neutral, step, *evaluated->neutralLoss);
      m_plot->setLevel(m_bareNeutral, evaluated->bareNeutralLoss, tr("bare model"));
    }
    if (evaluated->best) m_plot->setMark(step, tr("best so far, step %1").arg(grouped(evaluated->step)));
  } else if (const auto* finished = std::get_if<Finished>(&event)) {
    markKept(finished->summary);
  } else if (const auto* stopped = std::get_if<Stopped>(&event)) {
    markKept(stopped->summary);
  }
}

}  // namespace incipit::ui
