// The playground on a real (tiny) model: both columns answer word by word, newest question first, every token with its probability.
#include "tests/ui/support/small_studio.h"
#include "ui/generation/answer_view.h"
#include "ui/generation/playground_panel.h"
#include "ui/workspace/workspace.h"

#include <QPlainTextEdit>
#include <QSpinBox>
#include <QStackedLayout>
#include <QTextBlock>
#include <QTextEdit>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestPlayground : public QObject {
  Q_OBJECT
  QTemporaryDir m_folder;

 private slots:
  // A model folder made of the reference model and the reference tokenizer, whose vocabulary is smaller.
  void initTestCase() {
    const QDir fixtures(QStringLiteral(INCIPIT_FIXTURES_DIR));
    for (const auto& part : {fixtures.filePath(QStringLiteral("gpt2/model")), fixtures.filePath(QStringLiteral("tokenizers/gpt2_tiny"))})
      for (const auto& file : QDir(part).entryInfoList(QDir::Files))
        QVERIFY(QFile::copy(file.filePath(), m_folder.filePath(file.fileName())));
  }

  void withoutAModelItSaysWhatToDo() {
    Jobs jobs;
    Workspace workspace(jobs);
    PlaygroundPanel panel(workspace);
    QCOMPARE(qobject_cast<QStackedLayout*>(panel.layout())->currentIndex(), 0);
    panel.answer();  // nothing to ask: nothing happens
    QVERIFY(!panel.answering());
  }

  void bothColumnsAnswerOnEnter() {
    Jobs jobs;
    Workspace workspace(jobs);
    PlaygroundPanel panel(workspace);
    workspace.openModel(m_folder.path());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.model() && workspace.prompt(), 30'000);
    QCOMPARE(qobject_cast<QStackedLayout*>(panel.layout())->currentIndex(), 1);
    for (auto* box : panel.findChildren<QSpinBox*>())
      if (box->accessibleName() == QStringLiteral("At most")) box->setValue(8);
    QTest::keyClick(panel.findChild<QPlainTextEdit*>(), Qt::Key_Return);
    QVERIFY(panel.answering());
    QTRY_VERIFY_WITH_TIMEOUT(!panel.answering(), 30'000);
    QVERIFY(!panel.bareAnswer().isEmpty());
    QVERIFY(!panel.promptAnswer().isEmpty());
    const auto first = panel.promptAnswer();
    panel.answer();  // greedy: the same question, the same answer
    QTRY_VERIFY_WITH_TIMEOUT(!panel.answering(), 30'000);
    QCOMPARE(panel.promptAnswer(), first);
  }

  void aHeadGivesTheProbabilitiesOfItsClasses() {
    Jobs jobs;
    Workspace workspace(jobs);
    PlaygroundPanel panel(workspace);
    workspace.openModel(m_folder.path());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.model(), 30'000);
    auto plan = workspace.plan();
    plan.taskType = PromptTask::SeqCls;
    workspace.editPlan(plan, QStringLiteral("by hand"));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.model()->reading() == Reading::TextAndClass, 30'000);
    panel.answer();  // no data yet, so there are no classes to choose among
    QTRY_VERIFY_WITH_TIMEOUT(!panel.answering(), 30'000);
    QVERIFY(panel.promptAnswer().contains(QStringLiteral("No head yet")));

    test::writeText(m_folder.filePath(QStringLiteral("places.csv")), "text,label\nThe sea,wet\nThe oak,dry\nA ship,wet\nA fern,dry\n");
    workspace.openData(m_folder.filePath(QStringLiteral("places.csv")));
    QTRY_VERIFY(workspace.data());
    QCOMPARE(workspace.plan().data.labelColumn, std::string("label"));  // taken by itself: it is clearly one
    plan = workspace.plan();
    plan.data.labelColumn = "label";
    workspace.editPlan(plan, QStringLiteral("by hand"));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.data()->training, 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(classesOf(workspace.prompt()->prompt.head), 2, 30'000);
    panel.answer();
    QTRY_VERIFY_WITH_TIMEOUT(!panel.answering(), 30'000);
    QVERIFY(panel.promptAnswer().contains(QStringLiteral("wet")) && panel.promptAnswer().contains(QStringLiteral("dry")));
    QVERIFY(panel.bareAnswer().contains(QStringLiteral("No head yet")));
    QVERIFY(workspace.blockers().isEmpty());
  }

  void aTokenTellsItsProbability() {
    AnswerView view(QStringLiteral("Bare model"), {});
    view.begin({}, {});
    view.append(QStringLiteral(" the"), 42, 0.314);
    view.append({}, 43, 0.5);  // half a character: nothing to show yet
    view.append(QStringLiteral(" sea"), 44, 0.25);
    view.end(QStringLiteral("…"), QStringLiteral("3 tokens"));
    QCOMPARE(view.text(), QStringLiteral(" the sea…"));
    QTextCursor cursor(view.findChild<QTextEdit*>()->document());
    cursor.setPosition(2);
    QVERIFY(cursor.charFormat().toolTip().contains(QStringLiteral("42")));
    QVERIFY(cursor.charFormat().toolTip().contains(QStringLiteral("31")));
  }
};

QTEST_MAIN(TestPlayground)
#include "tst_playground.moc"
