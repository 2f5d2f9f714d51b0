// What the next run takes, said before it starts; and how fast the model is here, measured once and remembered.
#include "tests/ui/support/small_runs.h"
#include "tests/ui/support/small_studio.h"
#include "ui/training/estimate_line.h"
#include "ui/workspace/workspace.h"

#include <QPushButton>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestEstimateLine : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  void open(Workspace& workspace) {
    workspace.openModel(m_studio.model());
    workspace.openData(m_studio.stories(12));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty() && workspace.prompt(), 60000);
    test::makeSmall(workspace, 1000);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty() && workspace.prompt(), 60000);
  }

 private slots:
  void itSaysNumbersFileMemoryAndAfterAMeasurementTime() {
    Jobs jobs;
    Workspace workspace(jobs);
    EstimateLine line(workspace);
    QVERIFY(line.isHidden());  // nothing is open
    open(workspace);
    QVERIFY(!line.isHidden());
    const auto estimate = workspace.estimate();
    QVERIFY(estimate);
    QCOMPARE(estimate->trained, 4 * workspace.model()->card().hiddenSize);
    QVERIFY2(line.text().contains(QString::number(estimate->trained)), qPrintable(line.text()));
    QVERIFY(line.text().contains(QStringLiteral("memory")));
    QVERIFY(!workspace.secondsFor(1) && !line.text().contains(QStringLiteral("in all")));

    auto* button = line.findChild<QPushButton*>();
    QVERIFY(!button->isHidden());
    button->click();
    QVERIFY(workspace.measuring());
    QTRY_VERIFY_WITH_TIMEOUT(!workspace.measuring() && workspace.secondsFor(1), 60000);
    QVERIFY2(line.text().contains(QStringLiteral("in all")), qPrintable(line.text()));
    QVERIFY(button->isHidden());
    QVERIFY(!workspace.run());  // nothing of it is a run

    Workspace later(jobs);  // at another start
    open(later);
    QCOMPARE(later.secondsFor(1).value_or(0), workspace.secondsFor(1).value_or(-1));
  }
};

QTEST_MAIN(TestEstimateLine)
#include "tst_estimate_line.moc"
