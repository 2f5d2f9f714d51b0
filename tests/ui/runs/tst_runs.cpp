// The list of runs: a well-behaved item model, numeric sorting, a broken run that is named and harms nobody, and several compared.
#include "core/runs/run_folder.h"
#include "core/training/smoothed.h"
#include "ui/plots/curve_plot.h"
#include "ui/runs/compare_page.h"
#include "ui/runs/run_menu.h"
#include "ui/runs/runs_panel.h"
#include "ui/steps/problem_strip.h"
#include "ui/workspace/workspace.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QHeaderView>
#include <QInputDialog>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QTableWidget>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestRuns : public QObject {
  Q_OBJECT
  static RunEntry entry(const char* name, std::optional<double> loss, std::int64_t started) {
    RunEntry run;
    run.folder = name;
    run.name = name;
    run.status = "finished";
    run.metric = "loss";
    run.best = loss;
    run.started = started;
    return run;
  }

  static void write(const std::filesystem::path& folder, double rate, double accuracy, std::uint64_t seed = 0) {
    TrainingPlan plan;
    plan.learningRate = rate;
    plan.seed = seed;
    RunWriter writer(folder, plan, "model", "data");
    const auto listen = writer.events();
    Started started;
    started.totalSteps = 2;
    started.classes = {"a", "b"};
    listen(started);
    for (int i = 1; i <= 2; ++i) {
      Stepped step;
      step.step = i;
      step.loss = 3.5 - i;
      listen(step);
    }
    Evaluated evaluated;
    evaluated.step = 1;
    evaluated.loss = 2.25;
    evaluated.accuracy = accuracy;
    evaluated.best = true;
    listen(evaluated);
  }

  static QPushButton* button(const QWidget& panel, const QString& text) {
    for (auto* each : panel.findChildren<QPushButton*>())
      if (each->text().remove(QLatin1Char('&')) == text) return each;
    return nullptr;
  }

 private slots:
  void theModelKeepsItsPromises() {
    RunsItemModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.show({entry("b", 2, 20), entry("a", 10, 5)});
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.show({entry("c", 3, 300), entry("b", 1.9, 21), entry("a", 10, 5)});  // a new run at the top
    QCOMPARE(reset.count(), 0);
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(1, RunsItemModel::Best).data().toString(), QStringLiteral("1.900 val. loss"));
    model.show({entry("a", 10, 5)});
    QCOMPARE(model.rowCount(), 1);
    model.show({});
    QCOMPARE(model.rowCount(), 0);
  }

  void sortingIsNumericAndMissingNumbersComeLast() {
    RunsItemModel model;
    auto sure = entry("sure", 0.9, 5);
    sure.metric = "accuracy";
    model.show({entry("none", {}, 1), entry("ten", 10, 2), entry("nine", 9, 30), entry("two", 2, 4), sure});
    QSortFilterProxyModel sorted;
    sorted.setSourceModel(&model);
    sorted.setSortRole(RunsItemModel::SortRole);
    sorted.sort(RunsItemModel::Best);
    QStringList names;
    for (int row = 0; row < 5; ++row)
      names << sorted.index(row, RunsItemModel::Name).data().toString();
    QCOMPARE(names, (QStringList{"sure", "two", "nine", "ten", "none"}));
    sorted.sort(RunsItemModel::When, Qt::DescendingOrder);
    QCOMPARE(sorted.index(0, RunsItemModel::Name).data().toString(), QStringLiteral("nine"));
  }

  // At the width that a view has at 1280 x 800, no name of a run and no number is cut off; what differs takes what is left.
  void everythingFitsItsColumn() {
    QTemporaryDir folder;
    const std::filesystem::path parent = folder.path().toStdString();
    { RunWriter writer(parent / "quiet-harbour-1234", {}, "model", "data"); }
    write(parent / "quiet-harbour-1235", 0.1, 1);
    Jobs jobs;
    Workspace workspace(jobs);
    workspace.setRunsFolder(parent);
    RunsPanel panel(workspace);
    panel.resize(624, 300);
    panel.show();
    auto* table = panel.findChild<QTableView*>(QStringLiteral("runs"));
    QTRY_COMPARE(table->model()->rowCount(), 2);
    QTest::qWait(50);
    for (int column = 0; column < RunsItemModel::Differs; ++column)
      QVERIFY2(table->isColumnHidden(column) ||
                   table->columnWidth(column) >= static_cast<QAbstractItemView*>(table)->sizeHintForColumn(column),
               qPrintable(QString::number(column)));
    QVERIFY(table->horizontalHeader()->length() <= table->viewport()->width());
  }

  void childrenStandBehindTheirParent() {
    QTemporaryDir folder;
    const std::filesystem::path parent = folder.path().toStdString();
    write(parent / "a", 0.1, 0.5);
    write(parent / "z", 0.2, 0.5);
    {
      TrainingPlan plan;
      plan.promptTuningInit = PromptInit::Adapter;
      plan.initFrom = (parent / "a" / "snapshots" / "step-000002.safetensors").string();
      RunWriter writer(parent / "m", plan, "model", "data");
    }
    Jobs jobs;
    Workspace workspace(jobs);
    workspace.setRunsFolder(parent);
    RunsPanel panel(workspace);
    panel.resize(800, 400);
    panel.show();
    auto* table = panel.findChild<QTableView*>(QStringLiteral("runs"));
    QTRY_COMPARE(table->model()->rowCount(), 3);
    table->sortByColumn(RunsItemModel::Name, Qt::AscendingOrder);
    const auto names = [&] {
      QStringList all;
      for (int row = 0; row < 3; ++row)
        all << table->model()->index(row, RunsItemModel::Name).data().toString();
      return all.join(QLatin1Char(','));
    };
    QCOMPARE(names(), QStringLiteral("a,m,z"));
    auto* families = panel.findChild<QCheckBox*>();
    families->setChecked(true);
    const auto behind = names();
    QVERIFY2(behind.contains(QStringLiteral("a,└ m")), qPrintable(behind));
    QVERIFY(table->model()
                ->index(behind.startsWith(QLatin1Char('a')) ? 1 : 2, RunsItemModel::Name)
                .data(Qt::ToolTipRole)
                .toString()
                .contains(QStringLiteral("step 2 of a")));
    families->setChecked(false);
    table->sortByColumn(RunsItemModel::Name, Qt::AscendingOrder);
    QCOMPARE(names(), QStringLiteral("a,m,z"));
  }

  void runsAreReadFromTheDiskAndABrokenOneIsNamed() {
    QTemporaryDir folder;
    const std::filesystem::path parent = folder.path().toStdString();
    write(parent / "quiet-harbour-1", 0.3, 0.75);
    Jobs jobs;
    Workspace workspace(jobs);
    workspace.setRunsFolder(parent);
    RunsPanel panel(workspace);
    panel.resize(800, 400);
    panel.show();
    auto* model = panel.model();
    QTRY_COMPARE(model->rowCount(), 1);
    QCOMPARE(model->index(0, RunsItemModel::Status).data().toString(), QStringLiteral("interrupted"));  // no last event
    QCOMPARE(model->index(0, RunsItemModel::Best).data().toString(), QStringLiteral("75.0 % accuracy"));
    QCOMPARE(model->index(0, RunsItemModel::Step).data().toString(), QStringLiteral("1"));
    Smoothed curve;
    curve.push(2.5);
    QCOMPARE(*model->run(0).loss, curve.push(1.5));

    QFile plan(folder.filePath(QStringLiteral("quiet-harbour-1/plan.json")));
    QVERIFY(plan.open(QIODevice::WriteOnly) && plan.write("{ torn") > 0);
    plan.close();
    panel.reload();
    QTRY_COMPARE(model->index(0, RunsItemModel::Status).data().toString(), QStringLiteral("unreadable"));
    QVERIFY(model->run(0).problem.find("plan.json") != std::string::npos);
  }

  void runsAreFoundByTheirWordsAndComparedByTheirSettings() {
    QTemporaryDir folder;
    const std::filesystem::path parent = folder.path().toStdString();
    write(parent / "one", 0.3, 0.5);
    write(parent / "two", 0.1, 0.75);
    write(parent / "three", 0.1, 0.25);
    Jobs jobs;
    Workspace workspace(jobs);
    workspace.setRunsFolder(parent);
    RunsPanel panel(workspace);
    panel.resize(800, 400);
    panel.show();
    auto* table = panel.findChild<QTableView*>(QStringLiteral("runs"));
    QTRY_COMPARE(table->model()->rowCount(), 3);
    auto* search = panel.findChild<QLineEdit*>();
    search->setText(QStringLiteral("learning_rate 0.1"));
    QCOMPARE(table->model()->rowCount(), 2);
    search->setText(QStringLiteral("no such run"));
    QCOMPARE(table->model()->rowCount(), 0);
    QVERIFY(!button(panel, QStringLiteral("Compare"))->isEnabled());
    search->clear();
    QCOMPARE(table->model()->rowCount(), 3);
    table->selectAll();
    QVERIFY(!button(panel, QStringLiteral("Open"))->isEnabled());
    QVERIFY(button(panel, QStringLiteral("Compare"))->isEnabled());
    button(panel, QStringLiteral("Compare"))->click();
    auto* page = panel.findChild<ComparePage*>();
    QVERIFY(page->isVisible());
    QTRY_COMPARE(page->table()->rowCount(), 3);
    QCOMPARE(page->table()->horizontalHeaderItem(5)->text(), QStringLiteral("learning_rate"));
    QVERIFY(page->verdict().contains(QStringLiteral("is not compared")));  // these runs have judged no example
    button(*page, QStringLiteral("Back to the runs"))->click();
    QVERIFY(table->isVisible());
  }

  void seedsOfAPlanAreComparedAsOne() {
    QTemporaryDir folder;
    const std::filesystem::path parent = folder.path().toStdString();
    write(parent / "a0", 0.1, 0.5, 0);
    write(parent / "a1", 0.1, 0.75, 1);
    write(parent / "b0", 0.3, 0.25, 0);
    write(parent / "b1", 0.3, 0.25, 1);
    Jobs jobs;
    ComparePage page(jobs);
    page.resize(800, 600);
    page.setVisible(true);
    page.show({parent / "a0", parent / "a1", parent / "b0", parent / "b1"});
    QTRY_COMPARE_WITH_TIMEOUT(page.table()->rowCount(), 4, 20000);
    const auto colour = [&](int row) { return page.table()->item(row, 0)->foreground().color(); };
    QVERIFY(colour(0) != colour(1));
    QComboBox* together = nullptr;
    for (auto* box : page.findChildren<QComboBox*>())
      if (box->findText(QStringLiteral("All seeds of a plan")) >= 0) together = box;
    QVERIFY(together);
    together->setCurrentIndex(together->findText(QStringLiteral("All seeds of a plan")));
    emit together->activated(together->currentIndex());
    QVERIFY2(page.verdict().contains(QStringLiteral("62.5 % on average of 2 runs (50.0 % to 75.0 %)")), qPrintable(page.verdict()));
    QVERIFY(colour(0) == colour(1) && colour(2) == colour(3) && colour(0) != colour(2));
    QVERIFY(page.findChild<CurvePlot*>()->dataAsText().contains(QStringLiteral("mean of 2")));
    together->setCurrentIndex(0);
    emit together->activated(0);
    QVERIFY(page.verdict().contains(QStringLiteral("not compared")));
    QVERIFY(colour(0) != colour(1));
  }

  void aRunIsStarredNotedAndRenamed() {
    QTemporaryDir folder;
    const std::filesystem::path parent = folder.path().toStdString();
    write(parent / "a", 0.1, 0.5);
    write(parent / "b", 0.3, 0.75);
    Jobs jobs;
    Workspace workspace(jobs);
    workspace.setRunsFolder(parent);
    RunsPanel panel(workspace);
    panel.resize(800, 400);
    panel.show();
    auto* table = panel.findChild<QTableView*>(QStringLiteral("runs"));
    QTRY_COMPARE(table->model()->rowCount(), 2);
    QVERIFY(table->isColumnHidden(RunsItemModel::Notes));
    table->sortByColumn(RunsItemModel::Name, Qt::AscendingOrder);
    const auto star = table->model()->index(0, RunsItemModel::Star);
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(star).center());
    QTRY_VERIFY(readMarks(parent / "a").starred);
    QTRY_COMPARE(table->model()->index(0, RunsItemModel::Star).data().toString(), QStringLiteral("★"));
    auto* search = panel.findChild<QLineEdit*>();
    search->setText(QStringLiteral("★"));
    QCOMPARE(table->model()->rowCount(), 1);
    search->clear();

    auto* menu = panel.findChild<RunMenu*>();
    menu->editMarks(entryOf(parent / "b"));
    auto* dialog = panel.findChild<QDialog*>();
    dialog->findChild<QLineEdit*>()->setText(QStringLiteral("sea, paper"));
    dialog->findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("the good one\n<b>"));
    dialog->accept();
    QTRY_COMPARE(readMarks(parent / "b").tags.size(), std::size_t(2));
    QTRY_VERIFY(!table->isColumnHidden(RunsItemModel::Notes));
    search->setText(QStringLiteral("#paper good"));
    QTRY_COMPARE(table->model()->rowCount(), 1);
    search->clear();

    menu->rename(entryOf(parent / "b"));
    auto* input = panel.findChild<QInputDialog*>();
    input->setTextValue(QStringLiteral("a"));  // taken
    input->accept();
    const auto strips = panel.findChildren<ProblemStrip*>();
    const auto mine = std::ranges::find_if(strips, [&](auto* strip) { return !panel.findChild<ComparePage*>()->isAncestorOf(strip); });
    QTRY_VERIFY(!(*mine)->problem().empty());
    QVERIFY(std::filesystem::exists(parent / "b"));
    menu->rename(entryOf(parent / "b"));
    for (auto* each : panel.findChildren<QInputDialog*>())
      if (each->isVisible()) {
        each->setTextValue(QStringLiteral("best"));
        each->accept();
      }
    QTRY_VERIFY(std::filesystem::exists(parent / "best") && !std::filesystem::exists(parent / "b"));
    QTRY_COMPARE(table->model()->index(1, RunsItemModel::Name).data().toString(), QStringLiteral("best"));
    QVERIFY(table->model()->index(1, RunsItemModel::Notes).data().toString().contains(QStringLiteral("#sea")));
  }
};

QTEST_MAIN(TestRuns)
#include "tst_runs.moc"
