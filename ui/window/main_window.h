// The window: makes the panels, the docks and the actions, and introduces the panels to each other. Nothing is computed here.
#pragma once

#include "ui/jobs/jobs.h"
#include "ui/workspace/workspace.h"

#include <QMainWindow>
#include <QPointer>
#include <array>
#include <memory>

class QActionGroup;
class QDockWidget;
class QMenu;
class QScrollArea;

namespace incipit::ui {

class CurvesView;
class DataPanel;
class HelpViewer;
class ModelPanel;
class PlaygroundPanel;
class PromptPanel;
class Rail;
class RunBar;
class Session;
class StepPanel;
class Views;

class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(QWidget* parent = nullptr);
  ~MainWindow() override;

  Workspace& workspace() { return m_workspace; }
  // What the command line names; empty: what was open last, at the first start the demo.
  void openFirst(const QString& model, const QString& data);
  void showStep(Step step);  // unfolds it and scrolls there
  void openPath(const QString& path);
  void showPlayground();  // wherever it stands
  void explain();         // the prompt in view, in a page of its own

 protected:
  void closeEvent(QCloseEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  // docks.cpp
  void makeViews();
  void makeSetup();
  QDockWidget* dock(const QString& name, const QString& title, QWidget* content, Qt::DockWidgetArea area);
  void placePlayground();
  bool playgroundIsTab() const;
  QByteArray dockState();
  void restoreDocks(const QByteArray& state);
  void fitIntoScreen();
  void resetLayout();
  // actions.cpp
  void makeActions();
  void makeFileMenu();
  void makeEditMenu();
  void makeViewMenu();
  void makeRunMenu();
  void makeHelpMenu();
  void fillRecent();
  void exportPrompt();
  void showHelp();
  void showAbout();
  void askHowToClose();
  void askToDropTheQueue();

  Jobs m_jobs;
  Workspace m_workspace;
  std::unique_ptr<Session> m_session;
  RunBar* m_runBar = nullptr;
  ModelPanel* m_model = nullptr;
  DataPanel* m_data = nullptr;
  PromptPanel* m_prompt = nullptr;
  std::array<StepPanel*, 4> m_steps{};
  QScrollArea* m_setup = nullptr;
  QDockWidget* m_setupDock = nullptr;
  bool m_setupFoldedByRun = false;
  Views* m_views = nullptr;
  CurvesView* m_curves = nullptr;
  PlaygroundPanel* m_playground = nullptr;
  QDockWidget* m_playgroundDock = nullptr;
  Rail* m_playgroundRail = nullptr;
  bool m_playgroundShown = true;  // as a column, where the window is wide enough for one
  QList<QDockWidget*> m_docks;
  QByteArray m_firstLayout;
  QMenu* m_recent = nullptr;
  QPointer<HelpViewer> m_help;
  QPointer<QWidget> m_askingToClose;
};

}  // namespace incipit::ui
