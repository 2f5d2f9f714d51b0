// The demo's data sets open with everything that belongs to them, and other files with the validation rows that lie beside them.
#include "tests/ui/support/small_studio.h"
#include "ui/dataset/data_panel.h"
#include "ui/dataset/demo_data.h"
#include "ui/workspace/workspace.h"

#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestDemoData : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  static QString nameOf(const std::filesystem::path& file) { return QString::fromStdString(file.filename().string()); }

 private slots:
  void eachSetIsComplete() {
    const auto sets = demoData();
    QVERIFY(sets.size() >= 2);
    int labelled = 0;
    for (const auto& demo : sets) {
      QVERIFY(QFileInfo::exists(demo.validation));
      QVERIFY(problemsIn(demo.knobs).empty());
      QVERIFY(!demo.file.contains(QStringLiteral("-validation")));
      labelled += demo.knobs.data.labelColumn.empty() ? 0 : 1;
    }
    QCOMPARE(labelled, 1);
    QVERIFY(!demoDataOf(m_studio.stories()));
  }

  void oneClickOpensAClassification() {
    Jobs jobs;
    Workspace workspace(jobs);
    DataPanel panel(workspace);
    auto plan = workspace.plan();
    plan.numVirtualTokens = 7;
    plan.steps = 3;
    workspace.editPlan(plan, QStringLiteral("by hand"));

    panel.openFile(demoDataFile(QStringLiteral("who-class")));
    QTRY_VERIFY(workspace.data());
    QCOMPARE(nameOf(workspace.plan().validation), QStringLiteral("who-class-validation.jsonl"));
    QCOMPARE(workspace.plan().data.labelColumn, std::string("label"));
    QVERIFY(workspace.plan().data.textTemplate.find("{text}") != std::string::npos);
    QCOMPARE(workspace.plan().steps, 600);
    QCOMPARE(workspace.plan().numVirtualTokens, 7);  // the prompt is the user's

    panel.openFile(demoDataFile(QStringLiteral("sea-stories")));
    QTRY_COMPARE(nameOf(workspace.plan().train), QStringLiteral("sea-stories.jsonl"));
    QCOMPARE(nameOf(workspace.plan().validation), QStringLiteral("sea-stories-validation.jsonl"));
    QVERIFY(workspace.plan().data.labelColumn.empty());
    QCOMPARE(workspace.plan().steps, TrainingPlan().steps);
  }

  void otherFilesKeepTheTrainingAndTakeTheRowsBesideThem() {
    Jobs jobs;
    Workspace workspace(jobs);
    DataPanel panel(workspace);
    auto plan = workspace.plan();
    plan.steps = 3;
    workspace.editPlan(plan, QStringLiteral("by hand"));
    panel.openFile(m_studio.stories());
    QTRY_VERIFY(workspace.data());
    QCOMPARE(workspace.plan().steps, 3);
    QVERIFY(workspace.plan().validation.empty());
    test::writeText(m_studio.path(QStringLiteral("places-validation.csv")), "text,label\nA gull cried.,0\n");
    panel.openFile(m_studio.places());
    QTRY_COMPARE(nameOf(workspace.plan().validation), QStringLiteral("places-validation.csv"));
  }
};

QTEST_MAIN(TestDemoData)
#include "tst_demo_data.moc"
