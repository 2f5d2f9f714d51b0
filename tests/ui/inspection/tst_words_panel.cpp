// The prompt in words: every way is judged as the terminal judges it, comes by itself, and stays what it was of.
#include "core/training/train.h"
#include "tests/ui/support/small_inspection.h"
#include "ui/inspection/judged_examples.h"
#include "ui/inspection/words_item_model.h"
#include "ui/inspection/words_panel.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QSpinBox>

using namespace incipit;
using namespace incipit::ui;

class TestWordsPanel : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  static JudgedWords judged(InWords way, const char* text, double loss) {
    JudgedWords words{way, text, 3, {}};
    words.score.loss = loss;
    return words;
  }

 private slots:
  void whatIsKeptIsMeasuredBetweenNothingAndThePrompt() {
    WordsItemModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.add(judged(InWords::Prompt, "", 1));
    QVERIFY(!model.best());
    model.add(judged(InWords::BareModel, "", 3));
    model.add(judged(InWords::NearestByCosine, "<b>a", 2.5));
    model.add(judged(InWords::OwnText, "b", 3.5));
    QCOMPARE(model.index(2, WordsItemModel::Kept).data().toString(), QStringLiteral("25 %"));
    QCOMPARE(model.index(3, WordsItemModel::Kept).data().toString(), QStringLiteral("−25 %"));
    QCOMPARE(model.index(0, WordsItemModel::Kept).data().toString(), QStringLiteral("–"));
    QCOMPARE(model.best()->text, std::string("<b>a"));
    QVERIFY(!model.index(2, WordsItemModel::Words).data(Qt::ToolTipRole).toString().contains(QStringLiteral("<b>")));
    model.clear();
    model.add(judged(InWords::Prompt, "", 3));
    model.add(judged(InWords::BareModel, "", 2));
    QVERIFY(std::isnan(model.kept(judged(InWords::OwnText, "b", 1))));
  }

  void everyWayIsJudged() {
    Jobs jobs;
    Workspace workspace(jobs);
    WordsPanel panel(workspace);
    panel.resize(640, 560);
    panel.show();
    QCOMPARE(panel.whyNothing(), QStringLiteral("No model yet"));
    QVERIFY(test::openShips(workspace, m_studio));
    QVERIFY(test::trainSmall(workspace));
    QTRY_VERIFY(!panel.cost().isEmpty());
    const auto fields = panel.findChildren<QLineEdit*>();
    const auto own = std::ranges::find_if(fields, [](auto* field) { return !qobject_cast<QSpinBox*>(field->parentWidget()); });
    (*own)->setText(QStringLiteral("the {sea}"));
    for (auto* number : panel.findChildren<QSpinBox*>())
      number->setValue(number->minimum() == 0 ? 3 : 100);
    panel.start();
    QVERIFY(panel.running());
    QTRY_VERIFY_WITH_TIMEOUT(!panel.running(), 120'000);
    const auto& words = panel.model()->words();
    QVERIFY(words.size() >= 5);
    QCOMPARE(words[0].way, InWords::Prompt);
    QCOMPARE(words[1].way, InWords::BareModel);
    const auto judged = judgedExamples(workspace);
    const auto expected = evaluate(*workspace.model()->frozen, workspace.prompt()->prompt, *judged.examples);
    QVERIFY(std::abs(words[0].score.loss - expected.loss) < 1e-6);
    QVERIFY(std::abs(words[1].score.loss - evaluate(*workspace.model()->frozen, {}, *judged.examples).loss) < 1e-6);
    QVERIFY(std::ranges::find(words, InWords::OwnText, &JudgedWords::way) != words.end());
    QCOMPARE(words.back().way, InWords::Repaired);
    QVERIFY(panel.hasResult() && !panel.faded() && !panel.sentence().isEmpty());
    (*own)->setText(QStringLiteral("something else"));
    QVERIFY(panel.faded());
    workspace.openModel(m_studio.model());
    QTRY_VERIFY(!panel.hasResult());
    QCOMPARE(panel.model()->rowCount(), 0);
  }

  void stoppedItKeepsWhatWasJudged() {
    Jobs jobs;
    Workspace workspace(jobs);
    WordsPanel panel(workspace);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(panel.model()->rowCount() > 0, 60'000);
    panel.stop();
    const int known = panel.model()->rowCount();
    QTest::qWait(300);
    QCOMPARE(panel.model()->rowCount(), known);
    QVERIFY(panel.hasResult());
  }
};

QTEST_MAIN(TestWordsPanel)
#include "tst_words_panel.moc"
