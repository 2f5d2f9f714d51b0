#include "ui/inspection/inspection_panel.h"

#include "ui/jobs/long_work.h"
#include "ui/plots/empty_state.h"
#include "ui/plots/pictures.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/workspace.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QGraphicsOpacityEffect>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedLayout>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>

namespace incipit::ui {
namespace {

constexpr double paleness = 0.45;
constexpr std::chrono::milliseconds tellInterval{100}, refreshInterval{100}, lateInterval{1000};

}  // namespace

InspectionPanel::InspectionPanel(Workspace& workspace, Words words, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_jobs(&workspace.jobs()), m_words(std::move(words)), m_stack(new QStackedLayout(this)),
      m_later([this] { refresh(); }, refreshInterval) {
  setProperty("helpPage", QStringLiteral("inspection"));
  build();
  m_late.setSingleShot(true);
  m_late.setInterval(lateInterval);
  connect(&m_late, &QTimer::timeout, this, [this] {
    m_isLate = true;
    refresh();
  });
  for (auto signal : {&Workspace::promptChanged, &Workspace::dataChanged, &Workspace::planChanged, &Workspace::statusChanged})
    connect(&workspace, signal, &m_later, &Throttle::request);
  connect(&workspace, &Workspace::modelChanged, this, [this] {
    stop();  // of a model that is gone nobody asks any more
    refresh();
  });
}

InspectionPanel::~InspectionPanel() {
  if (m_jobs) m_jobs->cancel(m_words.lane);
}

void InspectionPanel::build() {
  m_empty = new EmptyState({}, {});
  m_stack->addWidget(m_empty);
  auto* whole = new QWidget;
  auto* column = new QVBoxLayout(whole);
  column->setContentsMargins(grid, grid, grid, grid);
  column->setSpacing(grid);
  m_stack->addWidget(whole);

  m_top = new QVBoxLayout;
  m_top->setSpacing(grid);
  column->addLayout(m_top);
  m_controls = new FlowLayout;
  column->addLayout(m_controls);
  m_cost = helpLine({});
  column->addWidget(m_cost);
  auto* row = new QHBoxLayout;
  row->setSpacing(grid);
  m_progress = new QProgressBar;
  m_progress->setRange(0, 1000);
  m_progress->setTextVisible(false);
  m_progress->setFixedHeight(grid);
  m_left = helpLine({});
  m_left->setWordWrap(false);
  row->addWidget(m_progress, 1);
  row->addWidget(m_left);
  column->addLayout(row);
  m_strip = new ProblemStrip(this);
  column->addWidget(m_strip);

  m_said = new QLabel;
  m_said->setTextFormat(Qt::PlainText);
  m_said->setWordWrap(true);
  m_said->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_of = helpLine({});
  column->addWidget(m_of);
  column->addWidget(m_said);
  m_pages = new QStackedWidget;
  m_waiting = new EmptyState(m_words.what, m_words.how);
  m_pages->addWidget(m_waiting);
  m_content = new QWidget;
  m_body = new QVBoxLayout(m_content);
  m_body->setContentsMargins(0, 0, 0, 0);
  m_body->setSpacing(grid);
  m_fade = new QGraphicsOpacityEffect(m_content);
  m_fade->setOpacity(paleness);
  m_fade->setEnabled(false);
  m_content->setGraphicsEffect(m_fade);
  m_pages->addWidget(m_content);
  column->addWidget(m_pages, 1);
  column->addWidget(makeFooter());

  if (m_words.startText.isEmpty()) return;
  m_start = new QPushButton(m_words.startText);
  m_start->setProperty("plain", true);
  m_start->setToolTip(m_words.startHelp);
  m_stop = new QPushButton(tr("Stop"));
  m_stop->setProperty("plain", true);
  m_stop->setToolTip(tr("What is known by then stays (Esc)"));
  m_controls->addWidget(m_start);
  m_controls->addWidget(m_stop);
  connect(m_start, &QPushButton::clicked, this, &InspectionPanel::start);
  connect(m_stop, &QPushButton::clicked, this, &InspectionPanel::stop);
  m_escape = new QAction(this);
  m_escape->setShortcut(Qt::Key_Escape);
  m_escape->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  addAction(m_escape);
  connect(m_escape, &QAction::triggered, this, &InspectionPanel::stop);
}

QWidget* InspectionPanel::makeFooter() {
  auto* footer = new QWidget;
  auto* row = new QHBoxLayout(footer);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(grid);
  row->addWidget(helpLine(m_words.about), 1);
  const auto button = [&](const QString& text, const QString& help) {
    auto* made = new QToolButton;
    made->setText(text);
    made->setToolTip(help);
    made->setAutoRaise(true);
    row->addWidget(made, 0, Qt::AlignBottom);
    return made;
  };
  m_copy = button(tr("Copy table"), tr("What stands here as a table, for a spreadsheet"));
  m_picture = button(tr("Save picture…"), tr("As PNG, SVG or PDF, on a white ground"));
  connect(m_copy, &QToolButton::clicked, this, &InspectionPanel::copy);
  connect(m_picture, &QToolButton::clicked, this, &InspectionPanel::askForPicture);
  return footer;
}

void InspectionPanel::copy() const { QApplication::clipboard()->setText(text()); }

QString InspectionPanel::savePicture(const QString& file) const {
  return ui::savePicture(
      pictureSize(), [this](QPainter& painter) { drawPicture(painter, lightPalette()); }, file);
}

void InspectionPanel::askForPicture() {
  const auto file = QFileDialog::getSaveFileName(this, tr("Save the picture"), m_words.lane + QStringLiteral(".png"), pictureFilter());
  if (!file.isEmpty()) m_strip->show({savePicture(file), {}, {}});
}

InspectionPanel::Missing InspectionPanel::missing() const {
  if (!m_workspace.model()) return {tr("No model yet"), m_words.what + QStringLiteral(". ") + tr("Open a model first (step 1).")};
  if (!m_workspace.prompt()) {
    const auto blockers = m_workspace.blockers();
    const auto why = std::ranges::find(blockers, Step::Prompt, &Blocker::step);
    return {tr("No prompt yet"), why == blockers.end() ? tr("The prompt is being made.") : why->sentence};
  }
  return {};
}

QString InspectionPanel::whyNothing() const { return m_stack->currentIndex() == 0 ? m_empty->accessibleName() : QString(); }
QString InspectionPanel::cost() const { return m_cost->text(); }
QString InspectionPanel::problem() const { return m_strip->problem().text(); }
QString InspectionPanel::sentence() const { return m_said->text(); }

void InspectionPanel::refresh() {
  if (m_hasResult && m_made.model != m_workspace.model()) {
    m_hasResult = false;
    m_made = {};
    forget();
  }
  const auto why = missing();
  if (!why.title.isEmpty()) m_empty->setTexts(why.title, why.text);
  m_stack->setCurrentIndex(why.title.isEmpty() || m_hasResult ? 1 : 0);
  m_pages->setCurrentIndex(m_hasResult ? 1 : 0);
  m_copy->setVisible(m_hasResult);
  m_picture->setVisible(m_hasResult);
  m_progress->setVisible(m_running && m_start);
  m_left->setVisible(m_running && m_start);
  const auto cost = why.title.isEmpty() ? costNow() : QString();
  m_cost->setText(cost);
  m_cost->setVisible(!cost.isEmpty() && !m_running && (!m_hasResult || m_made != wanted()));
  if (m_start) {
    m_start->setVisible(!m_running);
    m_start->setEnabled(why.title.isEmpty());
    m_stop->setVisible(m_running);
    m_escape->setEnabled(m_running);
  }
  showFade();
}

bool InspectionPanel::isOld(const Made& now) {
  if (!m_hasResult || m_made == now) {
    m_late.stop();
    m_isLate = false;
    return false;
  }
  if (m_start) return true;
  const auto trained = [](const auto& prompt) { return prompt && prompt->state == PromptState::Training; };
  if (trained(m_made.prompt) && trained(now.prompt)) return false;
  if (!m_isLate && !m_late.isActive()) m_late.start();
  return m_isLate;
}

void InspectionPanel::showFade() {
  const auto now = wanted();
  m_faded = isOld(now);
  if (m_fade->isEnabled() != m_faded) m_fade->setEnabled(m_faded);
  m_of->setVisible(m_faded);
  m_said->setText(m_hasResult ? m_how : QString());
  m_said->setVisible(m_hasResult && !m_how.isEmpty());
  if (!m_faded) return;
  if (m_made.prompt && m_made.prompt != now.prompt)
    m_of->setText(now.prompt ? tr("Of %1; in view is %2.").arg(m_made.prompt->title(), now.prompt->title())
                             : tr("Of %1, which is no longer in view.").arg(m_made.prompt->title()));
  else if (m_made.text != now.text)
    m_of->setText(tr("Of something else than what stands above now."));
  else
    m_of->setText(tr("Of other data than what is open now."));
}

void InspectionPanel::start() {
  if (!missing().title.isEmpty()) return;
  m_strip->clear();
  begin();
  refresh();
}

void InspectionPanel::stop() {
  if (!m_running) return;
  m_jobs->cancel(m_words.lane);
  endWork();
  refresh();
  emit finished();
}

void InspectionPanel::took(const Made& made, const QString& how) {
  m_made = made;
  m_how = how;
  m_hasResult = true;
  refresh();
}

void InspectionPanel::beginWork() {
  m_running = true;
  if (m_start) m_work = std::make_unique<LongWork>(*m_jobs, m_words.what, [this] { stop(); });
  showProgress(0);
}

void InspectionPanel::endWork() {
  m_running = false;
  m_work.reset();
  ended();
}

void InspectionPanel::fail(const Problem& problem) {
  endWork();
  m_strip->show(problem);
  refresh();
  emit finished();
}

// Called on the lane, where the panel may be gone; what it tells arrives only while it is there.
Watch InspectionPanel::watchOf(Job& job, InspectionPanel* panel) {
  using Clock = std::chrono::steady_clock;
  return Watch(
      [panel, &job, last = std::make_shared<Clock::time_point>()](double share) {
        const auto now = Clock::now();
        if (now - *last < tellInterval) return;
        *last = now;
        job.tell([panel, share] { panel->showProgress(share); });
      },
      job.stop());
}

void InspectionPanel::showProgress(double share) {
  if (!m_running) return;
  m_progress->setValue(int(1000 * share));
  if (!m_work) return;
  m_work->at(share);
  const double left = m_work->secondsLeft();
  m_left->setText(left < 0 ? tr("measuring…") : tr("%1 left").arg(durationText(left)));
}

}  // namespace incipit::ui
