#include "ui/window/run_bar.h"

#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"
#include "ui/training/sweep_dialog.h"
#include "ui/window/changes_button.h"
#include "ui/window/jobs_button.h"
#include "ui/window/queue_button.h"
#include "ui/workspace/workspace.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

namespace incipit::ui {
namespace {

// Wide enough for its longest text, so that nothing beside it moves while numbers run.
QLabel* numberLabel(const QString& longest, QWidget* parent) {
  auto* label = new QLabel(parent);
  label->setFont(tabularDigits(label->font()));
  label->setMinimumWidth(label->fontMetrics().horizontalAdvance(longest));
  return label;
}

// Gives way where the bar is narrow: its text ends in dots, and the tooltip says it whole.
class Yielding : public QLabel {
 public:
  using QLabel::QLabel;
  QSize minimumSizeHint() const override { return {0, QLabel::minimumSizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setPen(muted(palette()));
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter, fontMetrics().elidedText(text(), Qt::ElideRight, width()));
  }
};

// What stands beside the buttons. Where the bar is too narrow for all of it, some of it gives way, in an order: a tool bar by itself
// would hide everything.
class Middle : public QWidget {
 public:
  using QWidget::QWidget;
  void letGiveWay(std::initializer_list<QWidget*> widgets) {
    for (auto* widget : widgets)
      m_order.push_back({widget, widget->minimumWidth()});
  }
  QSize minimumSizeHint() const override { return {grid * 16, QWidget::minimumSizeHint().height()}; }

 protected:
  bool event(QEvent* event) override {
    if (event->type() == QEvent::LayoutRequest || event->type() == QEvent::Resize) arrange();
    return QWidget::event(event);
  }

 private:
  void arrange() {
    const auto margins = layout()->contentsMargins();
    int needed = margins.left() + margins.right() - layout()->spacing();
    const auto least = [this](QWidget* child) {
      const auto known = std::ranges::find(m_order, child, &Yields::widget);
      return std::max(known == m_order.end() ? child->minimumWidth() : known->width, child->minimumSizeHint().width());
    };
    for (auto* child : findChildren<QWidget*>(Qt::FindDirectChildrenOnly))
      if (!child->isHidden()) needed += least(child) + layout()->spacing();
    for (const auto& [widget, itsWidth] : m_order) {
      if (widget->isHidden()) continue;
      const bool away = needed > width();
      if (away) needed -= least(widget);
      if ((widget->maximumWidth() == 0) == away) continue;
      widget->setMinimumWidth(away ? 0 : itsWidth);
      widget->setMaximumWidth(away ? 0 : QWIDGETSIZE_MAX);
    }
  }

  struct Yields {
    QWidget* widget;
    int width;  // that it has at least where there is room
  };
  std::vector<Yields> m_order;
};

}  // namespace

RunBar::RunBar(Workspace& workspace, QWidget* parent) : QToolBar(tr("Run"), parent), m_workspace(workspace) {
  setObjectName(QStringLiteral("runBar"));
  setMovable(false);
  setContextMenuPolicy(Qt::PreventContextMenu);
  m_train = new QPushButton(tr("Train"), this);
  m_train->setProperty("primary", true);
  m_train->setObjectName(QStringLiteral("train"));
  connect(m_train, &QPushButton::clicked, this, &RunBar::pressTrain);
  m_more = new QToolButton(this);
  m_more->setObjectName(QStringLiteral("trainMore"));
  m_more->setAutoRaise(true);
  m_more->setPopupMode(QToolButton::InstantPopup);
  m_more->setToolTip(tr("Train with several seeds, or sweep over settings"));
  m_more->setAccessibleName(tr("More ways to train"));
  m_more->setMenu(new QMenu(m_more));
  connect(m_more->menu(), &QMenu::aboutToShow, this, &RunBar::fillMenu);
  m_stop = new QPushButton(tr("Stop"), this);
  m_stop->setProperty("plain", true);
  m_stop->setObjectName(QStringLiteral("stop"));
  connect(m_stop, &QPushButton::clicked, &m_workspace, &Workspace::stopTraining);

  auto* middle = new Middle(this);
  auto* row = new QHBoxLayout(middle);
  row->setContentsMargins(grid, 0, grid, 0);
  row->setSpacing(grid * 2);
  m_name = new QLabel(middle);
  m_name->setTextFormat(Qt::PlainText);
  m_name->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_progress = new QProgressBar(middle);
  m_progress->setTextVisible(false);
  m_progress->setFixedHeight(grid);
  m_progress->setMinimumWidth(grid * 8);
  m_progress->setAccessibleName(tr("Progress of the run"));
  m_count = numberLabel({}, middle);
  m_rate = numberLabel(QStringLiteral("100.0 steps/s"), middle);
  m_left = numberLabel(tr("%1 left").arg(QStringLiteral("10 h 50 min")), middle);
  m_source = new Yielding(middle);  // whatever is open by now, this is what the run is of
  m_source->setTextFormat(Qt::PlainText);
  row->addWidget(new ChangesButton(m_workspace, middle));
  row->addWidget(new QueueButton(m_workspace, middle));
  row->addWidget(new JobsButton(m_workspace.jobs(), middle));
  row->addWidget(m_name);
  row->addWidget(m_source);
  row->addWidget(m_progress, 1);
  for (auto* label : {m_count, m_rate, m_left})
    row->addWidget(label);
  middle->letGiveWay({m_rate, m_name, m_left});
  middle->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);

