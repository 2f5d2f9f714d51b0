// The examples of a run: live and reopened the same, sorted and filtered, and without texts that are not its own.
#include "tests/ui/support/small_runs.h"
#include "tests/ui/support/small_studio.h"
#include "ui/examples/calibration_view.h"
#include "ui/examples/confusion_view.h"
#include "ui/examples/examples_panel.h"
#include "ui/examples/predictions_item_model.h"
#include "ui/steps/problem_strip.h"
#include "ui/tokens/token_flow.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QTableView>
#include <QToolButton>
#include <QtTest>
#include <algorithm>

using namespace incipit;
using namespace incipit::ui;

class TestExamples : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  // Labels are learned, and a part of the rows is held out.
  void open(Workspace& workspace) {
    QByteArray rows("text,label\n");
    for (int i = 0; i < 24; ++i)
      rows += "Ship " + QByteArray::number(i) + (i % 2 ? " sailed.,sea\n" : " rotted.,land\n");
    test::writeText(m_studio.path(QStringLiteral("ships.csv")), rows);
    workspace.setRunsFolder(m_studio.path(QStringLiteral("runs")).toStdString());
    workspace.openModel(m_studio.model());
    workspace.openData(m_studio.path(QStringLiteral("ships.csv")));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.data() && workspace.data()->training, 60000);
    test::makeSmall(workspace, 8);
    auto plan = workspace.plan();
    plan.data.labelColumn = "label";
    plan.evalEvery = 2;
    workspace.editPlan(plan, QStringLiteral("labels"));
    workspace.holdOut(0.5);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty() && workspace.data()->validation, 60000);
  }

 private slots:
  void aRunShowsEachExampleAndSoDoesTheReopenedOne() {
    Jobs jobs;
    Workspace workspace(jobs);
    ExamplesPanel panel(workspace);
    panel.resize(800, 600);
    panel.show();
    QAbstractItemModelTester tester(panel.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    open(workspace);
    QSignalSpy ended(&workspace, &Workspace::runEnded);
    workspace.startTraining();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, 120000);
    QTRY_VERIFY_WITH_TIMEOUT(panel.model()->predictions(), 10000);
    QTRY_COMPARE(panel.model()->rowCount(), 12);
    const auto rows = panel.shownRows();
    const auto losses = [&] {
      std::vector<double> values;
      for (const auto row : panel.shownRows())
        values.push_back(std::ranges::find(panel.model()->predictions()->rows, row, &Prediction::row)->loss);
      return values;
    };
    QVERIFY(std::ranges::is_sorted(losses(), std::greater()));  // the worst first
    QTRY_VERIFY(!panel.model()->index(0, PredictionsItemModel::Text).data().toString().isEmpty());

    // One of them, token by token.
    auto* flow = panel.findChild<TokenFlow*>();
    QTRY_VERIFY_WITH_TIMEOUT(std::ranges::any_of(flow->chips(), [](const TokenChip& chip) { return chip.surprise >= 0; }), 20000);

    auto* answers = panel.findChild<QComboBox*>(QStringLiteral("answers"));
    answers->setCurrentIndex(1);
    const auto wrong = panel.shownRows().size();
    answers->setCurrentIndex(2);
    QCOMPARE(panel.shownRows().size() + wrong, std::size_t(12));
    answers->setCurrentIndex(0);
    auto* label = panel.findChild<QComboBox*>(QStringLiteral("class"));
    QCOMPARE(label->count(), 3);
    label->setCurrentIndex(1);
    QCOMPARE(panel.shownRows().size(), std::size_t(6));
    label->setCurrentIndex(0);

    const auto folder = workspace.run()->folder;
    Jobs otherJobs;
    Workspace later(otherJobs);
    ExamplesPanel reopened(later);
    reopened.show();
    later.openRun(toText(folder));
    QTRY_COMPARE_WITH_TIMEOUT(reopened.model()->rowCount(), 12, 20000);
    QCOMPARE(reopened.shownRows(), rows);
    // No model is open: no text of another run or data, and the way to its own.
    QVERIFY(reopened.model()->index(0, PredictionsItemModel::Text).data().toString().isEmpty());
    auto* strip = reopened.findChild<ProblemStrip*>();
    QVERIFY(strip->isVisible());
    emit strip->acted();
    QTRY_VERIFY_WITH_TIMEOUT(!reopened.model()->index(0, PredictionsItemModel::Text).data().toString().isEmpty(), 60000);
    QVERIFY(!strip->isVisible());
  }

  void aCellOfTheConfusionShowsItsExamples() {
    Jobs jobs;
    Workspace workspace(jobs);
    ExamplesPanel panel(workspace);
    panel.resize(800, 700);
    panel.show();
    open(workspace);
    QSignalSpy ended(&workspace, &Workspace::runEnded);
    workspace.startTraining();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, 120000);
    QTRY_COMPARE_WITH_TIMEOUT(panel.model()->rowCount(), 12, 20000);
    auto* matrix = panel.findChild<ConfusionView*>();
    const auto lines = matrix->text().trimmed().split(QLatin1Char('\n'));
    QCOMPARE(lines.size(), 3);
    int all = 0;
    std::pair<int, int> cell{-1, -1};
    for (int truth = 0; truth < 2; ++truth)
      for (int answer = 0; answer < 2; ++answer) {
        const int count = lines[truth + 1].split(QLatin1Char('\t'))[answer + 1].toInt();
        all += count;
        if (count > 0) cell = {truth, answer};
      }
    QCOMPARE(all, 12);
    for (auto* button : panel.findChildren<QToolButton*>())
      if (button->text() == QStringLiteral("Confusion")) QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(matrix->isVisible());
    const auto& classes = panel.model()->predictions()->classes;
    auto* label = panel.findChild<QComboBox*>(QStringLiteral("class"));
    label->setCurrentIndex(1);
    QTest::mouseClick(matrix, Qt::LeftButton, {}, matrix->placeOf(cell).center());
    QCOMPARE(label->currentIndex(), 0);
    std::size_t expected = 0;
    for (const auto& row : panel.model()->predictions()->rows)
      if (row.label == classes[std::size_t(cell.first)] && row.predicted == classes[std::size_t(cell.second)]) ++expected;
    QVERIFY(expected > 0);
    QCOMPARE(panel.shownRows().size(), expected);
    QTest::keyClick(matrix, Qt::Key_Space);  // pressed again: all of them
    QCOMPARE(panel.shownRows().size(), std::size_t(12));
    QTest::keyClick(matrix, Qt::Key_Space);
    QCOMPARE(panel.shownRows().size(), expected);
    label->setCurrentIndex(2);  // another question
    QVERIFY(!matrix->chosen());
    QCOMPARE(panel.shownRows().size(), std::size_t(6));
    QVERIFY(panel.findChild<CalibrationView*>()->text().count(QLatin1Char('\n')) == 11);
  }

  void otherDataTakesTheTextsAway() {
    Jobs jobs;
    Workspace workspace(jobs);
    ExamplesPanel panel(workspace);
    panel.show();
    open(workspace);
    QSignalSpy ended(&workspace, &Workspace::runEnded);
    workspace.startTraining();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, 120000);
    QTRY_VERIFY_WITH_TIMEOUT(
        panel.model()->rowCount() == 12 && !panel.model()->index(0, PredictionsItemModel::Text).data().toString().isEmpty(), 20000);
    workspace.openData(m_studio.places());
    QTRY_VERIFY_WITH_TIMEOUT(panel.model()->index(0, PredictionsItemModel::Text).data().toString().isEmpty(), 20000);
    QCOMPARE(panel.model()->rowCount(), 12);  // the answers are the run's, whatever is open
    workspace.openModel(m_studio.otherModel());
    QTRY_VERIFY_WITH_TIMEOUT(panel.findChild<ProblemStrip*>()->isVisible(), 20000);
    QVERIFY(std::ranges::none_of(panel.findChild<TokenFlow*>()->chips(), [](const TokenChip& chip) { return chip.surprise >= 0; }));
  }
};

QTEST_MAIN(TestExamples)
#include "tst_examples.moc"
