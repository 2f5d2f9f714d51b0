// Explain this run: the views run in order, each says its sentence, Stop stops, and another prompt takes the page away.
#include "tests/ui/support/small_inspection.h"
#include "ui/inspection/attention_panel.h"
#include "ui/inspection/health_panel.h"
#include "ui/inspection/influence_panel.h"
#include "ui/inspection/lens_panel.h"
#include "ui/window/explanation.h"
#include "ui/window/views.h"

#include <QLabel>
#include <QPushButton>

using namespace incipit;
using namespace incipit::ui;

class TestExplanation : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;
  const QStringList m_titles{QStringLiteral("Health"), QStringLiteral("Influence"), QStringLiteral("Attention"), QStringLiteral("Lens")};

  static void fill(Views& views, Workspace& workspace) {
    views.add(ViewGroup::LookInside, new HealthPanel(workspace), QStringLiteral("Health"));
    views.add(ViewGroup::LookInside, new InfluencePanel(workspace), QStringLiteral("Influence"));
    views.add(ViewGroup::LookInside, new AttentionPanel(workspace), QStringLiteral("Attention"));
    views.add(ViewGroup::LookInside, new LensPanel(workspace), QStringLiteral("Lens"));
  }

 private slots:
  void everyViewSaysItsSentence() {
    Jobs jobs;
    Workspace workspace(jobs);
    Views views(workspace);
    fill(views, workspace);
    views.setVisible(true);
    QVERIFY(test::openShips(workspace, m_studio));
    QVERIFY(test::trainSmall(workspace));
    QTRY_VERIFY(!jobs.busy());
    Explanation explanation(workspace, views, m_titles);
    explanation.show();
    QTRY_VERIFY_WITH_TIMEOUT(!explanation.running(), 60'000);
    const auto text = explanation.text();
    QVERIFY2(text.contains(QStringLiteral("the kept prompt of")), qPrintable(text));
    QCOMPARE(text.count(QLatin1Char('\n')), 5);
    for (const auto* said : {"Effective rank", "without it the loss is", "of what the text attends to", "goes on with"})
      QVERIFY2(text.contains(QLatin1String(said)), qPrintable(text));
    for (const auto* label : explanation.findChildren<QLabel*>())
      QVERIFY2(label->height() >= label->heightForWidth(label->width()), qPrintable(label->text()));  // nothing is cut off
    // Its buttons lead to the views, where the same stands.
    auto* influence = views.findChild<InfluencePanel*>();
    for (auto* button : explanation.findChildren<QPushButton*>())
      if (button->text() == QStringLiteral("Influence")) button->click();
    QVERIFY(influence->isVisible() && influence->isCurrent());
    QVERIFY(text.contains(influence->sentence()));
    // Of another prompt it says nothing.
    workspace.showStartingPrompt();
    QTRY_VERIFY(!explanation.isVisible());
  }

  void aStopLeavesWhatWasSaid() {
    Jobs jobs;
    Workspace workspace(jobs);
    Views views(workspace);
    fill(views, workspace);
    QVERIFY(test::openShips(workspace, m_studio));
    Explanation explanation(workspace, views, m_titles);
    explanation.show();
    QVERIFY(explanation.running());
    for (auto* button : explanation.findChildren<QPushButton*>())
      if (button->text() == QStringLiteral("Stop")) button->click();
    QVERIFY(!explanation.running());
    const auto text = explanation.text();
    QTest::qWait(300);
    QCOMPARE(explanation.text(), text);
    QVERIFY(!text.contains(QStringLiteral("measuring")));
  }

  void withoutAModelItSaysWhy() {
    Jobs jobs;
    Workspace workspace(jobs);
    Views views(workspace);
    fill(views, workspace);
    Explanation explanation(workspace, views, m_titles);
    QVERIFY(!explanation.running());
    QVERIFY(explanation.text().contains(QStringLiteral("No model yet")));
  }
};

QTEST_MAIN(TestExplanation)
#include "tst_explanation.moc"
