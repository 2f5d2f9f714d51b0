#include "ui/window/main_window.h"

#include "ui/dataset/data_panel.h"
#include "ui/dataset/demo_data.h"
#include "ui/settings/settings.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"
#include "ui/training/curves_view.h"
#include "ui/window/dropped.h"
#include "ui/window/run_bar.h"
#include "ui/window/session.h"
#include "ui/window/status_line.h"
#include "ui/window/views.h"
#include "ui/workspace/text.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDropEvent>
#include <QFileInfo>
#include <QKeyEvent>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QStatusBar>
#include <QTimer>
#include <QUrl>

namespace incipit::ui {
namespace {
constexpr int titleBar = 40;  // about what a window manager adds above
constexpr QSize firstSize{1280, 800}, leastSize{900, 600};
}  // namespace

MainWindow::MainWindow(QWidget* parent) : QMainWindow(parent), m_workspace(m_jobs), m_session(std::make_unique<Session>(m_workspace)) {
  setObjectName(QStringLiteral("mainWindow"));
  setWindowTitle(tr("Incipit"));
  setWindowIcon(QIcon(QStringLiteral(":/icons/incipit.svg")));
  setAcceptDrops(true);
  setDockOptions(AnimatedDocks | AllowTabbedDocks | AllowNestedDocks);
  m_workspace.setRunsFolder(toPath(settings::runsFolder()));

  m_runBar = new RunBar(m_workspace, this);
  addToolBar(m_runBar);
  auto* status = new StatusLine(m_workspace, this);
  statusBar()->setSizeGripEnabled(false);
  statusBar()->addWidget(status, 1);
  connect(status, &StatusLine::stepWanted, this, &MainWindow::showStep);
  connect(m_runBar, &RunBar::helpWanted, this, &MainWindow::showHelp);
  connect(m_runBar, &RunBar::blockedTrainPressed, this, [this] {
    if (const auto blockers = m_workspace.blockers(); !blockers.isEmpty()) showStep(blockers.first().step);
  });

  makeSetup();
  makeViews();
  makeActions();
  const auto room = screen() ? screen()->availableSize() - QSize(grid, titleBar) : firstSize;
  setMinimumSize(leastSize.boundedTo(room));  // said here: as a column, the playground would ask for more and could never make way
  resize(firstSize.boundedTo(room));
  m_firstLayout = saveState();
  restoreGeometry(settings::geometry());
  restoreDocks(settings::docks());
  placePlayground();
  qApp->installEventFilter(this);
  setFocus();  // no control looks chosen before the user has chosen one

  // What went wrong is said in the panel concerned: bring it into view.
  connect(&m_workspace, &Workspace::problemFound, this, [this](Step step, const Problem& problem) {
    if (problem.empty()) return;
    setProperty("closing", false);  // it is to be read
    showStep(step);
  });
  connect(&m_workspace, &Workspace::runStarted, this, [this] {
    if (!m_workspace.training()) m_views->show(m_curves);  // an old run was opened
  });
  connect(&m_workspace, &Workspace::runEnded, this, [this] {
    if (property("closing").toBool()) QTimer::singleShot(0, this, &QWidget::close);
  });
}

// What stands in the window goes before what it shows and works with.
MainWindow::~MainWindow() {
  qApp->removeEventFilter(this);
  qDeleteAll(findChildren<QWidget*>(Qt::FindDirectChildrenOnly));
}

void MainWindow::openFirst(const QString& model, const QString& data) {
  m_session->begin();
  if (model.isEmpty() && data.isEmpty() && m_session->restore()) return;
  // "incipit own.csv" and "incipit runs/fairy-sea-3" open what they are; the rest is as it was last.
  if (const auto kind = kindOf(model); data.isEmpty() && !model.isEmpty() && kind != Dropped::Model && kind != Dropped::Nothing) {
    if (kind == Dropped::Data)
      openFirst({}, model);
    else
      openFirst({}, {});
    if (kind != Dropped::Data) openPath(model);
    return;
  }
  const auto stillThere = [](const QStringList& paths) {
    for (const auto& path : paths)
      if (path == QLatin1String("demo") || QFileInfo::exists(path)) return path;
    return QString();
  };
  auto wantedModel = model.isEmpty() ? stillThere(settings::recent(settings::Recent::Model)) : model;
  const auto wantedData = data.isEmpty() && model.isEmpty() ? stillThere(settings::recent(settings::Recent::Data)) : data;
  if (wantedModel.isEmpty()) wantedModel = QStringLiteral("demo");
  m_workspace.openModel(wantedModel);
  if (!wantedData.isEmpty())
    m_data->openFile(wantedData);
  else if (wantedModel == QLatin1String("demo"))
    m_data->openFile(demoDataFile(QStringLiteral("sea-stories")));
}

void MainWindow::showStep(Step step) {
  auto* panel = m_steps[std::size_t(step) - 1];
  if (!panel) return;
  if (auto* around = qobject_cast<QDockWidget*>(m_setup->parentWidget())) {
    around->show();
    around->raise();
  }
  panel->setFolded(false);
  // After the layout has given the unfolded panel its room.
  QTimer::singleShot(0, this, [this, panel] {
    m_setup->ensureVisible(0, panel->y() + panel->height(), 0, 0);
    m_setup->ensureVisible(0, panel->y(), 0, 0);
    panel->setFocus();
  });
}

void MainWindow::openPath(const QString& path) {
  const auto whole = wholeOf(path);
  switch (kindOf(path)) {
  case Dropped::Model:
    m_workspace.openModel(whole);
    break;
  case Dropped::Data:
    m_data->openFile(whole);
    break;
  case Dropped::Adapter:
    m_workspace.openAdapter(whole);
    showStep(Step::Prompt);
    break;
  case Dropped::Run:
    m_workspace.openRun(whole);
    break;
  case Dropped::Nothing:
    break;
  }
}

// Nothing is lost by closing: a run is asked to stop, or goes on in a process of its own, and the window goes once everything is kept.
void MainWindow::closeEvent(QCloseEvent* event) {
  settings::setWindow(saveGeometry(), dockState());
  const bool waiting = !m_workspace.queue().empty() && !property("closing").toBool();
  event->setAccepted(!m_workspace.training() && !waiting);
  if (event->isAccepted() || property("closing").toBool() || m_askingToClose) return;
  m_workspace.training() ? askHowToClose() : askToDropTheQueue();
}

void MainWindow::askToDropTheQueue() {
  auto* box = new QMessageBox(QMessageBox::Question, tr("Close"), tr("There are runs that have not begun."), QMessageBox::Cancel, this);
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setInformativeText(tr("%Ln run(s) wait(s) in line and will not begin.", nullptr, int(m_workspace.queue().runs().size())));
  const auto* close = box->addButton(tr("&Close"), QMessageBox::AcceptRole);
  m_askingToClose = box;
  connect(box, &QMessageBox::buttonClicked, this, [this, close](const QAbstractButton* chosen) {
    if (chosen != close) return;
    setProperty("closing", true);
    this->close();
  });
  box->open();
}

void MainWindow::askHowToClose() {
  auto* box = new QMessageBox(QMessageBox::Question, tr("Close"), tr("A run is going on."), QMessageBox::NoButton, this);
  box->setAttribute(Qt::WA_DeleteOnClose);
  auto consequences =
      tr("It can go on in a process of its own, to the same numbers: open it again to watch or to stop it. Stopped, it keeps "
         "everything, and can go on later.");
  if (const auto waiting = m_workspace.queue().runs().size(); waiting > 0)
    consequences += QStringLiteral("\n\n") + tr("%Ln run(s) wait(s) behind it and will not begin.", nullptr, int(waiting));
  box->setInformativeText(consequences);
  const auto* background = box->addButton(tr("Go on in the &background"), QMessageBox::AcceptRole);
  const auto* stop = box->addButton(tr("&Stop it"), QMessageBox::DestructiveRole);
  box->addButton(QMessageBox::Cancel);
  m_askingToClose = box;
  connect(box, &QMessageBox::buttonClicked, this, [this, background, stop](const QAbstractButton* chosen) {
    if (chosen != background && chosen != stop) return;
    setProperty("closing", true);
    m_workspace.queue().pause();
    if (!m_workspace.training()) {
      close();
      return;
    }
    chosen == background ? m_workspace.handOver() : m_workspace.stopTraining();
  });
  box->open();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  for (const auto& url : event->mimeData()->urls())
    if (url.isLocalFile() && kindOf(url.toLocalFile()) != Dropped::Nothing) return event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  for (const auto& url : event->mimeData()->urls())
    if (url.isLocalFile()) openPath(url.toLocalFile());
  event->acceptProposedAction();
}

// What nobody had a use for: nothing is chosen any more.
void MainWindow::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) m_workspace.selection().clear();
  QMainWindow::keyPressEvent(event);
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
  // Fields of the plan have no undo of their own: Ctrl+Z undoes the edit of the plan wherever the focus is.
  if (event->type() == QEvent::ShortcutOverride && watched->property("planField").toBool()) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const QKeySequence pressed(key->keyCombination());
    if (key->matches(QKeySequence::Undo) || pressed == QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z) ||
        pressed == QKeySequence(Qt::CTRL | Qt::Key_Y)) {
      event->ignore();
      return true;
    }
  }
  return QMainWindow::eventFilter(watched, event);
}

}  // namespace incipit::ui
