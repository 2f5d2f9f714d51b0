// The menus. Every action has a shortcut where people expect one, and says in its status tip what it does.
#include "ui/dataset/data_panel.h"
#include "ui/dataset/demo_data.h"
#include "ui/exchange/export_dialog.h"
#include "ui/help/help_viewer.h"
#include "ui/model/model_panel.h"
#include "ui/prompt/prompt_panel.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/settings.h"
#include "ui/window/main_window.h"
#include "ui/window/views.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QDesktopServices>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QKeyEvent>
#include <QMenuBar>
#include <QMessageBox>
#include <QUrl>

namespace incipit::ui {

using settings::Recent;

void MainWindow::makeActions() {
  makeFileMenu();
  makeEditMenu();
  makeViewMenu();
  makeRunMenu();
  makeHelpMenu();
  connect(&m_workspace, &Workspace::modelChanged, this, [this] {
    const auto name = QString::fromStdString(m_workspace.plan().model);
    settings::remember(Recent::Model, name);
    if (QFileInfo(name).isAbsolute()) settings::setLast(QStringLiteral("model"), name);
  });
  connect(&m_workspace, &Workspace::dataChanged, this, [this] {
    const auto data = m_workspace.data();
    if (!data) return;
    const auto file = QString::fromStdString(data->table->file.string());
    settings::remember(Recent::Data, file);
    if (isDemoData(file)) return;
    settings::setLast(QStringLiteral("data"), file);
    if (data->validationTable)
      settings::setLast(QStringLiteral("validation"), QString::fromStdString(data->validationTable->file.string()));
  });
  connect(&m_workspace, &Workspace::promptChanged, this, [this] {
    if (m_workspace.promptState() != PromptState::Opened) return;
    const auto path = QString::fromStdString(m_workspace.plan().initFrom);
    settings::remember(Recent::Adapter, path);
    settings::setLast(QStringLiteral("adapter"), path);
  });
  connect(&m_workspace, &Workspace::runEnded, this, [this] {
    const auto run = m_workspace.run();
    if (!run) return;
    const auto folder = QString::fromStdString(run->folder.string());
    settings::remember(Recent::Run, folder);
    settings::setLast(QStringLiteral("run"), folder);
  });
}

void MainWindow::makeFileMenu() {
  auto* menu = menuBar()->addMenu(tr("&File"));
  menu->addAction(tr("Open &model folder…"), QKeySequence::Open, m_model, &ModelPanel::chooseFolder);
  menu->addAction(tr("Open &data file…"), QKeySequence(Qt::CTRL | Qt::Key_D), m_data, &DataPanel::chooseFile);
  menu->addAction(tr("Open &adapter…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), m_prompt, &PromptPanel::chooseAdapter);
  menu->addAction(tr("Open &run…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R), this, [this] {
    const QFileInfo last(settings::startOf(QStringLiteral("run")));
    const auto begin = last.absoluteFilePath() == QDir::homePath() ? settings::runsFolder() : last.absolutePath();
    const auto folder = QFileDialog::getExistingDirectory(this, tr("Open a run folder"), begin);
    if (!folder.isEmpty()) openPath(folder);
  });
  m_recent = menu->addMenu(tr("Re&cent"));
  connect(m_recent, &QMenu::aboutToShow, this, &MainWindow::fillRecent);
  menu->addSeparator();
  menu->addAction(tr("&Export the prompt…"), QKeySequence(Qt::CTRL | Qt::Key_E), this, &MainWindow::exportPrompt);
  menu->addSeparator();
  menu->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);
}

void MainWindow::exportPrompt() {
  const auto prompt = m_workspace.prompt();
  if (!prompt) {
    QMessageBox::information(this, tr("Export the prompt"),
                             tr("There is no prompt to export yet. Press Train, or open an adapter or a run."));
    return;
  }
  ExportDialog dialog(m_jobs, *prompt, this);
  dialog.exec();
}

void MainWindow::fillRecent() {
  m_recent->clear();
  const auto section = [this](Recent kind, const QString& title, const auto& open) {
    const auto paths = settings::recent(kind);
    if (paths.isEmpty()) return;
    m_recent->addSection(title);
    for (const auto& path : paths)
      m_recent->addAction(elidedPath(path), this, [open, path] { open(path); });
  };
  section(Recent::Model, tr("Models"), [this](const QString& path) { m_workspace.openModel(path); });
  section(Recent::Data, tr("Data"), [this](const QString& path) { m_data->openFile(path); });
  section(Recent::Adapter, tr("Adapters"), [this](const QString& path) { m_workspace.openAdapter(path); });
  section(Recent::Run, tr("Runs"), [this](const QString& path) { m_workspace.openRun(path); });
  if (m_recent->isEmpty()) m_recent->addAction(tr("Nothing opened yet"))->setEnabled(false);
}

void MainWindow::makeEditMenu() {
  auto* menu = menuBar()->addMenu(tr("&Edit"));
  auto* undo = m_workspace.undoStack()->createUndoAction(this, tr("&Undo"));
  undo->setShortcut(QKeySequence::Undo);
  auto* redo = m_workspace.undoStack()->createRedoAction(this, tr("&Redo"));
  redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
  menu->addActions({undo, redo});
  menu->addSeparator();
  // Goes to whatever has the focus: a field, a table, tokens. They have the key already; a second one here would be ambiguous.
  menu->addAction(tr("&Copy") + QLatin1Char('\t') + QKeySequence(QKeySequence::Copy).toString(QKeySequence::NativeText), this, [] {
    auto* focus = QApplication::focusWidget();
    if (!focus) return;
    for (auto* action : focus->actions())
      if (action->shortcut() == QKeySequence(QKeySequence::Copy)) return action->trigger();
    const QKeyCombination copy(Qt::CTRL, Qt::Key_C);
    QKeyEvent press(QEvent::KeyPress, copy.key(), copy.keyboardModifiers());
    QApplication::sendEvent(focus, &press);
  });
}

void MainWindow::makeViewMenu() {
  auto* menu = menuBar()->addMenu(tr("&View"));
  static const char* const steps[] = {QT_TR_NOOP("Step 1: &Model"), QT_TR_NOOP("Step 2: &Data"), QT_TR_NOOP("Step 3: &Prompt"),
                                      QT_TR_NOOP("Step 4: &Training")};
  for (int i = 0; i < 4; ++i)
    menu->addAction(tr(steps[i]), QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + i)), this, [this, i] { showStep(Step(i + 1)); });
  menu->addSeparator();
  // Views have the digits as they come, as far as they reach.
  int digit = 0;
  for (const auto& view : m_views->all()) {
    if (digit == 0 || view.group != m_views->all()[std::size_t(digit - 1)].group) menu->addSection(Views::titleOf(view.group));
    const auto key = ++digit < 10 ? QKeySequence(Qt::ALT | Qt::Key(Qt::Key_0 + digit)) : QKeySequence();
    menu->addAction(view.title, key, this, [this, widget = view.widget] { m_views->show(widget); });
  }
  menu->addSeparator();
  menu->addAction(tr("Pla&yground"), QKeySequence(Qt::ALT | Qt::Key_0), this, &MainWindow::showPlayground);
  menu->addSeparator();
  for (auto* dock : m_docks) {
    auto* toggle = dock->toggleViewAction();
    toggle->setText(tr("%1 column").arg(dock->windowTitle()));
    menu->addAction(toggle);
  }
  auto* folds = menu->addAction(tr("Fold Setup &while training"), this, [](bool on) { settings::setFoldsSetup(on); });
  folds->setCheckable(true);
  folds->setChecked(settings::foldsSetup());
  menu->addAction(tr("&Reset the layout"), this, &MainWindow::resetLayout);
  menu->addSeparator();
  auto* themes = menu->addMenu(tr("&Colours"));
  auto* group = new QActionGroup(this);
  const auto add = [&](const QString& text, Theme theme) {
    auto* action = themes->addAction(text, this, [theme] {
      settings::setTheme(theme);
      applyTheme(theme);
    });
    action->setCheckable(true);
    action->setChecked(settings::theme() == theme);
    group->addAction(action);
  };
  add(tr("As the &system"), Theme::System);
  add(tr("&Light"), Theme::Light);
  add(tr("&Dark"), Theme::Dark);
}

