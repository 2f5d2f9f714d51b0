// Where things stand: setup on the left, the views in the middle, the playground on the right, or among the views where the window is too
// narrow for three. Everything can be moved.
#include "ui/dataset/data_panel.h"
#include "ui/examples/examples_panel.h"
#include "ui/generation/playground_panel.h"
#include "ui/inspection/ask_panel.h"
#include "ui/inspection/attention_panel.h"
#include "ui/inspection/health_panel.h"
#include "ui/inspection/influence_panel.h"
#include "ui/inspection/landscape_panel.h"
#include "ui/inspection/lens_panel.h"
#include "ui/inspection/map_panel.h"
#include "ui/inspection/neighbours_panel.h"
#include "ui/inspection/similarity_panel.h"
#include "ui/inspection/words_panel.h"
#include "ui/model/model_panel.h"
#include "ui/prompt/prompt_panel.h"
#include "ui/runs/runs_panel.h"
#include "ui/settings/settings.h"
#include "ui/steps/step_panel.h"
#include "ui/training/curves_view.h"
#include "ui/training/run_card.h"
#include "ui/training/training_panel.h"
#include "ui/window/explanation.h"
#include "ui/window/main_window.h"
#include "ui/window/rail.h"
#include "ui/window/views.h"

#include <QAction>
#include <QDockWidget>
#include <QResizeEvent>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QStyle>
#include <QTabWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace incipit::ui {
namespace {

constexpr int setupWidth = grid * 43, playgroundWidth = grid * 35;  // 640 are left for a view at 1280
constexpr int narrowWindow = 1160, wideWindow = 1800;

// Scrolls up and down only: never narrower than what stands in it.
class SetupColumn : public QScrollArea {
 public:
  QSize minimumSizeHint() const override {
    return {widget()->minimumSizeHint().width() + verticalScrollBar()->sizeHint().width(), grid * 20};
  }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (event->type() == QEvent::LayoutRequest) updateGeometry();
    return QScrollArea::eventFilter(watched, event);
  }
};

}  // namespace

QDockWidget* MainWindow::dock(const QString& name, const QString& title, QWidget* content, Qt::DockWidgetArea area) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(name);
  dock->setWidget(content);
  addDockWidget(area, dock);
  if (auto* loosen = dock->findChild<QAbstractButton*>(QStringLiteral("qt_dockwidget_floatbutton"))) {
    loosen->setToolTip(tr("Make it a window of its own, or put it back"));
    loosen->setAccessibleName(tr("Window of its own: %1").arg(title));
  }
  if (auto* close = dock->findChild<QAbstractButton*>(QStringLiteral("qt_dockwidget_closebutton"))) {
    close->setToolTip(tr("Close; the View menu brings it back"));
    close->setAccessibleName(tr("Close: %1").arg(title));
  }
  m_docks.append(dock);
  return dock;
}

