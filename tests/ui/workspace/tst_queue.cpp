// Runs in line: each begins when the one before it has finished, as it was put there; a stop holds them.
#include "core/model/frozen_model.h"
#include "core/runs/run_folder.h"
#include "tests/ui/support/small_runs.h"
#include "tests/ui/support/small_studio.h"
#include "ui/workspace/workspace.h"

#include <QtTest>
#include <algorithm>
#include <filesystem>

using namespace incipit;
using namespace incipit::ui;

class TestQueue : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  void open(Workspace& workspace, const char* runs, int steps) {
    workspace.setRunsFolder(m_studio.path(QString::fromLatin1(runs)).toStdString());
    workspace.openModel(m_studio.model());
    workspace.openData(m_studio.stories());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.data() && workspace.data()->training, 60000);
    test::makeSmall(workspace, steps);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty(), 60000);
  }
  std::vector<RunRecord> runsIn(const char* runs) {
    std::vector<RunRecord> found;
    for (const auto& entry : std::filesystem::directory_iterator(m_studio.path(QString::fromLatin1(runs)).toStdString()))
      if (entry.is_directory()) found.push_back(readRun(entry.path()));
    std::ranges::sort(found, {}, [](const RunRecord& run) { return run.plan.seed; });
    return found;
  }

 private slots:
  void seedsFollowEachOtherAndAreThoseOfRunsAlone() {
    Jobs jobs;
    Workspace workspace(jobs);
    open(workspace, "seeds", 4);
    QSignalSpy ended(&workspace, &Workspace::runEnded);
    workspace.putInLine(3);
    QVERIFY(workspace.training());
    QCOMPARE(workspace.queue().runs().size(), std::size_t(2));
    QVERIFY(workspace.queue().titleOf(1, nullptr).contains(QStringLiteral("seed 2")));
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 3, 120000);
    QTRY_VERIFY(!workspace.training() && workspace.queue().empty());
    const auto runs = runsIn("seeds");
    QCOMPARE(runs.size(), std::size_t(3));
    for (std::uint64_t seed = 0; seed < 3; ++seed)
      QCOMPARE(runs[seed].plan.seed, seed);

    // The third again, by itself.
    auto plan = workspace.plan();
    plan.seed = 2;
    plan.out = m_studio.path(QStringLiteral("alone")).toStdString();
    workspace.editPlan(plan, QStringLiteral("seed"));
    workspace.startTraining();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 4, 120000);
    const auto rowsOf = [](const std::filesystem::path& run) {
      QFile file(QString::fromStdString((run / "adapter" / "adapter_model.safetensors").string()));
      return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QVERIFY(!rowsOf(plan.out).isEmpty());
    QCOMPARE(rowsOf(plan.out), rowsOf(runs[2].folder));
    QVERIFY(rowsOf(plan.out) != rowsOf(runs[1].folder));
  }

  void whatWaitsIsTrainedAsItWasPutInLine() {
    Jobs jobs;
    Workspace workspace(jobs);
    open(workspace, "bound", 30);
    const auto model = workspace.model();
    QSignalSpy ended(&workspace, &Workspace::runEnded);
    workspace.startTraining();
    auto plan = workspace.plan();
    plan.steps = 3, plan.seed = 7;
    workspace.editPlan(plan, QStringLiteral("shorter"));
    workspace.putInLine();
    plan.steps = 100, plan.seed = 8;
    workspace.editPlan(plan, QStringLiteral("longer"));
    workspace.openModel(m_studio.otherModel());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.model() != model, 60000);
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 2, 120000);
    const auto runs = runsIn("bound");
    QCOMPARE(runs.size(), std::size_t(2));
    QCOMPARE(runs[1].plan.seed, std::uint64_t(7));
    QCOMPARE(runs[1].plan.steps, std::int64_t(3));
    QCOMPARE(workspace.run()->modelFingerprint, model->fingerprint);
    QVERIFY(workspace.promptState() != PromptState::Trained);  // it is no prompt of the model that is open
  }

  void aStopHoldsTheLine() {
    Jobs jobs;
    Workspace workspace(jobs);
    open(workspace, "held", 100000);
    QSignalSpy ended(&workspace, &Workspace::runEnded);
    workspace.startTraining();
    auto plan = workspace.plan();
    plan.steps = 2;
    workspace.editPlan(plan, QStringLiteral("short"));
    workspace.putInLine(2);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.run()->events->size() > 2, 60000);
    workspace.stopTraining();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, 60000);
    QTest::qWait(300);
    QVERIFY(!workspace.training() && workspace.queue().paused());
    QCOMPARE(workspace.queue().runs().size(), std::size_t(2));
    workspace.queue().move(1, 0);
    QCOMPARE(workspace.queue().runs().front().plan.seed, std::uint64_t(1));
    workspace.queue().drop(1);
    workspace.goOnWithQueue();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 2, 60000);
    QCOMPARE(workspace.run()->plan.seed, std::uint64_t(1));
    QTRY_VERIFY(workspace.queue().empty() && !workspace.queue().paused());
    // With nothing left, the next one in line begins at once.
    workspace.putInLine();
    QVERIFY(workspace.training());
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 3, 60000);
  }

  // As after a new start: nothing but the plans is left of what waited, and other things are open.
  void whatWaitedAtTheLastEndIsTrainedFromItsPlan() {
    std::vector<TrainingPlan> plans;
    QByteArray expected;
    const auto rowsOf = [](const std::filesystem::path& run) {
      QFile file(QString::fromStdString((run / "adapter" / "adapter_model.safetensors").string()));
      return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    {
      Jobs jobs;
      Workspace workspace(jobs);
      open(workspace, "before", 4);
      QSignalSpy ended(&workspace, &Workspace::runEnded);
      workspace.startTraining();
      QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, 60000);
      expected = rowsOf(workspace.run()->folder);
      workspace.queue().add({workspace.plan(), workspace.model(), workspace.data(), workspace.recipe()});
      plans.push_back(workspace.queue().runs().front().plan);
    }
    plans.push_back(plans.front());
    plans.back().train = m_studio.path(QStringLiteral("gone.jsonl")).toStdString();
    Jobs jobs;
    Workspace workspace(jobs);
    workspace.setRunsFolder(m_studio.path(QStringLiteral("after")).toStdString());
    workspace.openModel(m_studio.otherModel());
    QSignalSpy ended(&workspace, &Workspace::runEnded);
    workspace.putBackInLine(plans);
    QVERIFY(workspace.queue().paused());
    QVERIFY2(workspace.queue().titleOf(0, nullptr).contains(QFileInfo(m_studio.model()).fileName()),
             qPrintable(workspace.queue().titleOf(0, nullptr)));
    QTest::qWait(200);
    QVERIFY(!workspace.training());
    workspace.goOnWithQueue();
    QVERIFY(workspace.training());
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 2, 60000);
    QCOMPARE(workspace.run()->end->how, RunEnd::How::Failed);  // the second: its data has gone, and it says so
    QVERIFY(workspace.run()->end->sentence.contains(QStringLiteral("gone.jsonl")));
    const auto runs = runsIn("after");
    QVERIFY(!expected.isEmpty());
    QVERIFY(std::ranges::any_of(runs, [&](const RunRecord& run) { return rowsOf(run.folder) == expected; }));
  }

  void rowsHeldOutBySeedAreNotCompared() {
    Jobs jobs;
    Workspace workspace(jobs);
    open(workspace, "heldOut", 3);
    QVERIFY(workspace.whyNotSeveralSeeds().isEmpty());
    workspace.holdOut(0.3);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty(), 60000);
    QVERIFY(workspace.whyNotSeveralSeeds().contains(QStringLiteral("hold out")));
    workspace.putInLine(3);
    QVERIFY(!workspace.training() && workspace.queue().empty());
    workspace.putInLine();
    QVERIFY(workspace.training());
  }
};

QTEST_MAIN(TestQueue)
#include "tst_queue.moc"
