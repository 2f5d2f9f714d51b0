// Many requests, few acts, and the last request is always acted on.
#include "ui/plots/throttle.h"

#include <QtTest>

using namespace incipit::ui;

class TestThrottle : public QObject {
  Q_OBJECT
 private slots:
  void theFirstRequestActsAtOnceAndABurstOnceMore() {
    int state = 0, seen = 0, acts = 0;
    Throttle throttle([&] { seen = state, ++acts; });
    for (state = 1; state <= 1000; ++state)
      throttle.request();
    state = 1000;
    QCOMPARE(acts, 1);
    QCOMPARE(seen, 1);
    QTRY_COMPARE(seen, 1000);
    QCOMPARE(acts, 2);
    QVERIFY(!throttle.waiting());
  }

  void nothingRequestedNothingDone() {
    int acts = 0;
    Throttle throttle([&] { ++acts; }, std::chrono::milliseconds(1));
    throttle.flush();
    QTest::qWait(20);
    QCOMPARE(acts, 0);
  }

  void flushActsOnWhatWaits() {
    int acts = 0;
    Throttle throttle([&] { ++acts; }, std::chrono::hours(1));
    throttle.request();
    throttle.request();
    QVERIFY(throttle.waiting());
    throttle.flush();
    QCOMPARE(acts, 2);
    throttle.flush();
    QCOMPARE(acts, 2);
  }

  // Acts of that many milliseconds, asked for all the time; the shortest span from one's start to the next's.
  static qint64 shortestBeat(int duration, std::chrono::milliseconds interval) {
    qint64 shortest = 1000000, acts = 0;
    QElapsedTimer sinceStart;
    Throttle throttle(
        [&] {
          if (acts++ > 0) shortest = std::min(shortest, sinceStart.elapsed());
          sinceStart.start();
          QTest::qSleep(duration);
        },
        interval);
    while (acts < 8) {
      throttle.request();
      QTest::qWait(1);
    }
    return shortest;
  }

  void theTimeOfAnActCountsTowardsTheInterval() {
    const auto beat = shortestBeat(30, std::chrono::milliseconds(60));
    QVERIFY2(beat >= 50 && beat < 85, qPrintable(QString::number(beat)));
  }

  void aSlowActLeavesTheEventLoopItsShare() {
    const auto beat = shortestBeat(60, std::chrono::milliseconds(30));
    QVERIFY2(beat >= 85, qPrintable(QString::number(beat)));
  }

  void aRequestFromWithinTheActIsNotLost() {
    int acts = 0;
    Throttle* self = nullptr;
    Throttle throttle([&] {
      if (++acts == 1) QTimer::singleShot(0, self, [&] { self->request(); });
    });
    self = &throttle;
    throttle.request();
    QTRY_COMPARE(acts, 2);
  }
};

QTEST_GUILESS_MAIN(TestThrottle)
#include "tst_throttle.moc"