void MainWindow::makeSetup() {
  m_model = new ModelPanel(m_workspace);
  m_data = new DataPanel(m_workspace);
  m_prompt = new PromptPanel(m_workspace);
  auto* training = new TrainingPanel(m_workspace);
  m_steps = {m_model, m_data, m_prompt, training};

  auto* column = new QWidget;
  auto* layout = new QVBoxLayout(column);
  layout->setContentsMargins(grid, 0, grid, grid);
  layout->setSpacing(grid);
  for (int i = 0; i < int(m_steps.size()); ++i) {
    auto* panel = m_steps[std::size_t(i)];
    panel->setFolded(settings::folded(i + 1));
    connect(panel, &StepPanel::foldedChanged, this, [i](bool folded) { settings::setFolded(i + 1, folded); });
    layout->addWidget(panel);
  }
  layout->addStretch();
  m_setup = new SetupColumn;
  m_setup->setWidget(column);
  m_setup->setWidgetResizable(true);
  m_setup->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_setup->setFocusPolicy(Qt::NoFocus);
  connect(m_setup->verticalScrollBar(), &QScrollBar::valueChanged, column, [column](int place) {
    if (place == 0) column->setMinimumHeight(0);  // room that KeepInPlace has lent
  });
  m_setupDock = dock(QStringLiteral("setup"), tr("Setup"), m_setup, Qt::LeftDockWidgetArea);
  m_setupDock->toggleViewAction()->setShortcut(Qt::CTRL | Qt::Key_B);
  addToolBar(Qt::LeftToolBarArea, new Rail(m_setupDock, Qt::LeftToolBarArea, this));
  resizeDocks({m_setupDock}, {setupWidth}, Qt::Horizontal);
  // Who likes it so has the room of the setup for the views while a run goes on.
  connect(&m_workspace, &Workspace::runStarted, this, [this] {
    if (!m_workspace.training() || !settings::foldsSetup() || m_setupDock->isHidden()) return;
    m_setupDock->hide();
    m_setupFoldedByRun = true;
  });
  connect(&m_workspace, &Workspace::runEnded, this, [this] {
    if (std::exchange(m_setupFoldedByRun, false)) m_setupDock->show();
  });
}

void MainWindow::makeViews() {
  m_views = new Views(m_workspace, this);
  m_curves = new CurvesView(m_workspace);
  m_views->add(ViewGroup::Watch, m_curves, tr("Curves"));
  m_views->add(ViewGroup::Watch, new ExamplesPanel(m_workspace), tr("Examples"));
  m_views->add(ViewGroup::LookInside, new NeighboursPanel(m_workspace), tr("Neighbours"));
  m_views->add(ViewGroup::LookInside, new MapPanel(m_workspace), tr("Map"));
  m_views->add(ViewGroup::LookInside, new HealthPanel(m_workspace), tr("Health"));
  m_views->add(ViewGroup::LookInside, new InfluencePanel(m_workspace), tr("Influence"));
  m_views->add(ViewGroup::LookInside, new AttentionPanel(m_workspace), tr("Attention"));
  m_views->add(ViewGroup::LookInside, new LensPanel(m_workspace), tr("Lens"));
  m_views->add(ViewGroup::LookInside, new AskPanel(m_workspace), tr("Ask"));
  m_views->add(ViewGroup::LookInside, new WordsPanel(m_workspace), tr("Words"));
  m_views->add(ViewGroup::LookInside, new LandscapePanel(m_workspace), tr("Landscape"));
  m_views->add(ViewGroup::Compare, new RunsPanel(m_workspace), tr("Runs"));
  m_views->add(ViewGroup::Compare, new SimilarityPanel(m_workspace), tr("Similarity"));
  setCentralWidget(m_views);
  m_playground = new PlaygroundPanel(m_workspace);
  m_playgroundDock = dock(QStringLiteral("playground"), tr("Playground"), m_playground, Qt::RightDockWidgetArea);
  m_playgroundDock->toggleViewAction()->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_B);
  m_playgroundRail = new Rail(m_playgroundDock, Qt::RightToolBarArea, this);
  addToolBar(Qt::RightToolBarArea, m_playgroundRail);
  resizeDocks({m_playgroundDock}, {playgroundWidth}, Qt::Horizontal);
  connect(m_curves->card(), &RunCard::exportWanted, this, &MainWindow::exportPrompt);
  connect(m_curves->card(), &RunCard::explainWanted, this, &MainWindow::explain);
  connect(m_curves->card(), &RunCard::tryWanted, this, [this] {
    showPlayground();
    m_playground->tryPrompt();
  });
}

// The views that cost little, in the order of a person's questions.
void MainWindow::explain() {
  if (!m_workspace.prompt()) return;
  auto* explanation = new Explanation(m_workspace, *m_views, {tr("Health"), tr("Influence"), tr("Attention"), tr("Lens"), tr("Ask")}, this);
  explanation->setAttribute(Qt::WA_DeleteOnClose);
  explanation->show();
}

