#include "ui/window/timeline.h"

#include "core/runs/run_folder.h"
#include "ui/settings/theme.h"
#include "ui/steps/elided_label.h"
#include "ui/window/time_slider.h"
#include "ui/workspace/workspace.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QIcon>
#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>
#include <utility>

namespace incipit::ui {
namespace {

constexpr int playMilliseconds = 300;  // a place: slow enough to see what changed

void append(std::vector<std::int64_t>& steps, std::int64_t step) {
  if (steps.empty() || steps.back() < step) steps.push_back(step);
}

void truncate(std::vector<std::int64_t>& steps, std::int64_t last) {
  std::erase_if(steps, [last](std::int64_t step) { return step > last; });
}

// Between which stored prompts a step lies, as a place: 2.5 in the middle between the third and the fourth.
double placeOf(std::int64_t step, const std::vector<std::int64_t>& steps) {
  const auto next = std::ranges::lower_bound(steps, step);
  const auto place = double(next - steps.begin());
  if (next == steps.begin() || next == steps.end() || *next == step) return place;
  const auto before = *(next - 1);
  return place - double(*next - step) / double(*next - before);
}

}  // namespace

Timeline::Timeline(Workspace& workspace, QWidget* parent) : QWidget(parent), m_workspace(workspace) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(grid);
  m_button = new QToolButton;
  m_button->setAutoRaise(true);
  m_slider = new TimeSlider;
  m_slider->setAccessibleName(tr("Step of the prompt in view"));
  m_slider->setToolTip(
      tr("The prompt at earlier steps (ticks; orange dots: validations), in every view that looks inside. Left and Right go from one "
         "to the next; right end: the newest."));
  m_title = new ElidedLabel;
  m_title->setMinimumWidth(grid * 12);
  row->addWidget(m_button);
  row->addWidget(m_slider, 3);
  row->addWidget(m_title, 3);
  m_play.setInterval(playMilliseconds);
  connect(m_button, &QToolButton::clicked, this, [this] { playing() ? stop() : play(); });
  connect(&m_play, &QTimer::timeout, this, &Timeline::playOn);
  connect(m_slider, &QSlider::valueChanged, this, &Timeline::goTo);
  connect(m_slider, &QSlider::sliderPressed, this, &Timeline::stop);

  connect(&workspace, &Workspace::runStarted, this, &Timeline::begin);
  connect(&workspace, &Workspace::trainingEvent, this, &Timeline::follow);
  connect(&workspace, &Workspace::runEnded, this, [this] {
    readSteps();
    place();
  });
  connect(&workspace, &Workspace::promptChanged, this, [this] {
    m_onTheWay = false;
    place();
  });
  connect(&workspace, &Workspace::modelChanged, this, &Timeline::place);
  connect(&workspace, &Workspace::statusChanged, this, &Timeline::place);
  drawButton();
  place();
}

void Timeline::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) drawButton();
}

void Timeline::drawButton() {
  m_button->setIcon(icon(playing() ? QStringLiteral("stop") : QStringLiteral("train"), palette()));
  m_button->setToolTip(playing() ? tr("Stay here") : tr("Play: from the first stored prompt to the newest"));
  m_button->setAccessibleName(playing() ? tr("Stop playing") : tr("Play the run"));
}

void Timeline::setWanted(bool wanted) {
  m_wanted = wanted;
  if (!wanted) stop();
  place();
}

void Timeline::begin() {
  stop();
  m_steps.clear();
  m_validated.clear();
  m_onTheWay = false;
  place();
}

void Timeline::follow(const TrainingEvent& event) {
  if (const auto* snapshot = std::get_if<Snapshotted>(&event)) {
    append(m_steps, snapshot->step);
    place();
  } else if (const auto* evaluated = std::get_if<Evaluated>(&event)) {
    append(m_validated, evaluated->step);
    place();
  } else if (const auto* step = std::get_if<Stepped>(&event); step && !m_steps.empty() && step->step <= m_steps.back()) {
    truncate(m_steps, step->step - 1);  // it goes on from an earlier checkpoint
    truncate(m_validated, step->step - 1);
  }
}

void Timeline::readSteps() {
  const auto run = m_workspace.run();
  if (!run || !run->end) return;
  try {
    m_steps = snapshotSteps(run->folder);
  } catch (const std::exception&) {
    m_steps.clear();  // a run without snapshots has nothing to walk through
  }
}

// The slider stands where the prompt in view stands, whoever put it there.
void Timeline::place() {
  const auto run = m_workspace.run();
  const auto prompt = m_workspace.prompt();
  const bool ofRun = run && run->isOf(m_workspace.model()) && m_steps.size() > 1;
  std::vector<double> dots;
  for (const auto step : m_validated)
    dots.push_back(placeOf(step, m_steps));
  const QSignalBlocker quiet(m_slider);
  const bool atEnd = m_slider->value() == m_slider->maximum();
  m_slider->setTrack(int(m_steps.size()), std::move(dots));
  m_slider->setLive(run && !run->end);
  int place = m_slider->maximum();
  if (prompt && prompt->state == PromptState::Snapshot) place = int(std::ranges::find(m_steps, prompt->step) - m_steps.begin());
  if (!m_onTheWay)
    m_slider->setValue(place);
  else if (atEnd)
    m_slider->setValue(m_slider->maximum());
  m_slider->setVisible(ofRun);
  m_button->setVisible(ofRun);
  if (!ofRun) stop();
  const bool live = prompt && prompt->state == PromptState::Training;
  m_title->showText(!prompt ? tr("No prompt yet") : live ? tr("Live: %1").arg(prompt->title()) : prompt->title());
  setVisible(m_wanted && prompt);
}

void Timeline::goTo(int place) {
  m_onTheWay = true;
  if (place < int(m_steps.size()))
    m_workspace.showSnapshot(m_steps[std::size_t(place)]);
  else
    m_workspace.showKeptPrompt();
}

void Timeline::play() {
  if (m_steps.empty()) return;
  if (m_slider->value() == m_slider->maximum()) m_slider->setValue(0);
  m_play.start();
  drawButton();
}

// The next place once the last one has come: a slow disk makes it slower, and leaves nothing out.
void Timeline::playOn() {
  if (m_onTheWay) return;
  if (m_slider->value() < m_slider->maximum()) m_slider->setValue(m_slider->value() + 1);
  if (m_slider->value() == m_slider->maximum()) stop();
}

void Timeline::stop() {
  if (!playing()) return;
  m_play.stop();
  drawButton();
}

}  // namespace incipit::ui
