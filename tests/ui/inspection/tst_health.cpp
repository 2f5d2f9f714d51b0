// Health: a well-behaved table that sorts as numbers; live while training, of the prompt in view; chosen rows are chosen everywhere.
#include "core/inspection/health.h"
#include "tests/ui/support/small_inspection.h"
#include "ui/inspection/health_item_model.h"
#include "ui/inspection/health_panel.h"
#include "ui/inspection/neighbours_item_model.h"
#include "ui/plots/heat_map.h"

#include <QAbstractItemModelTester>
#include <QSortFilterProxyModel>
#include <QTableView>

#include <algorithm>

using namespace incipit;
using namespace incipit::ui;

class TestHealth : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;
  using Model = HealthItemModel;

  static PromptHealth health(int rows, bool withStart) {
    PromptHealth made;
    made.vocabulary = {0.5, 1, 1.5, 0.1};
    for (int i = 0; i < rows; ++i) {
      RowHealth row;
      row.row = i;
      row.norm = 1 + i;
      if (withStart) row.start = StartDistance{0.5, 10.0 * i, 2};
      row.alike = (i + 1) % rows;
      row.alikeCosine = 0.25;
      row.twin = i == 2;
      made.rows.push_back(row);
    }
    return made;
  }

 private slots:
  void theModelKeepsItsPromises() {
    Model model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.show(health(12, false));
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset), changed(&model, &QAbstractItemModel::dataChanged);
    model.show(health(12, true));
    QCOMPARE(reset.count(), 0);  // live values change in place
    QCOMPARE(changed.count(), 1);
    QVERIFY(model.startIsKnown());
    QSortFilterProxyModel sorted;
    sorted.setSourceModel(&model);
    sorted.setSortRole(NeighboursItemModel::SortRole);
    sorted.sort(Model::Drift, Qt::DescendingOrder);
    QCOMPARE(sorted.index(0, Model::Row).data().toString(), QStringLiteral("12"));
    QCOMPARE(sorted.index(10, Model::Drift).data(NeighboursItemModel::SortRole).toDouble(), 10.0);
    QCOMPARE(model.index(2, Model::Marks).data().toString(), QStringLiteral("twin of 4"));
    QCOMPARE(model.index(0, Model::Alike).data().toString(), QStringLiteral("2: 0.25"));
    const auto band = model.index(0, Model::Norm).data(NeighboursItemModel::BandRole).value<QList<double>>();
    QCOMPARE(band.size(), 4);
    QVERIFY(band[3] > 12);  // the longest row has its place on the scale
    model.clear();
    QCOMPARE(model.rowCount(), 0);
  }

  void withoutAModelItSaysWhatWillAppear() {
    Jobs jobs;
    Workspace workspace(jobs);
    HealthPanel panel(workspace);
    QCOMPARE(panel.whyNothing(), QStringLiteral("No model yet"));
  }

  void liveWhileTrainingAndOfThePromptInView() {
    Jobs jobs;
    Workspace workspace(jobs);
    HealthPanel panel(workspace);
    panel.resize(640, 560);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio, 6));
    QTRY_COMPARE_WITH_TIMEOUT(panel.model()->rowCount(), 4, 30'000);
    QTRY_VERIFY(!panel.running() && !panel.faded());
    QVERIFY(!panel.model()->startIsKnown());  // it is the start
    const double before = panel.model()->health().rows[0].norm;

    QVERIFY(test::trainSmall(workspace));
    // The figures are those of the verb that the terminal asks too.
    const auto own = promptHealth(*workspace.model()->frozen, workspace.prompt()->prompt);
    const auto same = [&](const PromptHealth& shown) {
      return std::ranges::equal(shown.rows, own.rows, {}, &RowHealth::norm, &RowHealth::norm);
    };
    QTRY_VERIFY_WITH_TIMEOUT(panel.model()->startIsKnown() && same(panel.model()->health()), 30'000);
    QVERIFY(panel.model()->health().rows[0].norm != before);
    const double moved = panel.model()->health().rows[0].start->drift;
    QVERIFY(moved > 0);
    QVERIFY(panel.sentence().contains(QStringLiteral("Effective rank")));

    // Back to the first step: less has moved there.
    workspace.showSnapshot(1);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Snapshot, 10'000);
    QTRY_VERIFY_WITH_TIMEOUT(panel.model()->startIsKnown() && panel.model()->health().rows[0].start->drift < moved, 10'000);
  }

  void whatIsChosenInTheMapIsChosenEverywhere() {
    Jobs jobs;
    Workspace workspace(jobs);
    HealthPanel panel(workspace);
    panel.resize(1200, 560);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    QTRY_COMPARE_WITH_TIMEOUT(panel.heatMap()->table().values.size(), std::size_t(16), 30'000);
    const auto& names = panel.heatMap()->table().down.names;
    const auto a = names[0].toLongLong() - 1, b = names[3].toLongLong() - 1;
    QTest::mouseClick(panel.heatMap(), Qt::LeftButton, {}, panel.heatMap()->placeOf({0, 3}).center());
    QCOMPARE(workspace.selection().rows(), (std::vector{std::min<std::int64_t>(a, b), std::max<std::int64_t>(a, b)}));
    QTRY_COMPARE(panel.findChild<QTableView*>()->selectionModel()->selectedRows().size(), 2);
    QVERIFY(panel.heatMap()->table().marked[0] && !panel.heatMap()->table().marked[1]);
    QVERIFY(panel.text().contains(QStringLiteral("Norm")));
    QVERIFY(panel.savePicture(m_studio.path(QStringLiteral("health.svg"))).isEmpty());
  }

  void anotherModelTakesItAway() {
    Jobs jobs;
    Workspace workspace(jobs);
    HealthPanel panel(workspace);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    QTRY_COMPARE_WITH_TIMEOUT(panel.model()->rowCount(), 4, 30'000);
    bool gone = false;
    connect(&workspace, &Workspace::modelChanged, &panel, [&] { gone = panel.model()->rowCount() == 0; });
    workspace.openModel(m_studio.otherModel());
    QTRY_VERIFY_WITH_TIMEOUT(gone, 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(panel.model()->rowCount(), 4, 30'000);
  }
};

QTEST_MAIN(TestHealth)
#include "tst_health.moc"
