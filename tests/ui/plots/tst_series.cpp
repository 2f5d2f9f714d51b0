// A million points are drawn with a few thousand, and no spike is lost.
#include "ui/plots/series.h"

#include <QtTest>
#include <algorithm>
#include <cmath>

using namespace incipit::ui;

class TestSeries : public QObject {
  Q_OBJECT
 private slots:
  void fewPointsAreDrawnAsTheyAre() {
    Series series;
    for (int i = 1; i <= 10; ++i)
      series.append(i, i * i);
    const auto drawn = series.drawable(1, 10, 800);
    QCOMPARE(drawn.size(), 10u);
    QCOMPARE(drawn[4].y, 25.0);
  }

  void aSpikeSurvivesEveryDecimation() {
    Series series;
    for (int i = 0; i < 1'000'000; ++i)
      series.append(i, i == 654'321 ? 1000.0 : i == 123'456 ? -1000.0 : std::sin(i * 0.01));
    for (const int columns : {50, 400, 1600}) {
      const auto drawn = series.drawable(0, 1e6, columns);
      QVERIFY(drawn.size() <= static_cast<std::size_t>(4 * columns + 2));
      const auto [low, high] = std::minmax_element(drawn.begin(), drawn.end(), [](Point a, Point b) { return a.y < b.y; });
      QCOMPARE(high->x, 654'321.0);
      QCOMPARE(low->x, 123'456.0);
      QVERIFY(std::is_sorted(drawn.begin(), drawn.end(), [](Point a, Point b) { return a.x < b.x; }));
    }
  }

  void aWindowHasItsNeighbours() {
    Series series;
    for (int i = 0; i < 100; ++i)
      series.append(i, i);
    const auto drawn = series.drawable(20.5, 30.5, 800);
    QCOMPARE(drawn.front().x, 20.0);  // one before, one behind: the line leaves the picture on both sides
    QCOMPARE(drawn.back().x, 32.0);
  }

  void aGapHidesNoValue() {
    Series series;
    for (int i = 0; i < 1000; ++i)
      series.append(i, i % 7 == 0 ? std::nan("") : i);
    const auto drawn = series.drawable(0, 1000, 10);
    QVERIFY(std::any_of(drawn.begin(), drawn.end(), [](Point p) { return p.y == 999; }));
    QVERIFY(std::any_of(drawn.begin(), drawn.end(), [](Point p) { return p.y == 1; }));
  }

  void goingOnFromACheckpointForgetsWhatCameAfter() {
    Series series;
    for (int i = 0; i < 1000; ++i)
      series.append(i, 5.0);
    series.append(1000, 99);
    series.truncateFrom(900);
    series.append(900, 7);
    QCOMPARE(series.size(), 901u);
    const auto drawn = series.drawable(0, 2000, 5);
    QVERIFY(std::none_of(drawn.begin(), drawn.end(), [](Point p) { return p.y == 99; }));
    QVERIFY(std::any_of(drawn.begin(), drawn.end(), [](Point p) { return p.y == 7; }));
  }

  void readOutFindsTheStep() {
    Series series;
    QVERIFY(!series.nearest(3).has_value());
    series.append(10, 1);
    series.append(20, 2);
    QCOMPARE(series.nearest(14)->x, 10.0);
    QCOMPARE(series.nearest(16)->x, 20.0);
    QCOMPARE(series.nearest(99)->x, 20.0);
    QVERIFY(!series.atOrBefore(9).has_value());
    QCOMPARE(series.atOrBefore(19)->y, 1.0);
  }

  void smoothingStartsAtTheFirstValueAndSkipsGaps() {
    Smoother smoother(0.9);
    QCOMPARE(smoother.push(4), 4.0);  // not 0.4: free of the pull towards zero
    QCOMPARE(smoother.push(std::nan("")), 4.0);
    QCOMPARE(smoother.push(2), 2.0);  // no lag while there are a few steps
    for (int i = 0; i < 100; ++i)
      smoother.push(2);
    QCOMPARE(smoother.push(3), 2.1);
    Smoother none(0);
    none.push(1);
    QCOMPARE(none.push(8), 8.0);
  }
};

QTEST_APPLESS_MAIN(TestSeries)
#include "tst_series.moc"
