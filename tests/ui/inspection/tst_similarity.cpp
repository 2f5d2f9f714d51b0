// Similarity: runs of the open model and steps of one run, each against each; nothing is compared where there is one prompt only.
#include "tests/ui/support/small_inspection.h"
#include "ui/inspection/similarity_panel.h"
#include "ui/plots/heat_map.h"
#include "ui/steps/problem_strip.h"

using namespace incipit;
using namespace incipit::ui;

class TestSimilarity : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

 private slots:
  void runsAndStepsAreCompared() {
    Jobs jobs;
    Workspace workspace(jobs);
    SimilarityPanel panel(workspace);
    panel.resize(640, 560);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    panel.compare(SimilarityPanel::Of::Steps);  // of no run
    QVERIFY(!panel.running());
    QVERIFY(!panel.findChild<ProblemStrip*>()->problem().empty());
    QVERIFY(test::trainSmall(workspace));
    panel.compare(SimilarityPanel::Of::Runs);
    QTRY_VERIFY_WITH_TIMEOUT(!panel.running(), 30'000);
    QVERIFY(!panel.hasResult());  // there is one
    auto plan = workspace.plan();
    plan.seed = 7;
    workspace.editPlan(plan, QStringLiteral("seed"));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty(), 30'000);
    QVERIFY(test::trainSmall(workspace));
    panel.compare(SimilarityPanel::Of::Runs);
    QTRY_VERIFY_WITH_TIMEOUT(panel.hasResult() && !panel.running(), 30'000);
    QCOMPARE(panel.names().size(), 2);
    const auto& table = panel.heatMap()->table();
    QCOMPARE(table.values.size(), std::size_t(4));
    QVERIFY(std::abs(table.values[0] - 1) < 1e-6 && table.values[1] < 0.999);
    panel.showFigure(SimilarityPanel::Figure::Tasks);
    QVERIFY(!std::isnan(panel.heatMap()->table().values[1]));  // a run keeps its start

    panel.compare(SimilarityPanel::Of::Steps);
    QTRY_VERIFY_WITH_TIMEOUT(!panel.running() && panel.names().size() == 4, 30'000);
    QVERIFY(panel.names().contains(QStringLiteral("step 1")));
    QVERIFY(!panel.faded());
    QVERIFY(panel.savePicture(m_studio.path(QStringLiteral("similarity.svg"))).isEmpty());
    workspace.openModel(m_studio.otherModel());
    QTRY_VERIFY_WITH_TIMEOUT(!panel.hasResult(), 30'000);
  }
};

QTEST_MAIN(TestSimilarity)
#include "tst_similarity.moc"
