// Attention: the prompt's share by block and head, and one head token by token, as core computes them, of the text that stands there.
#include "core/inspection/attention.h"
#include "tests/ui/support/small_inspection.h"
#include "ui/inspection/attention_panel.h"
#include "ui/inspection/text_choice.h"
#include "ui/plots/heat_map.h"

#include <QPlainTextEdit>

using namespace incipit;
using namespace incipit::ui;

class TestAttention : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

 private slots:
  void theTextFollowsTheDataUntilSomebodyTypes() {
    Jobs jobs;
    Workspace workspace(jobs);
    TextChoice choice(workspace);
    const auto first = choice.text();
    QVERIFY(test::openShips(workspace, m_studio));
    QVERIFY(choice.text() != first && choice.text().startsWith(QStringLiteral("Ship 0")));
    const auto row = choice.text();
    choice.takeExample();
    QVERIFY(choice.text() != row);
    choice.setText(QStringLiteral("My own"));
    workspace.openData(m_studio.stories());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.data()->table->size() == 12 && workspace.data()->training, 30'000);
    QCOMPARE(choice.text(), QStringLiteral("My own"));
  }

  void loudnessAndHeadsAreCores() {
    Jobs jobs;
    Workspace workspace(jobs);
    AttentionPanel panel(workspace);
    panel.resize(640, 560);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    panel.choice()->setText(QStringLiteral("A ship"));
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(panel.hasResult() && !panel.running(), 30'000);
    const auto maps = attentionMaps(*workspace.model()->frozen, workspace.prompt()->prompt, panel.choice()->reading()());
    const auto loud = loudness(maps);
    const auto& table = panel.loudnessMap()->table();
    const auto heads = loud.front().byHead.size();
    QCOMPARE(table.down.size(), qsizetype(loud.size()));
    QCOMPARE(table.across.size(), qsizetype(heads + 2));
    for (std::size_t block = 0; block < loud.size(); ++block) {
      QCOMPARE(table.values[block * (heads + 2)], loud[block].mean);
      QCOMPARE(table.values[block * (heads + 2) + 1], loud[block].even);
      QCOMPARE(table.values[block * (heads + 2) + 2], loud[block].byHead[0]);
    }
    // A press shows the head: rows of the text by virtual tokens.
    QTest::mouseClick(panel.loudnessMap(), Qt::LeftButton, {}, panel.loudnessMap()->placeOf({1, 3}).center());
    const auto& head = panel.headMap()->table();
    QCOMPARE(head.across.size(), 4);
    QCOMPARE(head.down.size() + 4, qsizetype(maps.rows.size()));
    for (std::size_t query = 4; query < maps.rows.size(); ++query)
      for (std::size_t key = 0; key < 4; ++key)
        QCOMPARE(head.values[(query - 4) * 4 + key], double(maps.text[1].at(1, std::int64_t(query), std::int64_t(key))));
    QVERIFY(panel.sentence().contains(QStringLiteral("sink")));
    QTest::mouseClick(panel.headMap(), Qt::LeftButton, {}, panel.headMap()->placeOf({0, 2}).center());
    QCOMPARE(workspace.selection().rows(), std::vector<std::int64_t>{2});
    QVERIFY(panel.headMap()->table().marked[2]);
    QVERIFY(panel.savePicture(m_studio.path(QStringLiteral("attention.png"))).isEmpty());

    panel.choice()->setText(QStringLiteral("Another ship"));
    QVERIFY(panel.faded());
    panel.choice()->setText(QStringLiteral("A ship"));
    QVERIFY(!panel.faded());
  }

  void aTextThatIsTooLongIsAnErrorInThePanel() {
    Jobs jobs;
    Workspace workspace(jobs);
    AttentionPanel panel(workspace);
    panel.show();
    QVERIFY(test::openShips(workspace, m_studio));
    panel.choice()->setText(QString(4000, QLatin1Char('x')));
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(!panel.running(), 30'000);
    QVERIFY(!panel.hasResult());
    panel.choice()->setText(QStringLiteral("short"));
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(panel.hasResult(), 30'000);
  }

  void ofAnEncoderDecoderItIsTheEncoders() {
    Jobs jobs;
    Workspace workspace(jobs);
    AttentionPanel panel(workspace);
    panel.show();
    workspace.openModel(m_studio.translator());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.model() && workspace.prompt(), 30'000);
    panel.choice()->setText(QStringLiteral("the sea"));
    panel.start();
    QTRY_VERIFY_WITH_TIMEOUT(panel.hasResult() && !panel.running(), 30'000);
    QVERIFY(panel.sentence().contains(QStringLiteral("encoder")));
  }
};

QTEST_MAIN(TestAttention)
#include "tst_attention.moc"
