// The middle of the window: three groups of views, windows of their own, the one timeline, and the rails at its sides.
#include "tests/ui/support/small_runs.h"
#include "tests/ui/support/small_studio.h"
#include "ui/generation/playground_panel.h"
#include "ui/inspection/neighbours_panel.h"
#include "ui/plots/empty_state.h"
#include "ui/runs/runs_panel.h"
#include "ui/settings/settings.h"
#include "ui/settings/theme.h"
#include "ui/training/curves_view.h"
#include "ui/window/main_window.h"
#include "ui/window/rail.h"
#include "ui/window/time_slider.h"
#include "ui/window/timeline.h"
#include "ui/window/views.h"

#include <QAbstractButton>
#include <QDockWidget>
#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestViews : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  static void ready(Workspace& workspace) { QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty() && workspace.prompt(), 60000); }
  static void train(Workspace& workspace) {
    workspace.startTraining();
    QTRY_VERIFY_WITH_TIMEOUT(!workspace.training(), 60000);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Trained, 60000);
  }
  static QStringList shownTabs(const Views& views) {
    QStringList titles;
    for (int tab = 0; tab < views.tabs()->count(); ++tab)
      if (views.tabs()->isTabVisible(tab)) titles << views.tabs()->tabText(tab);
    return titles;
  }

 private slots:
  void initTestCase() { applyTheme(Theme::Light); }

  void aGroupShowsItsViewsAndComesBackToTheLastOne() {
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    auto* views = window.findChild<Views*>();
    QCOMPARE(views->group(), ViewGroup::Watch);
    QCOMPARE(shownTabs(*views).first(), QStringLiteral("Curves"));
    QVERIFY(!shownTabs(*views).contains(QStringLiteral("Runs")));
    views->tabs()->setCurrentIndex(1);
    views->show(window.findChild<NeighboursPanel*>());
    QCOMPARE(views->group(), ViewGroup::LookInside);
    QVERIFY(window.findChild<NeighboursPanel*>()->isVisible());
    QVERIFY(!shownTabs(*views).contains(QStringLiteral("Curves")));
    for (auto* button : views->findChildren<QToolButton*>())
      if (button->text() == Views::titleOf(ViewGroup::Watch)) QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(views->group(), ViewGroup::Watch);
    QCOMPARE(views->tabs()->currentIndex(), 1);

    window.resize(900, 600);  // the playground stands in every group
    for (const auto group : {ViewGroup::Watch, ViewGroup::LookInside, ViewGroup::Compare}) {
      views->showGroup(group);
      QVERIFY(shownTabs(*views).contains(QStringLiteral("Playground")));
    }
    window.showPlayground();
    QCOMPARE(views->group(), ViewGroup::Compare);
    window.resize(1280, 800);
    QVERIFY(!shownTabs(*views).contains(QStringLiteral("Playground")));
    QVERIFY(window.findChild<PlaygroundPanel*>()->isVisible());
  }

  void aDoubleClickGivesAViewItsOwnWindow() {
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    auto* views = window.findChild<Views*>();
    auto* runs = window.findChild<RunsPanel*>();
    views->show(runs);
    auto* bar = views->tabs()->tabBar();
    const int tab = views->tabs()->currentIndex(), count = views->tabs()->count();
    QTest::mouseDClick(bar, Qt::LeftButton, {}, bar->tabRect(tab).center());
    QVERIFY(runs->isWindow() && runs->isVisible());
    QCOMPARE(views->tabs()->count(), count);
    QCOMPARE(views->tabs()->currentIndex(), tab);
    QCOMPARE(views->group(), ViewGroup::Compare);
    views->showGroup(ViewGroup::Watch);
    QVERIFY(runs->isVisible());  // whatever the window shows
    runs->close();
    QTRY_VERIFY(!runs->isWindow());
    QCOMPARE(views->group(), ViewGroup::Watch);
    views->show(runs);
    QVERIFY(runs->isVisible() && !runs->isWindow());

    QTest::mouseDClick(bar, Qt::LeftButton, {}, bar->tabRect(tab).center());
    QVERIFY(runs->isWindow());
    for (auto* button : views->tabs()->currentWidget()->findChildren<QPushButton*>())
      QTest::mouseClick(button, Qt::LeftButton);
    QTRY_VERIFY(!runs->isWindow() && runs->isVisible());
    QCOMPARE(views->tabs()->currentWidget(), runs);
  }

  void theTimelineMovesThePromptInView() {
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    auto* views = window.findChild<Views*>();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    test::makeSmall(workspace, 5);
    ready(workspace);
    train(workspace);
    auto* timeline = views->timeline();
    QVERIFY(!timeline->isVisible());  // Watch
    views->show(window.findChild<NeighboursPanel*>());
    QVERIFY(timeline->isVisible() && timeline->slider()->isVisible());
    QCOMPARE(timeline->slider()->value(), timeline->slider()->maximum());
    const auto stored = timeline->slider()->maximum();
    QVERIFY(stored >= 5);
    QTest::keyClick(timeline->slider(), Qt::Key_Left);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Snapshot, 60000);
    QCOMPARE(workspace.prompt()->step, 5);
    QTest::keyClick(timeline->slider(), Qt::Key_Home);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.prompt()->step, 1, 60000);
    workspace.showSnapshot(3);  // from elsewhere: the slider follows
    QTRY_COMPARE_WITH_TIMEOUT(timeline->slider()->value(), 2, 60000);
    // Played from the start to its end, without leaving a place out.
    QList<std::int64_t> seen;
    connect(&workspace, &Workspace::promptChanged, &window, [&] { seen << workspace.prompt()->step; });
    QTest::mouseClick(timeline->findChild<QToolButton*>(), Qt::LeftButton);
    QVERIFY(timeline->playing());
    QTRY_VERIFY_WITH_TIMEOUT(!timeline->playing(), 60000);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Trained, 60000);
    QCOMPARE(seen.mid(0, 2), (QList<std::int64_t>{4, 5}));
  }

  // While a run goes on, an earlier prompt stays in view, the run goes on behind it, and the right end is live again.
  void oneCanLookBackWhileARunGoesOn() {
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    auto* views = window.findChild<Views*>();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    test::makeSmall(workspace, 100000);
    auto plan = workspace.plan();
    plan.snapshotEvery = 1;
    workspace.editPlan(plan, QStringLiteral("many snapshots"));
    ready(workspace);
    views->show(window.findChild<NeighboursPanel*>());
    workspace.startTraining();
    auto* slider = views->timeline()->slider();
    QTRY_VERIFY_WITH_TIMEOUT(slider->maximum() > 5, 60000);
    QCOMPARE(slider->value(), slider->maximum());
    QCOMPARE(workspace.promptState(), PromptState::Training);
    slider->setValue(2);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Snapshot, 60000);
    const auto before = slider->maximum();
    QTRY_VERIFY_WITH_TIMEOUT(slider->maximum() > before + 3, 60000);
    QCOMPARE(workspace.promptState(), PromptState::Snapshot);
    QCOMPARE(workspace.prompt()->step, 3);
    QCOMPARE(slider->value(), 2);
    slider->setValue(slider->maximum());
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Training, 60000);
    QVERIFY(workspace.prompt()->step > before);
    QCOMPARE(slider->value(), slider->maximum());
    slider->setValue(1);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Snapshot, 60000);
    workspace.stopTraining();
    QTRY_VERIFY_WITH_TIMEOUT(!workspace.training(), 60000);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Trained, 60000);  // the end of a run shows what it kept
    QCOMPARE(slider->value(), slider->maximum());
  }

  void escapeClearsWhatIsChosen() {
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    auto* neighbours = window.findChild<NeighboursPanel*>();
    window.findChild<Views*>()->show(neighbours);
    QTableView* table = nullptr;
    for (auto* any : neighbours->findChildren<QTableView*>())
      if (any->accessibleName() == QStringLiteral("Nearest tokens of the virtual tokens")) table = any;
    QTRY_VERIFY_WITH_TIMEOUT(table->model()->rowCount() > 2, 60000);
    table->setFocus();
    table->selectRow(1);
    QTRY_COMPARE(workspace.selection().rows().size(), 1u);
    QTest::keyClick(table, Qt::Key_Escape);
    QVERIFY(workspace.selection().rows().empty());
    QVERIFY(table->selectionModel()->selectedRows().isEmpty());
  }

  void aFoldedColumnLeavesARail() {
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    auto* dock = window.findChild<QDockWidget*>(QStringLiteral("setup"));
    auto* rail = window.findChild<Rail*>(QStringLiteral("setupRail"));
    auto* other = window.findChild<Rail*>(QStringLiteral("playgroundRail"));
    QVERIFY(dock->isVisible() && !rail->isVisible() && !other->isVisible());
    dock->close();
    QTRY_VERIFY2(rail->isVisible() && rail->width() <= 5 * grid, qPrintable(QString::number(rail->width())));
    for (auto* button : rail->findChildren<QAbstractButton*>())
      if (button->text() == QStringLiteral("Setup")) QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(dock->isVisible() && !rail->isVisible());
    window.findChild<QDockWidget*>(QStringLiteral("playground"))->close();
    QVERIFY(other->isVisible());
    window.resize(900, 600);
    QVERIFY(!other->isVisible());  // it stands among the views
    window.resize(1280, 800);
    QVERIFY(other->isVisible());
  }

  void aRunFoldsTheSetupWhereThatIsLiked() {
    settings::setFoldsSetup(true);
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    test::makeSmall(workspace, 5);
    ready(workspace);
    auto* dock = window.findChild<QDockWidget*>(QStringLiteral("setup"));
    workspace.startTraining();
    QVERIFY(!dock->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(!workspace.training(), 60000);
    QTRY_VERIFY(dock->isVisible());
    settings::setFoldsSetup(false);
    workspace.startTraining();
    QVERIFY(dock->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(!workspace.training(), 60000);
  }
};

QTEST_MAIN(TestViews)
#include "tst_views.moc"
