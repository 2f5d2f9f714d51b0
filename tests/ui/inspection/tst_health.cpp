// Health of the rows: the figures of core/inspection/health.h, live, bound to the model, and chosen together with every other view.
#include "core/inspection/health.h"
#include "core/model/frozen_model.h"
#include "tests/ui/support/small_runs.h"
#include "tests/ui/support/small_studio.h"
#include "ui/inspection/cosine_map.h"
#include "ui/inspection/health_item_model.h"
#include "ui/inspection/health_panel.h"
#include "ui/inspection/neighbours_item_model.h"
#include "ui/workspace/workspace.h"

#include <QAbstractItemModelTester>
#include <QTableView>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestHealth : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  void open(Workspace& workspace, int steps) {
    workspace.setRunsFolder(m_studio.path(QStringLiteral("runs")).toStdString());
    workspace.openModel(m_studio.model());
    workspace.openData(m_studio.stories());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.data() && workspace.data()->training, 60000);
    test::makeSmall(workspace, steps);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty() && workspace.prompt(), 60000);
  }

 private slots:
  void figuresAreThoseOfTheCore() {
    Jobs jobs;
    Workspace workspace(jobs);
    HealthPanel panel(workspace);
    QAbstractItemModelTester tester(panel.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    panel.resize(800, 500);
    panel.show();
    QCOMPARE(panel.model()->rowCount(), 0);
    open(workspace, 5);
    QSignalSpy ended(&workspace, &Workspace::runEnded);
    workspace.startTraining();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, 60000);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Trained, 60000);
    const auto cell = [&](int row, int column, int role) { return panel.model()->index(row, column).data(role); };
    // Drift is known once the start has been made again.
    QTRY_VERIFY_WITH_TIMEOUT(
        panel.model()->rowCount() == 4 && cell(0, HealthItemModel::Drift, NeighboursItemModel::SortRole).toDouble() > 0, 60000);
    const auto health = promptHealth(*workspace.model()->frozen, workspace.prompt()->prompt);
    QTRY_COMPARE(cell(2, HealthItemModel::Norm, NeighboursItemModel::SortRole).toDouble(), health.rows[2].norm);
    QCOMPARE(cell(1, HealthItemModel::Alike, NeighboursItemModel::SortRole).toDouble(), health.rows[1].alikeCosine);
    QVERIFY(!panel.words().isEmpty());
    const auto lines = panel.map()->text().trimmed().split(QLatin1Char('\n'));
    QCOMPARE(lines.size(), 5);
    QCOMPARE(lines[2].split(QLatin1Char('\t'))[2], QStringLiteral("1.0000"));
    // A cell of the map chooses its two rows, here and in the table.
    QTest::mouseClick(panel.map(), Qt::LeftButton, {}, panel.map()->placeOf(0, 3).center().toPoint());
    QCOMPARE(workspace.selection().rows(), (std::vector<std::int64_t>{0, 3}));
    QCOMPARE(panel.findChild<QTableView*>()->selectionModel()->selectedRows().size(), 2);
  }

  void anotherModelTakesThemAway() {
    Jobs jobs;
    Workspace workspace(jobs);
    HealthPanel panel(workspace);
    panel.show();
    open(workspace, 3);
    QTRY_COMPARE_WITH_TIMEOUT(panel.model()->rowCount(), 4, 60000);
    workspace.openModel(m_studio.otherModel());
    bool emptied = false;
    connect(&workspace, &Workspace::modelChanged, &panel, [&] { emptied = panel.model()->rowCount() == 0; });
    QTRY_VERIFY_WITH_TIMEOUT(emptied, 60000);
    QTRY_COMPARE_WITH_TIMEOUT(panel.model()->rowCount(), 4, 60000);
    const auto health = promptHealth(*workspace.model()->frozen, workspace.prompt()->prompt);
    QCOMPARE(panel.model()->index(0, HealthItemModel::Norm).data(NeighboursItemModel::SortRole).toDouble(), health.rows[0].norm);
  }
};

QTEST_MAIN(TestHealth)
#include "tst_health.moc"
