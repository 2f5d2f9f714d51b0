// Influence: the cost first, refined batch by batch, kept when it is stopped, of what is open or faded, the same figures as core's.
#include "tests/ui/support/small_inspection.h"
#include "ui/inspection/influence_bars.h"
#include "ui/inspection/influence_panel.h"
#include "ui/workspace/text.h"

#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>

using namespace incipit;
using namespace incipit::ui;

class TestInfluence : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

 private slots:
  void barsAreSortedAndSayWhatIsSure() {
    InfluenceBars bars;
    Influence found;
    found.rows = {{0, {0.1, -0.1, 0.3}, 5, {}}, {1, {-0.4, -0.5, -0.3}, 1, {}}, {2, {0.25, 0.2, 0.3}, 0.5, {}}};
    bars.show(found);
    QCOMPARE(bars.rows()[0].row, 2);
    QCOMPARE(bars.rows()[2].row, 1);
    QCOMPARE(InfluenceBars::verdictOf(bars.rows()[0]), InfluenceBars::Verdict::Helps);
    QCOMPARE(InfluenceBars::verdictOf(bars.rows()[1]), InfluenceBars::Verdict::Unsure);
    QCOMPARE(InfluenceBars::verdictOf(bars.rows()[2]), InfluenceBars::Verdict::Harms);
    QVERIFY(bars.toolTipOf(0).startsWith(QStringLiteral("Virtual token 3")));
    bars.resize(bars.sizeHint());
    bars.QWidget::show();
    QSignalSpy pressed(&bars, &InfluenceBars::rowPressed);
    QTest::mouseClick(&bars, Qt::LeftButton, {}, bars.placeOf(2).center());
    QCOMPARE(pressed.last().at(0).toLongLong(), 1);
    QTest::keyClick(&bars, Qt::Key_Up);
    QTest::keyClick(&bars, Qt::Key_Space);
    QCOMPARE(pressed.last().at(0).toLongLong(), 0);
    QCOMPARE(bars.text().count(QLatin1Char('\n')), 4);
  }

  void itSaysWhatIsMissingAndWhatItCosts() {
    Jobs jobs;
    Workspace workspace(jobs);
    InfluencePanel panel(workspace);
    panel.show();
    QCOMPARE(panel.whyNothing(), QStringLiteral("No model yet"));
    workspace.openModel(m_studio.model());
    QTRY_COMPARE_WITH_TIMEOUT(panel.whyNothing(), QStringLiteral("No data yet"), 30'000);
    QVERIFY(test::openShips(workspace, m_studio));
    QTRY_VERIFY_WITH_TIMEOUT(panel.cost().startsWith(QStringLiteral("5 evaluations and a gradient over 12 of 12 validation examples")),
                             10'000);
    QVERIFY(panel.cost().contains(QStringLiteral("how long")));  // nothing was timed here yet
    QVERIFY(test::trainSmall(workspace));
    QTRY_VERIFY_WITH_TIMEOUT(panel.cost().contains(QStringLiteral("about")), 10'000);
  }

  void theFiguresAreCoresAndFadeWithThePrompt() {
    Jobs jobs;
    Workspace workspace(jobs);
    InfluencePanel panel(workspace);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    QVERIFY(test::trainSmall(workspace));
    panel.start();
    QVERIFY(panel.running());
    QTRY_VERIFY_WITH_TIMEOUT(!panel.running() && panel.hasResult(), 60'000);
    InfluenceOptions options;
    options.sample = 64;
    const auto own = rowInfluence(*workspace.model()->frozen, workspace.prompt()->prompt, *workspace.data()->validation, options);
    QCOMPARE(panel.found().rows.size(), own.rows.size());
    for (std::size_t row = 0; row < own.rows.size(); ++row) {
      QVERIFY(std::abs(panel.found().rows[row].influence.value - own.rows[row].influence.value) < 1e-6);
      QVERIFY(std::abs(panel.found().rows[row].gate - own.rows[row].gate) < 1e-6);
    }
    QVERIFY(panel.sentence().contains(QStringLiteral("On 12 of 12 examples")));
    QVERIFY(!panel.faded());

    auto* pairs = panel.pairsTable();
    QVERIFY(!pairs->isVisible());
    panel.lookAtPairs();
    QTRY_VERIFY_WITH_TIMEOUT(pairs->isVisible() && !panel.running(), 60'000);
    QCOMPARE(pairs->rowCount(), 6);  // of four rows
    pairs->selectRow(0);
    QCOMPARE(workspace.selection().rows().size(), std::size_t(2));

    workspace.showSnapshot(1);
    QTRY_VERIFY_WITH_TIMEOUT(panel.faded(), 10'000);
    workspace.showKeptPrompt();
    // The prompt is the same one only by its numbers: what is shown is of another value, and says so until it is measured again.
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(!panel.running() && !panel.faded(), 60'000);
    workspace.openModel(m_studio.otherModel());
    QTRY_VERIFY_WITH_TIMEOUT(!panel.hasResult(), 30'000);
    QVERIFY(panel.bars()->rows().empty());
    QVERIFY(!pairs->isVisible());
  }

  void whatIsKnownStaysWhenItIsStopped() {
    Jobs jobs;
    Workspace workspace(jobs);
    InfluencePanel panel(workspace);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    // Many examples, so that there is a second batch.
    workspace.openData(test::shipRows(m_studio, 900));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.data()->training && workspace.data()->training->items.size() == 900, 60'000);
    workspace.holdOut(0.5);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.data()->validation && workspace.data()->validation->items.size() > 200, 60'000);
    panel.findChild<QSpinBox*>()->setValue(400);
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(panel.hasResult(), 60'000);
    QVERIFY(panel.running());
    QTest::keyClick(&panel, Qt::Key_Escape);
    if (panel.running()) panel.stop();  // without a window manager no shortcut arrives
    QVERIFY(!panel.running());
    const auto known = panel.found().examples;
    QVERIFY(known >= 16 && known < 400);
    QVERIFY(panel.hasResult() && panel.sentence().contains(QStringLiteral("On %1 of").arg(known)));
    QTest::qWait(300);  // what was under way is not heard of any more
    QCOMPARE(panel.found().examples, known);
  }

  void aModelThatIsSwappedInMidMeasureLeavesNothing() {
    Jobs jobs;
    Workspace workspace(jobs);
    InfluencePanel panel(workspace);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    panel.start();
    workspace.openModel(m_studio.otherModel());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.model() && workspace.model()->name == m_studio.otherModel().toStdString(), 30'000);
    QTest::qWait(300);
    QVERIFY(!panel.running());
    QVERIFY(!panel.hasResult() || !panel.faded());
  }

  void closingInMidMeasureIsHarmless() {
    Jobs jobs;
    Workspace workspace(jobs);
    auto panel = std::make_unique<InfluencePanel>(workspace);
    QVERIFY(test::openShips(workspace, m_studio));
    panel->start();
    QTest::qWait(5);
    panel.reset();
    QTest::qWait(200);
    QVERIFY(!jobs.busy(QStringLiteral("influence")));
  }
};

QTEST_MAIN(TestInfluence)
#include "tst_influence.moc"
