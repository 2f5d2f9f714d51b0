// Asking: the warning first, then answer by answer, beside a random prompt and the start; what was asked stays what it was.
#include "core/inspection/ask.h"
#include "tests/ui/support/small_inspection.h"
#include "ui/inspection/ask_item_model.h"
#include "ui/inspection/ask_panel.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>

using namespace incipit;
using namespace incipit::ui;

class TestAsk : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

 private slots:
  void answersComeOneByOne() {
    AskItemModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.begin({QStringLiteral("Be {virtual_tokens}."), QStringLiteral("<b>no</b>")}, true);
    QCOMPARE(model.columnCount(), int(AskItemModel::Columns));
    QCOMPARE(model.index(0, AskItemModel::Prompt).data().toString(), QStringLiteral("…"));
    model.set(0, AskItemModel::Prompt, {QStringLiteral("<img src=x>"), 0.5});
    QVERIFY(model.index(0, AskItemModel::Prompt).data().toString().contains(QStringLiteral("50")));
    const auto toolTip = model.index(0, AskItemModel::Prompt).data(Qt::ToolTipRole).toString();
    QVERIFY(!toolTip.contains(QStringLiteral("<img")));  // what a model says is no markup
    model.set(0, AskItemModel::Random, {QString(), {}});
    QVERIFY(model.index(0, AskItemModel::Random).data().toString().contains(QStringLiteral("nothing")));
    model.end();
    QCOMPARE(model.index(1, AskItemModel::Start).data().toString(), QStringLiteral("–"));
    model.begin({QStringLiteral("Be {virtual_tokens}.")}, false);
    QCOMPARE(model.columnCount(), int(AskItemModel::Start));
  }

  void theModelSaysWhatCoreSays() {
    Jobs jobs;
    Workspace workspace(jobs);
    AskPanel panel(workspace);
    panel.resize(640, 560);
    panel.show();
    QCOMPARE(panel.whyNothing(), QStringLiteral("No model yet"));
    QVERIFY(test::openShips(workspace, m_studio));
    QTRY_VERIFY_WITH_TIMEOUT(panel.cost().contains(QStringLiteral("10 answers")), 10'000);
    QVERIFY(panel.cost().startsWith(QStringLiteral("This model has")));  // the warning comes first
    QVERIFY(test::trainSmall(workspace));
    QTRY_VERIFY_WITH_TIMEOUT(panel.cost().contains(QStringLiteral("15 answers")), 10'000);
    panel.start();
    QVERIFY(panel.running());
    QTRY_VERIFY_WITH_TIMEOUT(!panel.running(), 60'000);
    QCOMPARE(panel.model()->answers(), 15);
    QCOMPARE(panel.model()->rowCount(), int(askingFrames().size()));
    QVERIFY(panel.sentence().contains(QStringLiteral("gibberish")));
    QVERIFY(!panel.faded());
    const auto frame = askedText(askingFrames()[3], nullptr, {}, *workspace.model()->tokenizer);
    const auto own = said(*workspace.model()->frozen, *workspace.model()->tokenizer, workspace.prompt()->prompt, frame, 40);
    QVERIFY(panel.model()
                ->index(3, AskItemModel::Prompt)
                .data(Qt::ToolTipRole)
                .toString()
                .contains(QString::fromStdString(own).section(QLatin1Char('\n'), 0, 0).left(4)));

    auto* sentence = panel.findChild<QLineEdit*>();
    sentence->setText(QStringLiteral("Say {virtual_tokens} again:"));
    QVERIFY(panel.faded());
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(!panel.running(), 60'000);
    QCOMPARE(panel.model()->rowCount(), 1);
    QVERIFY(!panel.faded());
  }

  void stoppedItKeepsWhatWasSaid() {
    Jobs jobs;
    Workspace workspace(jobs);
    AskPanel panel(workspace);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(panel.model()->answers() > 0, 60'000);
    panel.stop();
    const int known = panel.model()->answers();
    QTest::qWait(200);
    QCOMPARE(panel.model()->answers(), known);
    QVERIFY(panel.hasResult());
  }

  void aModelThatSortsSaysWhy() {
    Jobs jobs;
    Workspace workspace(jobs);
    AskPanel panel(workspace);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    auto plan = workspace.plan();
    plan.taskType = PromptTask::SeqCls;
    workspace.editPlan(plan, QStringLiteral("by hand"));
    QTRY_COMPARE_WITH_TIMEOUT(panel.whyNothing(), QStringLiteral("This model cannot say anything"), 30'000);
    panel.start();
    QVERIFY(!panel.running());
  }
};

QTEST_MAIN(TestAsk)
#include "tst_ask.moc"
