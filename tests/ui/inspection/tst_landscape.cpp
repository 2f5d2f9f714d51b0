// The landscape: noise, rounding and a plane, as core computes them; towards the start where a run keeps it.
#include "tests/ui/support/small_inspection.h"
#include "ui/inspection/landscape_panel.h"
#include "ui/plots/band_plot.h"
#include "ui/plots/heat_map.h"

#include <QSpinBox>

using namespace incipit;
using namespace incipit::ui;

class TestLandscape : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

 private slots:
  void theFiguresAreCores() {
    Jobs jobs;
    Workspace workspace(jobs);
    LandscapePanel panel(workspace);
    panel.resize(640, 700);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    panel.findChild<QSpinBox*>()->setValue(4);
    QTRY_VERIFY_WITH_TIMEOUT(panel.cost().startsWith(QStringLiteral("45 evaluations over 4 of 12 validation examples")), 10'000);
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(panel.hasResult() && !panel.running(), 120'000);
    LandscapeOptions options;
    options.sample = 4;
    const auto own = noiseCurve(*workspace.model()->frozen, workspace.prompt()->prompt, *workspace.data()->validation, options);
    QCOMPARE(panel.noisePlot()->points().size(), own.points.size());
    for (std::size_t i = 0; i < own.points.size(); ++i)
      QVERIFY(std::abs(panel.noisePlot()->points()[i].y - own.points[i].loss) < 1e-5);
    QCOMPARE(panel.plane()->table().values.size(), std::size_t(25));
    QVERIFY(std::abs(panel.plane()->table().values[12] - own.loss) < 1e-5);  // in the middle is the prompt
    QVERIFY(panel.sentence().contains(QStringLiteral("int8")));
    QVERIFY(panel.text().contains(QStringLiteral("bf16")));
    for (const auto* name : {"landscape.png", "landscape.pdf"})
      QVERIFY(panel.savePicture(m_studio.path(QString::fromLatin1(name))).isEmpty());
  }

  void ofATrainedPromptThePlaneHasItsStart() {
    Jobs jobs;
    Workspace workspace(jobs);
    LandscapePanel panel(workspace);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    QVERIFY(test::trainSmall(workspace));
    panel.findChild<QSpinBox*>()->setValue(2);
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(panel.hasResult() && !panel.running(), 120'000);
    QVERIFY(panel.plane()->table().across.title.contains(QStringLiteral("its start")));
    QCOMPARE(panel.plane()->table().across.names.first(), QStringLiteral("−1.5"));
    workspace.openModel(m_studio.otherModel());
    QTRY_VERIFY_WITH_TIMEOUT(!panel.hasResult(), 30'000);
    QVERIFY(panel.noisePlot()->points().empty());
  }
};

QTEST_MAIN(TestLandscape)
#include "tst_landscape.moc"
