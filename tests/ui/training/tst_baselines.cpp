// Baselines of a run in the window: judged after the training, kept beside it, drawn with it, gone with it.
#include "core/runs/baselines.h"
#include "tests/ui/support/small_runs.h"
#include "tests/ui/support/small_studio.h"
#include "ui/plots/curve_plot.h"
#include "ui/training/baseline_strip.h"
#include "ui/training/curves_view.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QLabel>
#include <QPushButton>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestBaselines : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  QString weather() const {
    const auto file = m_studio.path(QStringLiteral("weather.csv"));
    QByteArray rows = "text,label\n";
    for (int i = 0; i < 12; ++i)
      rows += i % 3 == 0 ? "sun,dry\n" : i % 3 == 1 ? "rain,wet\n" : "hail,wet\n";
    test::writeText(file, rows);
    return file;
  }

  static void open(Workspace& workspace, const QString& model, const QString& data) {
    workspace.openModel(model);
    workspace.openData(data);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty() && workspace.prompt(), 60000);
    test::makeSmall(workspace, 3);
    workspace.holdOut(0.34);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty() && workspace.prompt() && workspace.data()->validation, 60000);
  }

 private slots:
  void theyAreJudgedAfterTheRunAndDrawn() {
    Jobs jobs;
    Workspace workspace(jobs);
    workspace.setRunsFolder(toPath(m_studio.path(QStringLiteral("runs"))));
    CurvesView view(workspace);
    auto* strip = view.baselines();
    open(workspace, m_studio.model(), weather());
    QVERIFY(strip->isHidden());
    workspace.startTraining();
    QTRY_VERIFY_WITH_TIMEOUT(!workspace.training() && workspace.run()->end, 60000);
    QTRY_COMPARE_WITH_TIMEOUT(strip->figures().size(), std::size_t(4), 60000);  // quick enough to need no question
    QVERIFY(!strip->isHidden() && !strip->running());
    QCOMPARE(strip->figures()[0].name, std::string("bare_model"));
    QVERIFY(!strip->figures()[1].whyNot.empty());  // the prompt did not start from a text
    QVERIFY(strip->figures()[2].shots > 0);
    QCOMPARE(readBaselines(workspace.run()->folder).size(), std::size_t(4));
    const auto line = view.plot()->dataAsText().section(QLatin1Char('\n'), 0, 0);
    QVERIFY2(line.contains(baselineName(strip->figures()[0])) && line.contains(baselineName(strip->figures()[3])), qPrintable(line));
    QVERIFY(strip->findChild<QLabel*>()->text().contains(QStringLiteral("bare model")));

    // Another run: the lines go; the run again: they are there.
    const auto folder = toText(workspace.run()->folder);
    emit workspace.runStarted();
    QVERIFY(strip->figures().empty());
    QVERIFY(!view.plot()->dataAsText().contains(QStringLiteral("bare model")));
    workspace.openRun(folder);
    QTRY_COMPARE_WITH_TIMEOUT(strip->figures().size(), std::size_t(4), 60000);
    QVERIFY(view.plot()->dataAsText().contains(QStringLiteral("bare model")));

    // A run without them offers them, and a press is all it takes, whatever is open.
    QVERIFY(QFile::remove(folder + QStringLiteral("/baselines.json")));
    Workspace other(jobs);
    CurvesView alone(other);
    other.openRun(folder);
    QTRY_VERIFY_WITH_TIMEOUT(other.run() && other.run()->end, 60000);
    QVERIFY(alone.baselines()->figures().empty());
    auto* button = alone.baselines()->findChild<QPushButton*>();
    QVERIFY(!button->isHidden());
    button->click();
    QVERIFY(alone.baselines()->running());
    QTRY_COMPARE_WITH_TIMEOUT(alone.baselines()->figures().size(), std::size_t(4), 60000);
    QVERIFY(button->isHidden());
  }

  void aCancelLeavesTheOffer() {
    Jobs jobs;
    Workspace workspace(jobs);
    workspace.setRunsFolder(toPath(m_studio.path(QStringLiteral("other runs"))));
    CurvesView view(workspace);
    open(workspace, m_studio.model(), weather());
    workspace.startTraining();
    QTRY_VERIFY_WITH_TIMEOUT(!workspace.training() && workspace.run()->end, 60000);
    auto* strip = view.baselines();
    strip->cancel();
    QVERIFY(!strip->running());
    if (strip->figures().empty()) QVERIFY(!strip->findChild<QPushButton*>()->isHidden());
    strip->begin();
    strip->compare();
    QTRY_COMPARE_WITH_TIMEOUT(strip->figures().size(), std::size_t(4), 60000);
  }
};

QTEST_MAIN(TestBaselines)
#include "tst_baselines.moc"