void MainWindow::makeRunMenu() {
  auto* menu = menuBar()->addMenu(tr("&Run"));
  auto* train = menu->addAction(tr("&Train"), QKeySequence(Qt::CTRL | Qt::Key_Return), this, [this] {
    const auto blockers = m_workspace.blockers();
    if (!blockers.isEmpty())
      showStep(blockers.first().step);
    else if (m_workspace.training())
      m_workspace.putInLine();
    else
      m_workspace.startTraining();
  });
  auto* stop = menu->addAction(tr("&Stop"), QKeySequence(Qt::CTRL | Qt::Key_Period), &m_workspace, &Workspace::stopTraining);
  auto* background = menu->addAction(tr("Go on in the &background"), &m_workspace, &Workspace::handOver);
  menu->addSeparator();
  auto* explain = menu->addAction(tr("&Explain this prompt"), this, &MainWindow::explain);
  auto* show = menu->addAction(tr("Show the run &folder"), this, [this] {
    const auto folder = QString::fromStdString(m_workspace.run()->folder.string());
    if (!QDesktopServices::openUrl(QUrl::fromLocalFile(folder)))
      QMessageBox::information(this, tr("Show the run folder"), plainToolTip(tr("No file manager answered. The folder is %1").arg(folder)));
  });
  menu->setToolTipsVisible(true);
  const auto refresh = [this, train, stop, background, show, explain] {
    explain->setEnabled(m_workspace.prompt() != nullptr);
    explain->setToolTip(m_workspace.prompt() ? tr("The views inside the prompt that cost little, in one page")
                                             : tr("There is no prompt yet"));
    train->setText(m_workspace.training() ? tr("Put in &line") : tr("&Train"));
    const bool stoppable = m_workspace.training() || m_workspace.following();
    stop->setEnabled(stoppable);
    stop->setToolTip(stoppable ? QString() : tr("Nothing is being trained"));
    background->setEnabled(m_workspace.training() && !m_workspace.evaluating());
    background->setToolTip(m_workspace.training()
                               ? tr("In a process of its own, which this window need not wait for; the numbers are the same")
                               : tr("Nothing is being trained"));
    show->setEnabled(m_workspace.run() != nullptr);
    show->setToolTip(!m_workspace.run() ? tr("There is no run yet") : QString());
  };
  connect(menu, &QMenu::aboutToShow, this, refresh);
  // Shortcuts work without the menu having been opened.
  connect(menu, &QMenu::aboutToHide, this, [stop] { stop->setEnabled(true); });
}

