// The lens: a cell for every block and row, its last column the model's own answer; where the prompt speaks; classes of models with a head.
#include "core/inspection/lens.h"
#include "core/inspection/speaking.h"
#include "tests/ui/support/small_inspection.h"
#include "ui/inspection/lens_panel.h"
#include "ui/inspection/neighbours_item_model.h"
#include "ui/inspection/text_choice.h"
#include "ui/plots/heat_map.h"
#include "ui/tokens/token_flow.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QTableView>

using namespace incipit;
using namespace incipit::ui;

class TestLens : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

 private slots:
  void theGridIsCoresAndItsLastColumnTheAnswer() {
    Jobs jobs;
    Workspace workspace(jobs);
    LensPanel panel(workspace);
    panel.resize(640, 560);
    panel.show();
    QAbstractItemModelTester tester(panel.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QVERIFY(test::openShips(workspace, m_studio));
    panel.choice()->setText(QStringLiteral("A ship"));
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(panel.hasResult() && !panel.running(), 30'000);
    const auto text = panel.choice()->reading()();
    const auto blocks = workspace.model()->card().layers + 1;
    QCOMPARE(panel.model()->rowCount(), int(4 + text.ids.size()));
    QCOMPARE(panel.model()->columnCount(), int(blocks + 1));
    int column = 1;
    logitLens(*workspace.model()->frozen, workspace.prompt()->prompt, text, [&](LensBlock&& block) {
      for (int row = 0; row < panel.model()->rowCount(); ++row) {
        const auto own = bestOf(block.logits.row(row));
        const auto& shown = panel.model()->guesses(panel.model()->index(row, column));
        QCOMPARE(shown.size(), own.size());
        QCOMPARE(shown.front().id, own.front().id);
      }
      ++column;
    });
    // The answer of the last row is chosen, and its five stand below.
    QCOMPARE(panel.table()->currentIndex().column(), int(blocks));
    QCOMPARE(panel.alternatives()->chips().size(), 5);
    panel.table()->setCurrentIndex(panel.model()->index(1, 1));
    const auto best = panel.model()->guesses(panel.model()->index(1, 1)).front();
    QVERIFY(panel.alternatives()->chips()[0].text.startsWith(panel.model()->chip(best).text));

    const auto spoken = tokensSpoken(*workspace.model()->frozen, workspace.prompt()->prompt, text);
    QCOMPARE(panel.spoken()->chips().size(), qsizetype(spoken.size()));
    QVERIFY(std::isnan(panel.spoken()->chips()[0].leaning));  // without the prompt nothing precedes it
    const double ratio = *spoken[2].with - *spoken[2].without;
    QVERIFY(std::abs(panel.spoken()->chips()[2].leaning - std::clamp(ratio / 3, -1.0, 1.0)) < 1e-9);
    QVERIFY(panel.text().contains(QStringLiteral("token\twith\twithout\tratio")));
    QVERIFY(panel.savePicture(m_studio.path(QStringLiteral("lens.png"))).isEmpty());
  }

  void ofAHeadItShowsTheClasses() {
    Jobs jobs;
    Workspace workspace(jobs);
    LensPanel panel(workspace);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    auto plan = workspace.plan();
    plan.taskType = PromptTask::SeqCls;
    workspace.editPlan(plan, QStringLiteral("by hand"));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.model() && workspace.model()->reading() == Reading::TextAndClass, 30'000);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.prompt() && classesOf(workspace.prompt()->prompt.head) == 2, 30'000);
    panel.choice()->setText(QStringLiteral("A ship"));
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(panel.hasResult() && !panel.running(), 30'000);
    const auto& table = panel.classes()->table();
    QCOMPARE(table.across.size(), 2);
    QCOMPARE(table.down.size(), qsizetype(workspace.model()->card().layers + 1));
    const auto spoken = classesSpoken(*workspace.model()->frozen, workspace.prompt()->prompt, panel.choice()->reading()());
    for (std::size_t i = 0; i < 2; ++i)  // behind the last block it is the answer
      QVERIFY(std::abs(table.values[table.values.size() - 2 + i] - std::exp(spoken[i].with)) < 1e-5);
    QCOMPARE(panel.model()->rowCount(), 0);
  }

  void ofAnEncoderDecoderBothHalvesCanBeRead() {
    Jobs jobs;
    Workspace workspace(jobs);
    LensPanel panel(workspace);
    panel.show();
    workspace.openModel(m_studio.translator());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.model() && workspace.prompt(), 30'000);
    auto* side = panel.findChild<QComboBox*>();
    QVERIFY(!side->isHidden());
    panel.choice()->setText(QStringLiteral("the sea"));
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(panel.hasResult() && !panel.running(), 30'000);
    QCOMPARE(panel.model()->index(0, 0).data().toString(), QStringLiteral("start"));
    side->setCurrentIndex(1);
    QVERIFY(panel.faded());
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(!panel.faded() && !panel.running(), 30'000);
    QCOMPARE(panel.model()->table().rows.front().kind, TokenChip::Kind::Virtual);
  }
};

QTEST_MAIN(TestLens)
#include "tst_lens.moc"
