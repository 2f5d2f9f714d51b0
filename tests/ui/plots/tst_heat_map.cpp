// Heat maps: colours whose steps are the same for the eye, cells found by mouse and key, the same numbers when copied, pictures of it.
#include "ui/plots/colour_map.h"
#include "ui/plots/heat_map.h"
#include "ui/plots/pictures.h"

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

using namespace incipit::ui;

class TestHeatMap : public QObject {
  Q_OBJECT

  static HeatMap::Table small() {
    HeatMap::Table table;
    table.down = {QStringLiteral("Block"), {QStringLiteral("0"), QStringLiteral("1")}, {}};
    table.across = {QStringLiteral("Head"), {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}, {}};
    table.values = {0, 0.5, 1, 0.25, NAN, 0.75};
    return table;
  }

  // CIE L*.
  static double lightness(const QColor& colour) {
    const auto linear = [](double part) { return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4); };
    const double y = 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
    return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
  }

 private slots:
  void lightnessRisesEvenly() {
    const double whole = lightness(sequentialColour(1)) - lightness(sequentialColour(0));
    QVERIFY(whole > 60);
    for (int i = 0; i < 16; ++i) {
      const double step = lightness(sequentialColour((i + 1) / 16.0)) - lightness(sequentialColour(i / 16.0));
      QVERIFY2(step > 0.4 * whole / 16 && step < 1.7 * whole / 16, qPrintable(QStringLiteral("%1: %2").arg(i).arg(step)));
    }
  }

  void bothEndsAreAsFarFromTheMiddle() {
    for (const auto& palette : {lightPalette(), [] {
                                  auto dark = lightPalette();
                                  dark.setColor(QPalette::Window, Qt::black);
                                  return dark;
                                }()}) {
      const double middle = lightness(divergingColour(0, palette));
      const double low = std::abs(lightness(divergingColour(-1, palette)) - middle),
                   high = std::abs(lightness(divergingColour(1, palette)) - middle);
      QVERIFY(low > 40 && high > 40 && std::abs(low - high) < 12);
    }
  }

  void inkIsReadOnEveryColour() {
    for (int i = 0; i <= 20; ++i) {
      const auto ground = sequentialColour(i / 20.0), ink = inkOn(ground);
      const auto luminance = [](const QColor& colour) { return std::pow((lightness(colour) + 16) / 116, 3); };
      const double a = luminance(ground) + 0.05, b = luminance(ink) + 0.05;
      QVERIFY2(std::max(a, b) / std::min(a, b) > 4.3, qPrintable(QStringLiteral("%1").arg(i)));
    }
  }

  void cellsAreFoundByMouseAndKey() {
    HeatMap map(QStringLiteral("Map"));
    map.setPressable(true);
    map.show(small());
    map.setTexts([](int row, int column) { return QStringLiteral("%1/%2").arg(row).arg(column); });
    map.resize(400, 300);
    map.QWidget::show();
    QSignalSpy chosen(&map, &HeatMap::cellChosen);
    QTest::mouseClick(&map, Qt::LeftButton, {}, map.placeOf({1, 2}).center());
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(chosen.last().at(0).toInt(), 1);
    QCOMPARE(chosen.last().at(1).toInt(), 2);
    QTest::keyClick(&map, Qt::Key_Up);
    QTest::keyClick(&map, Qt::Key_Left);
    QCOMPARE(map.accessibleDescription(), QStringLiteral("0/1"));
    QTest::keyClick(&map, Qt::Key_Space);
    QCOMPARE(chosen.last().at(0).toInt(), 0);
    QCOMPARE(chosen.last().at(1).toInt(), 1);
    QTest::mouseClick(&map, Qt::LeftButton, {}, QPoint(1, 1));  // beside the cells
    QCOMPARE(chosen.count(), 2);
  }

  void anotherShapeForgetsWhatWasChosen() {
    HeatMap map(QStringLiteral("Map"));
    map.show(small());
    map.choose(HeatMap::Cell{1, 2});
    map.show(small());
    QVERIFY(map.chosen());
    auto other = small();
    other.across.names.removeLast();
    map.show(other);
    QVERIFY(!map.chosen());
    map.clear();
    map.resize(100, 100);
    map.grab();  // nothing to draw is no harm
  }

  void copiedItIsTheSameNumbers() {
    HeatMap map(QStringLiteral("Map"));
    map.show(small());
    const auto lines = map.text().trimmed().split(QLatin1Char('\n'));
    QCOMPARE(lines.size(), 3);
    QCOMPARE(lines[0], QStringLiteral("Block \\ Head\ta\tb\tc"));
    QCOMPARE(lines[1], QStringLiteral("0\t0\t0.5\t1"));
    QVERIFY(lines[2].contains(QStringLiteral("nan")));
  }

  void aPictureHasTheColours() {
    QTemporaryDir folder;
    HeatMap map(QStringLiteral("Map"));
    map.show(small());
    map.resize(400, 300);
    const auto save = [&](const QString& name) {
      const auto file = folder.filePath(name);
      const auto wrong = savePicture(
          map.size(), [&](QPainter& painter) { map.draw(painter, lightPalette()); }, file);
      return wrong.isEmpty() ? file : QString();
    };
    const QImage picture(save(QStringLiteral("map.png")));
    QCOMPARE(picture.size(), QSize(800, 600));
    QCOMPARE(picture.pixelColor(map.placeOf({0, 2}).center() * 2), sequentialColour(1));
    QVERIFY(QFile(save(QStringLiteral("map.svg"))).size() > 1000);
    QVERIFY(QFile(save(QStringLiteral("map.pdf"))).size() > 1000);
    QVERIFY(save(QStringLiteral("map.gif")).isEmpty());
  }
};

QTEST_MAIN(TestHeatMap)
#include "tst_heat_map.moc"