void MainWindow::makeHelpMenu() {
  auto* menu = menuBar()->addMenu(tr("&Help"));
  menu->addAction(tr("&Help on where you are"), QKeySequence::HelpContents, this, &MainWindow::showHelp);
  menu->addAction(tr("&Contents"), this, [this] {
    showHelp();
    m_help->open(QStringLiteral("index"));
  });
  menu->addSeparator();
  menu->addAction(tr("&About Incipit"), this, &MainWindow::showAbout);
}

void MainWindow::showHelp() {
  const auto page = HelpViewer::pageOf(QApplication::focusWidget());
  if (!m_help) m_help = new HelpViewer(this);
  m_help->open(page);
  m_help->show();
  m_help->raise();
  m_help->activateWindow();
}

void MainWindow::showAbout() {
  QMessageBox box(this);
  box.setWindowTitle(tr("About Incipit"));
  box.setIconPixmap(windowIcon().pixmap(64, 64));
  box.setText(QStringLiteral("<b>Incipit %1</b>").arg(QStringLiteral(INCIPIT_VERSION)));
  box.setInformativeText(
      tr("A desktop studio for prompt tuning. \"Incipit\", here begins, are the opening words of a text.\n\n"
         "Free software under the GNU General Public License, version 3 or later. Built on Qt, LibTorch and QCustomPlot."));
  box.exec();
}

}  // namespace incipit::ui
