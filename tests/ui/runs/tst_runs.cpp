// The list of runs: a well-behaved item model, numeric sorting, and a broken run that is named and harms nobody.
#include "core/runs/run_folder.h"
#include "core/training/smoothed.h"
#include "ui/runs/runs_panel.h"
#include "ui/workspace/workspace.h"

#include <QAbstractItemModelTester>
#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestRuns : public QObject {
  Q_OBJECT
  static RunLine line(const char* name, double loss, std::int64_t steps) {
    RunLine run;
    run.folder = name;
    run.name = QLatin1String(name);
    run.status = QStringLiteral("finished");
    run.loss = loss;
    run.steps = steps;
    run.when = QDateTime(QDate(2024, 5, 1), QTime(12, 0)).addSecs(steps);
    return run;
  }

 private slots:
  void theModelKeepsItsPromises() {
    RunsItemModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.show({line("b", 2, 20), line("a", 10, 5)});
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.show({line("c", 3, 300), line("b", 1.9, 21), line("a", 10, 5)});  // a new run at the top
    QCOMPARE(reset.count(), 0);
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(1, RunsItemModel::Loss).data().toString(), QStringLiteral("1.900"));
    model.show({line("a", 10, 5)});
    QCOMPARE(model.rowCount(), 1);
    model.show({});
    QCOMPARE(model.rowCount(), 0);
  }

  void sortingIsNumericAndMissingNumbersComeLast() {
    RunsItemModel model;
    auto none = line("none", 0, 1);
    none.loss.reset();
    model.show({none, line("ten", 10, 2), line("nine", 9, 30), line("two", 2, 4)});
    QSortFilterProxyModel sorted;
    sorted.setSourceModel(&model);
    sorted.setSortRole(RunsItemModel::SortRole);
    sorted.sort(RunsItemModel::Loss);
    QStringList names;
    for (int row = 0; row < 4; ++row)
      names << sorted.index(row, RunsItemModel::Name).data().toString();
    QCOMPARE(names, (QStringList{"two", "nine", "ten", "none"}));
    sorted.sort(RunsItemModel::Steps, Qt::DescendingOrder);
    QCOMPARE(sorted.index(0, RunsItemModel::Name).data().toString(), QStringLiteral("nine"));
  }

  // At the width that a view has at 1280 x 800, no name of a run and no number is cut off.
  void everythingFitsItsColumn() {
    QTemporaryDir folder;
    const std::filesystem::path parent = folder.path().toStdString();
    { RunWriter writer(parent / "quiet-harbour-1234", {}, "model", "data"); }
    {
      RunWriter writer(parent / "quiet-harbour-1235", {}, "model", "data");
      Evaluated evaluated;
      evaluated.accuracy = 1;
      evaluated.best = true;
      writer.events()(Started{});
      writer.events()(evaluated);
    }
    Jobs jobs;
    Workspace workspace(jobs);
    workspace.setRunsFolder(parent);
    RunsPanel panel(workspace);
    panel.resize(624, 300);
    panel.show();
    auto* table = panel.findChild<QTableView*>();
    QTRY_COMPARE(table->model()->rowCount(), 2);
    QCOMPARE(table->model()->index(0, RunsItemModel::Loss).data().toString(), QStringLiteral("–"));  // no step, no loss
    QTest::qWait(50);
    for (int column = 0; column < table->model()->columnCount(); ++column)
      QVERIFY2(table->columnWidth(column) >= static_cast<QAbstractItemView*>(table)->sizeHintForColumn(column),
               qPrintable(QString::number(column)));
    QVERIFY(table->horizontalHeader()->length() <= table->viewport()->width());
  }

  void runsAreReadFromTheDiskAndABrokenOneIsNamed() {
    QTemporaryDir folder;
    const std::filesystem::path parent = folder.path().toStdString();
    {
      RunWriter writer(parent / "quiet-harbour-1", {}, "model", "data");
      const auto listen = writer.events();
      listen(Started{});
      Stepped step;
      step.step = 1;
      step.loss = 2.5;
      listen(step);
      step.step = 2;
      step.loss = 1.5;
      listen(step);
      Evaluated evaluated;
      evaluated.step = 1;
      evaluated.loss = 2.25;
      evaluated.accuracy = 0.75;
      evaluated.best = true;
      listen(evaluated);
    }
    const auto lines = readRunLines(parent);
    QCOMPARE(lines.size(), 1u);
    QCOMPARE(lines[0].name, QStringLiteral("quiet-harbour-1"));
    QCOMPARE(lines[0].status, QStringLiteral("interrupted"));  // no last event
    QCOMPARE(lines[0].steps, 2);
    Smoothed curve;  // the number that its curve ends with, not that of one batch
    curve.push(2.5);
    QCOMPARE(*lines[0].loss, curve.push(1.5));
    QCOMPARE(*lines[0].validation, 2.25);
    QCOMPARE(*lines[0].accuracy, 0.75);

    QFile plan(folder.filePath(QStringLiteral("quiet-harbour-1/plan.json")));
    QVERIFY(plan.open(QIODevice::WriteOnly) && plan.write("{ torn") > 0);
    plan.close();
    const auto broken = readRunLines(parent);
    QCOMPARE(broken.size(), 1u);
    QVERIFY(broken[0].problem.contains(QStringLiteral("plan.json")));
  }
};

QTEST_MAIN(TestRuns)
#include "tst_runs.moc"