  m_help = new QToolButton(this);
  m_help->setAutoRaise(true);
  m_help->setToolTip(tr("Help (F1)"));
  m_help->setAccessibleName(tr("Help"));
  connect(m_help, &QToolButton::clicked, this, &RunBar::helpWanted);
  addWidget(m_train);
  addWidget(m_more);
  addWidget(m_stop);
  addWidget(middle);
  addWidget(m_help);

  connect(&m_workspace, &Workspace::statusChanged, this, &RunBar::refresh);
  connect(&m_workspace, &Workspace::runStarted, this, &RunBar::begin);
  connect(&m_workspace, &Workspace::trainingEvent, this, &RunBar::follow);
  connect(&m_workspace, &Workspace::runEnded, this, &RunBar::end);
  recolour();
  begin();
}

void RunBar::pressTrain() {
  if (!m_workspace.blockers().isEmpty())
    emit blockedTrainPressed();
  else if (m_workspace.training())
    m_workspace.putInLine();
  else
    m_workspace.startTraining();
}

// What else the plan can be started as.
void RunBar::fillMenu() {
  auto* menu = m_more->menu();
  menu->clear();
  menu->setToolTipsVisible(true);
  auto* sweep = menu->addAction(tr("S&weep…"), this, [this] {
    auto* dialog = new SweepDialog(m_workspace, window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
  });
  sweep->setToolTip(tr("Every combination of some values of some settings, each a run"));
  menu->addSeparator();
  const auto blockers = m_workspace.blockers();
  const auto why = blockers.isEmpty() ? m_workspace.whyNotSeveralSeeds() : blockers.first().sentence;
  const auto seed = m_workspace.plan().seed;
  for (const int seeds : {3, 5, 10}) {
    auto* action = menu->addAction(tr("%1 seeds: %2 to %3").arg(seeds).arg(seed).arg(seed + std::uint64_t(seeds) - 1), this,
                                   [this, seeds] { m_workspace.putInLine(seeds); });
    action->setEnabled(why.isEmpty());
    action->setToolTip(why.isEmpty() ? tr("The same plan, one run after the other: how much of a result is chance") : plainToolTip(why));
  }
}

void RunBar::refresh() {
  const bool training = m_workspace.training();
  const auto blockers = m_workspace.blockers();
  if (training && m_over) m_left->setText(tr("starting…"));  // a run that goes on, or is judged, opens its model first
  m_over = m_over && !training;
  // Not disabled when something is missing: a press leads there, and the tooltip says it.
  const bool blocked = !blockers.isEmpty();
  if (m_train->property("blocked").toBool() != blocked) {
    m_train->setProperty("blocked", blocked);
    m_train->style()->polish(m_train);
    recolour();
  }
  m_train->setText(training ? tr("Queue") : tr("Train"));
  m_train->setToolTip(!blockers.isEmpty() ? plainToolTip(blockers.first().sentence)
                      : training          ? tr("Put this plan in line: it begins when the run ends (Ctrl+Return)")
                                          : tr("Train the virtual tokens (Ctrl+Return)"));
  const bool stoppable = (training || m_workspace.following()) && !m_workspace.stopping();
  if (m_stop->hasFocus() && !stoppable) m_train->setFocus();  // a disabled button would hand the focus to whatever comes next
  m_stop->setEnabled(stoppable);
  m_stop->setText(m_workspace.stopping() ? tr("Stopping…") : tr("Stop"));
  m_stop->setToolTip(m_workspace.following()    ? tr("Ask the run, which another program trains, to end after its current step (Ctrl+.)")
                     : !training                ? tr("Nothing is being trained")
                     : m_workspace.evaluating() ? tr("Stop evaluating; the run stays as it was (Ctrl+.)")
                     : m_workspace.stopping()   ? tr("The run ends after the current step")
                                                : tr("Stop after the current step; the best prompt so far is kept (Ctrl+.)"));
}

void RunBar::begin() {
  m_total = m_step = m_rows = m_rowsValidated = 0;
  m_first = 1;
  m_elapsed = m_stepping = m_validated = 0;
  const auto run = m_workspace.run();
  m_name->setText(run ? tr("Run %1").arg(run->name) : QString());
  m_source->setText(run ? tr("%1 on %2").arg(run->modelName(), run->dataName()) : QString());
  for (auto* label : {m_name, m_source})
    label->setToolTip(run ? plainToolTip(tr("%1 on %2").arg(run->modelName(), run->dataName())) : QString());
  m_progress->setRange(0, 1);
  m_progress->setValue(0);
  for (auto* label : {m_count, m_rate, m_left})
    label->clear();
  const bool any = run != nullptr;
  for (QWidget* widget : std::initializer_list<QWidget*>{m_name, m_source, m_progress, m_count, m_rate, m_left})
    widget->setVisible(any);
  refresh();
}

void RunBar::follow(const TrainingEvent& event) {
  if (const auto* started = std::get_if<Started>(&event)) {
    m_total = started->totalSteps;
    m_first = started->firstStep;
    m_rows = started->validationExamples;
    m_elapsed = m_stepping = m_validated = 0;
    m_rowsValidated = 0;
    m_count->setMinimumWidth(m_count->fontMetrics().horizontalAdvance(QStringLiteral("%1 / %1").arg(grouped(m_total))));
    showStep();
  } else if (const auto* probing = std::get_if<Probing>(&event)) {
    m_progress->setRange(0, int(std::max<std::int64_t>(1, probing->rows)));
    m_progress->setValue(int(probing->done));
    m_count->setText(tr("Fitting the head %1 / %2").arg(grouped(probing->done), grouped(probing->rows)));
  } else if (std::holds_alternative<Probed>(event)) {
    showStep();
  } else if (const auto* validating = std::get_if<Validating>(&event)) {
    showValidation(*validating);
  } else if (const auto* evaluated = std::get_if<Evaluated>(&event)) {
    m_validated += evaluated->elapsedSeconds - std::exchange(m_elapsed, evaluated->elapsedSeconds);
    m_rowsValidated += evaluated->rows;
    showStep();
  } else if (const auto* stepped = std::get_if<Stepped>(&event)) {
    m_step = stepped->step;
    m_stepping += stepped->elapsedSeconds - std::exchange(m_elapsed, stepped->elapsedSeconds);
    showStep();
  }
}

// Steps and validations have each their own speed, and what is left is of both.
void RunBar::showStep() {
  m_progress->setRange(0, int(std::max<std::int64_t>(1, m_total)));
  m_progress->setValue(int(m_step));
  m_count->setText(QStringLiteral("%1 / %2").arg(grouped(m_step), grouped(m_total)));
  const double rate = m_stepping > 0 ? double(m_step - m_first + 1) / m_stepping : 0;
  m_rate->setText(rateText(rate));
  if (rate > 0) m_left->setText(tr("%1 left").arg(durationText(double(m_total - m_step) / rate + validationLeft())));
}

double RunBar::validationLeft() const {
  const auto run = m_workspace.run();
  if (!run || m_rowsValidated == 0 || run->plan.evalEvery <= 0) return 0;
  const auto every = run->plan.evalEvery;
  const auto looks = m_total / every - m_step / every + (m_total % every != 0 && m_step < m_total);
  const auto rows = looks * (run->plan.evalRows > 0 ? run->plan.evalRows : m_rows) + (run->plan.evalRows > 0 ? m_rows : 0);
  return m_validated / double(m_rowsValidated) * double(rows);
}

void RunBar::showValidation(const Validating& event) {
  m_progress->setRange(0, int(std::max<std::int64_t>(1, event.rows)));
  m_progress->setValue(int(event.done));
  m_count->setText(tr("Validating %1 / %2").arg(grouped(event.done), grouped(event.rows)));
  if (event.done <= 0 || event.seconds <= 0) return m_left->setText(tr("measuring…"));
  m_rate->setText(tr("%1 rows/s").arg(QLocale().toString(double(event.done) / event.seconds, 'f', 1)));
  m_left->setText(tr("%1 left").arg(durationText(event.seconds * double(event.rows - event.done) / double(event.done))));
}

void RunBar::end(const RunEnd& end) {
  m_left->setText(end.word());
  m_over = true;
  refresh();
}

void RunBar::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange && m_help) recolour();
  QToolBar::changeEvent(event);
}

void RunBar::recolour() {
  const auto ink = m_train->property("blocked").toBool() ? muted(palette()) : palette().color(QPalette::HighlightedText);
  m_train->setIcon(icon(QStringLiteral("train"), palette(), ink));
  m_more->setIcon(icon(QStringLiteral("chevron-down"), palette()));
  m_stop->setIcon(icon(QStringLiteral("stop"), palette()));
  m_help->setIcon(icon(QStringLiteral("help"), palette()));
}

}  // namespace incipit::ui
