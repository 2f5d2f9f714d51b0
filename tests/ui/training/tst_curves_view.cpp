// Curves come from events alone: live, replayed and resumed runs draw the same.
#include "ui/plots/curve_plot.h"
#include "ui/training/curves_view.h"
#include "ui/workspace/workspace.h"

#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestCurvesView : public QObject {
  Q_OBJECT
  Jobs m_jobs;

  static Stepped step(std::int64_t number, double loss) {
    Stepped event;
    event.step = number;
    event.loss = loss;
    event.learningRate = 0.03;
    event.gradNorm = 1;
    return event;
  }

 private slots:
  void eventsBecomeCurves() {
    Workspace workspace(m_jobs);
    CurvesView view(workspace);
    emit workspace.runStarted();
    emit workspace.trainingEvent(Started{});
    for (int i = 1; i <= 10; ++i)
      emit workspace.trainingEvent(step(i, 4 - 0.1 * i));
    Evaluated evaluated;
    evaluated.step = 5;
    evaluated.loss = 3.4;
    emit workspace.trainingEvent(evaluated);
    const auto text = view.plot()->dataAsText();
    QCOMPARE(text.count(QLatin1Char('\n')), 11);
    QVERIFY(text.contains(QStringLiteral("\n5\t3.5\t")));
    QVERIFY(text.contains(QStringLiteral("3.4")));
    emit workspace.runStarted();
    QCOMPARE(view.plot()->dataAsText().count(QLatin1Char('\n')), 1);  // the header alone
  }

  void aResumedRunReplacesTheStepsItRepeats() {
    Workspace workspace(m_jobs);
    CurvesView view(workspace);
    for (int i = 1; i <= 10; ++i)
      view.follow(step(i, 9));
    Started again;
    again.firstStep = 6;
    view.follow(again);
    for (int i = 6; i <= 8; ++i)
      view.follow(step(i, 1));
    const auto& loss = view.plot()->series(0);
    QCOMPARE(loss.size(), 8u);
    QCOMPARE(loss.points()[4].y, 9.0);
    QCOMPARE(loss.points()[5].y, 1.0);
  }
};

QTEST_MAIN(TestCurvesView)
#include "tst_curves_view.moc"
