// Where things stand: setup on the left, the views in the middle, the playground on the right. Everything can be moved.
#include "ui/dataset/data_panel.h"
#include "ui/generation/playground_panel.h"
#include "ui/inspection/neighbours_panel.h"
#include "ui/model/model_panel.h"
#include "ui/prompt/prompt_panel.h"
#include "ui/runs/runs_panel.h"
#include "ui/settings/settings.h"
#include "ui/steps/step_panel.h"
#include "ui/training/curves_view.h"
#include "ui/training/run_card.h"
#include "ui/training/training_panel.h"
#include "ui/window/main_window.h"

#include <QDockWidget>
#include <QResizeEvent>
#include <QScrollArea>
#include <QScrollBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace incipit::ui {
namespace {

constexpr int setupWidth = grid * 48, playgroundWidth = grid * 38, wideWindow = 1800;

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
  resizeDocks({dock(QStringLiteral("setup"), tr("Setup"), m_setup, Qt::LeftDockWidgetArea)}, {setupWidth}, Qt::Horizontal);
}

void MainWindow::makeViews() {
  m_views = new QTabWidget(this);
  m_views->setDocumentMode(false);
  auto* curves = new CurvesView(m_workspace);
  m_views->addTab(curves, tr("Curves"));
  m_views->addTab(new NeighboursPanel(m_workspace), tr("Neighbours"));
  m_views->addTab(new RunsPanel(m_workspace), tr("Runs"));
  setCentralWidget(m_views);
  auto* playground = new PlaygroundPanel(m_workspace);
  connect(curves->card(), &RunCard::exportWanted, this, &MainWindow::exportPrompt);
  connect(curves->card(), &RunCard::tryWanted, this, [this, playground] {
    if (auto* dock = findChild<QDockWidget*>(QStringLiteral("playground"))) dock->show(), dock->raise();
    playground->tryPrompt();
  });
  resizeDocks({dock(QStringLiteral("playground"), tr("Playground"), playground, Qt::RightDockWidgetArea)}, {playgroundWidth},
              Qt::Horizontal);
}

// A window that becomes wide gives the answers in the playground their share; one that becomes narrow takes it back. In between, and when
// a layout is restored, widths are the user's.
void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  const bool wide = event->size().width() >= wideWindow, wasWide = event->oldSize().width() >= wideWindow;
  if (!isVisible() || !event->oldSize().isValid() || wide == wasWide) return;
  if (auto* playground = findChild<QDockWidget*>(QStringLiteral("playground")))
    resizeDocks({playground}, {wide ? event->size().width() / 4 : playgroundWidth}, Qt::Horizontal);
}

void MainWindow::resetLayout() {
  for (auto* dock : m_docks)
    dock->show();
  restoreState(m_firstLayout);
}

}  // namespace incipit::ui
