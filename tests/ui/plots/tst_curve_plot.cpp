// The plot follows the palette, reads out values, keeps its view, and leaves as PNG, SVG, PDF and text.
#include "ui/plots/curve_plot.h"
#include "ui/plots/number_text.h"
#include "ui/settings/theme.h"

#include <QtTest>

using namespace incipit::ui;

class TestCurvePlot : public QObject {
  Q_OBJECT
  std::unique_ptr<CurvePlot> m_plot;
  int m_loss = 0, m_smoothed = 0, m_validation = 0;

  QCustomPlot* canvas() const { return m_plot->findChild<QCustomPlot*>(); }
  QCPRange shownX() const { return canvas()->axisRect(0)->axis(QCPAxis::atBottom)->range(); }

 private slots:
  void init() {
    m_plot = std::make_unique<CurvePlot>(QStringLiteral("Step"));
    const int panel = m_plot->addPanel(QStringLiteral("Loss"), QStringLiteral("nats per token"), 3, CurvePlot::Scale::MayBeLogarithmic);
    m_loss = m_plot->addCurve(panel, QStringLiteral("batch"), Hue::Blue, Stroke::Thin);
    m_smoothed = m_plot->addSmoothed(m_loss, QStringLiteral("smoothed"));
    m_validation = m_plot->addCurve(panel, QStringLiteral("validation"), Hue::Vermillion, Stroke::Dots);
    m_plot->resize(640, 400);
    m_plot->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_plot.get()));
  }

  void fill(int steps = 100) {
    for (int step = 1; step <= steps; ++step)
      m_plot->append(m_loss, step, 4.0 - step * 0.01);
    m_plot->append(m_validation, 50, 3.25);
  }

  void anEmptyPlotSaysSo() {
    m_plot->setEmptyTexts(QStringLiteral("No run yet"), QStringLiteral("Press Train."));
    QVERIFY(!canvas()->isVisible());
    fill();
    QTRY_VERIFY(canvas()->isVisible());
    m_plot->clear();
    QTRY_VERIFY(!canvas()->isVisible());
  }

  void theReadOutFollowsTheCursor() {
    fill();
    QCOMPARE(m_plot->valueShown(m_loss), QStringLiteral("3.000"));  // no cursor: the latest
    m_plot->setCursor(25.4);
    QCOMPARE(m_plot->valueShown(m_loss), QStringLiteral("3.750"));
    QCOMPARE(m_plot->valueShown(m_validation), QStringLiteral("–"));  // none yet at that step
    m_plot->setCursor(70);
    QCOMPARE(m_plot->valueShown(m_validation), QStringLiteral("3.250"));
  }

  void zoomStaysWithinTheStepsAndResets() {
    // Everything is shown with a little air on both sides, so that the first and the last dot are seen whole.
    const auto endsAt = [this](double step) { return shownX().upper > step && shownX().upper < step + 2; };
    fill();
    QTRY_VERIFY(endsAt(100));
    m_plot->showX(20, 40);
    QTRY_COMPARE(shownX().lower, 20.0);
    m_plot->append(m_loss, 101, 3);  // new steps do not move a chosen view
    QTest::qWait(80);
    QCOMPARE(shownX().upper, 40.0);
    m_plot->showX(90, 130);
    QTRY_VERIFY(endsAt(101));
    m_plot->showAll();
    QTRY_VERIFY(shownX().lower < 1 && shownX().lower > -1);
    m_plot->append(m_loss, 102, 3);
    QTRY_VERIFY(endsAt(102) && shownX().lower < 1);  // following again
  }

  void aLogarithmicAxisLeavesOutWhatItCannotShow() {
    m_plot->append(m_loss, 1, 1.0);
    m_plot->append(m_loss, 2, 0.0);
    m_plot->append(m_loss, 3, 10.0);
    m_plot->setLogarithmic(true);
    auto* axis = canvas()->axisRect(0)->axis(QCPAxis::atLeft);
    QTRY_COMPARE(axis->scaleType(), QCPAxis::stLogarithmic);
    QVERIFY(axis->range().lower > 0.1);
  }

  void aPaletteChangeRecoloursTheCurves() {
    fill();
    QTRY_VERIFY(canvas()->isVisible());
    const auto before = canvas()->graph(0) ? canvas()->graph(0)->pen().color() : QColor();
    QPalette dark;
    dark.setColor(QPalette::Window, QColor(0x1d2125));
    dark.setColor(QPalette::Base, QColor(0x1b1e20));
    dark.setColor(QPalette::Text, QColor(0xeff0f1));
    m_plot->setPalette(dark);
    QTRY_VERIFY(canvas()->graph(1)->pen().color() == hue(Hue::Blue, dark));
    QVERIFY(canvas()->graph(0)->pen().color() != before);
    const auto picture = canvas()->grab().toImage();
    QCOMPARE(picture.pixelColor(2, picture.height() - 2), QColor(0x1b1e20));
  }

  void smoothingCanBeChangedAfterwards() {
    m_plot->append(m_loss, 1, 4);
    m_plot->append(m_loss, 2, 2);
    QCOMPARE(m_plot->series(m_smoothed).last().y, 2.0);  // the first four steps stand as they are
    for (int step = 3; step <= 60; ++step)
      m_plot->append(m_loss, step, step == 60 ? 2.0 : 4.0);
    QVERIFY(m_plot->series(m_smoothed).last().y > 2.5);
    m_plot->setSmoothing(0);
    QCOMPARE(m_plot->series(m_smoothed).last().y, 2.0);
  }

  void dataLeavesAsATable() {
    m_plot->append(m_loss, 1, 4);
    m_plot->append(m_validation, 1, 3.5);
    m_plot->append(m_loss, 2, 2);
    m_plot->setSmoothing(0);
    QCOMPARE(m_plot->dataAsText(), QStringLiteral("Step\tbatch\tsmoothed\tvalidation\n1\t4\t4\t3.5\n2\t2\t2\t\n"));
  }

  void picturesLeaveInThreeFormats() {
    fill();
    QTRY_VERIFY(canvas()->isVisible());
    QTemporaryDir folder;
    const auto head = [&](const QString& name) {
      const auto file = folder.filePath(name);
      if (const auto problem = m_plot->savePicture(file); !problem.isEmpty()) return problem.toUtf8();
      QFile written(file);
      return written.open(QIODevice::ReadOnly) ? written.read(400) : QByteArray();
    };
    QVERIFY(head(QStringLiteral("a.png")).startsWith("\x89PNG"));
    QVERIFY(head(QStringLiteral("a.svg")).contains("<svg"));
    QVERIFY(head(QStringLiteral("a.pdf")).startsWith("%PDF"));
    QVERIFY(head(QStringLiteral("a.txt")).contains(".png, .svg or .pdf"));
    QVERIFY(head(QStringLiteral("missing/a.png")).contains("Choose another folder"));
  }

  // Ticks that read alike tell nothing: whatever the range, each has its own name.
  void noTwoTicksReadAlike_data() {
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::newRow("a level loss") << 7.17001 << 7.17004;
    QTest::newRow("a loss that falls") << 2.1 << 7.9;
    QTest::newRow("a tiny rate") << 2.1e-7 << 9.9e-7;
    QTest::newRow("large numbers") << 1234567.0 << 1234890.0;
  }
  void noTwoTicksReadAlike() {
    QFETCH(double, low);
    QFETCH(double, high);
    m_plot->append(m_loss, 1, high);
    m_plot->append(m_loss, 2, low);
    auto* axis = canvas()->axisRect(0)->axis(QCPAxis::atLeft);
    QTRY_VERIFY(axis->range().contains(low) && axis->range().contains(high));
    canvas()->replot();
    auto labels = axis->tickVectorLabels();
    QVERIFY(labels.size() >= 2);
    const auto all = labels.size();
    QCOMPARE(QSet<QString>(labels.begin(), labels.end()).size(), all);
  }

  void aShareEndsAtAHundredPercent() {
    CurvePlot plot(QStringLiteral("Step"));
    const int panel = plot.addPanel(QStringLiteral("Accuracy"), {}, 1, CurvePlot::Scale::Share);
    const int accuracy = plot.addCurve(panel, QStringLiteral("accuracy"), Hue::Vermillion, Stroke::Dots);
    plot.resize(640, 400);
    plot.show();
    QVERIFY(QTest::qWaitForWindowExposed(&plot));
    plot.append(accuracy, 0, 0.0);
    plot.append(accuracy, 10, 1.0);
    auto* canvas = plot.findChild<QCustomPlot*>();
    auto* axis = canvas->axisRect(0)->axis(QCPAxis::atLeft);
    QTRY_VERIFY(axis->range().contains(1.0) && axis->range().upper < 1.05 && axis->range().lower > -0.05);
    canvas->replot();
    QVERIFY(axis->tickVectorLabels().contains(QStringLiteral("100 %")));
    for (const auto& label : axis->tickVectorLabels())
      QVERIFY2(label.isEmpty() || label.chopped(2).toDouble() <= 100, qPrintable(label));
    QCOMPARE(plot.valueShown(accuracy), QStringLiteral("100.0 %"));
  }

  void theFirstStepsDoNotPressTheRestFlat() {
    m_plot->append(m_validation, 0, 11.0);
    for (int step = 1; step <= 100; ++step)
      m_plot->append(m_loss, step, step < 4 ? 11.0 - step : 4.0 - step * 0.01);
    auto* axis = canvas()->axisRect(0)->axis(QCPAxis::atLeft);
    QTRY_VERIFY(axis->range().upper < 5 && axis->range().lower > 2);
    const auto mark = [this] {
      for (int i = 0; i < canvas()->itemCount(); ++i)
        if (auto* text = qobject_cast<QCPItemText*>(canvas()->item(i)); text && text->visible() && text->text().startsWith(QChar(0x25b2)))
          return text->text();
      return QString();
    };
    QVERIFY2(mark().contains(QStringLiteral("11.00")) && mark().contains(QStringLiteral("step 0")), qPrintable(mark()));
    m_plot->showAll();  // all means all
    QTRY_VERIFY(axis->range().upper > 11);
    QVERIFY(mark().isEmpty());
    m_plot->clear();
    for (int step = 1; step <= 100; ++step)
      m_plot->append(m_loss, step, 4.0 - step * 0.01);  // a loss that falls evenly is drawn whole
    QTRY_VERIFY(axis->range().upper > 3.9 && axis->range().lower < 3.1);
    QVERIFY(mark().isEmpty());
  }

  void numbersKeepTheirWidth() {
    QCOMPARE(valueText(2.31), QStringLiteral("2.310"));
    QCOMPARE(valueText(0.03), QStringLiteral("0.03000"));
    QCOMPARE(valueText(-412.04), QStringLiteral("−412.0"));
    QCOMPARE(valueText(3e-5), QStringLiteral("3.00e-05"));
  }
};

QTEST_MAIN(TestCurvePlot)
#include "tst_curve_plot.moc"
