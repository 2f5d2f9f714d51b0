// A sweep as a form: how many runs, what is wrong said at once, and the runs of the terminal.
#include "core/runs/run_folder.h"
#include "tests/ui/support/small_runs.h"
#include "tests/ui/support/small_studio.h"
#include "ui/steps/problem_strip.h"
#include "ui/training/sweep_dialog.h"
#include "ui/workspace/workspace.h"

#include <QLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QtTest>
#include <filesystem>
#include <set>

using namespace incipit;
using namespace incipit::ui;

class TestSweepDialog : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  void open(Workspace& workspace) {
    workspace.setRunsFolder(m_studio.path(QStringLiteral("swept")).toStdString());
    workspace.openModel(m_studio.model());
    workspace.openData(m_studio.stories());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.data() && workspace.data()->training, 60000);
    test::makeSmall(workspace, 3);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty(), 60000);
  }

 private slots:
  void whatIsWrongIsSaidAtOnce() {
    Jobs jobs;
    Workspace workspace(jobs);
    open(workspace);
    SweepDialog dialog(workspace);
    dialog.show();
    const auto* strip = dialog.findChild<ProblemStrip*>();
    auto* go = dialog.findChildren<QPushButton*>().last();
    QCOMPARE(dialog.plans().size(), std::size_t(3));
    QVERIFY(strip->problem().empty() && go->isEnabled());
    QVERIFY(go->text().contains(QStringLiteral("3")));
    auto* values = dialog.findChild<QLineEdit*>();
    values->setText(QStringLiteral("0.1, 0.1"));
    QVERIFY(strip->problem().text().contains(QStringLiteral("twice")) && !go->isEnabled() && dialog.plans().empty());
    values->setText(QStringLiteral("0.1, fast"));
    QVERIFY(!strip->problem().empty() && !go->isEnabled());
    values->setText(QStringLiteral("0.1, -1"));
    QVERIFY(!strip->problem().empty());
    values->setText(QStringLiteral("0.1,0.2"));
    QVERIFY(strip->problem().empty());
    dialog.addKnob(QStringLiteral("num_virtual_tokens"), QStringLiteral("2,3,4"));
    QCOMPARE(dialog.plans().size(), std::size_t(6));
    QTRY_VERIFY(dialog.height() >= dialog.layout()->minimumSize().height());  // no row is cut off
    QCOMPARE(dialog.plans()[1].numVirtualTokens, std::int64_t(3));
    dialog.findChildren<QToolButton*>().last()->click();  // that knob goes again
    QCOMPARE(dialog.plans().size(), std::size_t(2));
  }

  void everyCombinationIsTrained() {
    Jobs jobs;
    Workspace workspace(jobs);
    open(workspace);
    SweepDialog dialog(workspace);
    dialog.findChild<QLineEdit*>()->setText(QStringLiteral("0.1, 0.2"));
    dialog.addKnob(QStringLiteral("num_virtual_tokens"), QStringLiteral("2, 5"));
    QSignalSpy ended(&workspace, &Workspace::runEnded);
    dialog.findChildren<QPushButton*>().last()->click();
    QVERIFY(workspace.training());
    QCOMPARE(workspace.queue().runs().size(), std::size_t(3));
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 4, 120000);
    std::set<std::pair<double, std::int64_t>> seen;
    for (const auto& entry : std::filesystem::directory_iterator(m_studio.path(QStringLiteral("swept")).toStdString()))
      if (entry.is_directory()) {
        const auto plan = readRun(entry.path()).plan;
        seen.insert({plan.learningRate, plan.numVirtualTokens});
      }
    QCOMPARE(seen, (std::set<std::pair<double, std::int64_t>>{{0.1, 2}, {0.1, 5}, {0.2, 2}, {0.2, 5}}));
    QCOMPARE(workspace.promptState(), PromptState::Trained);  // of the model that is open
  }
};

QTEST_MAIN(TestSweepDialog)
#include "tst_sweep_dialog.moc"