bool MainWindow::playgroundIsTab() const { return m_views->has(m_playground); }

// A narrow window has no room for three columns: the playground becomes a tab among the views, and a column again in a wider one.
void MainWindow::placePlayground() {
  const bool asTab = width() < narrowWindow;
  if (asTab == playgroundIsTab() || m_playgroundDock->isFloating()) return;
  if (asTab) {
    m_playgroundShown = !m_playgroundDock->isHidden();
    m_playgroundDock->hide();
    m_playgroundDock->setWidget(nullptr);
    m_views->add(ViewGroup::Every, m_playground, m_playgroundDock->windowTitle());
  } else {
    m_views->remove(m_playground);
    m_playgroundDock->setWidget(m_playground);
    m_playgroundDock->setVisible(m_playgroundShown);
    resizeDocks({m_playgroundDock}, {playgroundWidth}, Qt::Horizontal);
  }
  m_playgroundDock->toggleViewAction()->setVisible(!asTab);
  m_playgroundRail->setWanted(!asTab);
  m_views->tabs()->setProperty("atTheEdge", asTab);  // then it keeps the distance that a column would keep
  m_views->tabs()->style()->polish(m_views->tabs());
}

void MainWindow::showPlayground() {
  if (playgroundIsTab()) {
    m_views->show(m_playground);
  } else {
    m_playgroundDock->show();
    m_playgroundDock->raise();
  }
  m_playground->setFocus();
}

// As it is to come back in a window of any width.
QByteArray MainWindow::dockState() {
  if (!playgroundIsTab()) return saveState();
  m_playgroundDock->setVisible(m_playgroundShown);
  const auto state = saveState();
  m_playgroundDock->hide();
  return state;
}

void MainWindow::restoreDocks(const QByteArray& state) {
  restoreState(state);
  if (playgroundIsTab()) {
    m_playgroundShown = !m_playgroundDock->isHidden();
    m_playgroundDock->hide();
  }
  for (auto* rail : findChildren<Rail*>())
    rail->refresh();  // what was stored of a rail is older than what was stored of its column
}

// A window that becomes wide gives the answers in the playground their share; one that becomes narrow takes it back. In between, and when
// a layout is restored, widths are the user's.
void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  if (!isVisible()) return;
  placePlayground();
  const bool wide = event->size().width() >= wideWindow, wasWide = event->oldSize().width() >= wideWindow;
  if (event->oldSize().isValid() && wide != wasWide)
    resizeDocks({m_playgroundDock}, {wide ? event->size().width() / 4 : playgroundWidth}, Qt::Horizontal);
}

void MainWindow::showEvent(QShowEvent* event) {
  QMainWindow::showEvent(event);
  if (event->spontaneous()) return;
  placePlayground();
  for (const int milliseconds : {0, 400})  // a window manager takes a moment to put its frame around
    QTimer::singleShot(milliseconds, this, &MainWindow::fitIntoScreen);
}

// All of the window is on the screen, the frame around it too.
void MainWindow::fitIntoScreen() {
  if (isMaximized() || isFullScreen() || !screen()) return;
  const auto room = screen()->availableGeometry();
  const auto window = frameGeometry();
  auto place = window;
  place.setSize(window.size().boundedTo(room.size()));
  place.moveLeft(std::clamp(place.left(), room.left(), room.right() + 1 - place.width()));
  place.moveTop(std::clamp(place.top(), room.top(), room.bottom() + 1 - place.height()));
  if (place.size() != window.size()) resize(size() - (window.size() - place.size()));
  if (place.topLeft() != window.topLeft()) move(place.topLeft());
}

void MainWindow::resetLayout() {
  for (auto* dock : m_docks)
    dock->show();
  restoreDocks(m_firstLayout);
}

}  // namespace incipit::ui
