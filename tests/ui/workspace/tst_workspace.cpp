// The workspace: what is missing is said, every edit of the plan can be undone, bad input changes nothing that was open.
#include "core/model/frozen_model.h"
#include "core/tokenizer/tokenizer.h"
#include "tests/ui/support/small_studio.h"
#include "ui/workspace/workspace.h"

#include <QSignalSpy>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestWorkspace : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  struct Room {
    Jobs jobs;
    Workspace workspace{jobs};
    QList<QPair<Step, Problem>> problems;
    Room() {
      QObject::connect(&workspace, &Workspace::problemFound, &workspace, [this](Step step, const Problem& problem) {
        if (!problem.empty()) problems.append({step, problem});
      });
    }
    void open(const test::SmallStudio& studio) {
      workspace.setRunsFolder(studio.path(QStringLiteral("runs")).toStdString());
      workspace.openModel(studio.model());
      workspace.openData(studio.stories());
      auto plan = workspace.plan();
      plan.numVirtualTokens = 4;
      plan.steps = 6;
      plan.batchSize = 2;
      plan.precision = Precision::Fp32;
      workspace.editPlan(plan, QStringLiteral("make it small"));
      QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty(), 60000);
    }
  };

 private slots:
  void whatIsMissingIsSaidStepByStep() {
    Room room;
    auto& workspace = room.workspace;
    QCOMPARE(workspace.blockers().size(), 1);
    QCOMPARE(workspace.blockers().first().step, Step::Model);
    workspace.openModel(m_studio.model());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.model(), 60000);
    QTRY_COMPARE(workspace.blockers().first().step, Step::Data);
    workspace.openData(m_studio.stories());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty(), 60000);

    auto plan = workspace.plan();
    plan.learningRate = 0;
    workspace.editPlan(plan, QStringLiteral("break it"));
    QCOMPARE(workspace.blockers().first().step, Step::Training);
    QVERIFY(!workspace.blockers().first().knob.isEmpty());
    workspace.undoStack()->undo();
    plan = workspace.plan();
    plan.promptTuningInit = PromptInit::Adapter;
    workspace.editPlan(plan, QStringLiteral("start from an adapter"));
    QCOMPARE(workspace.blockers().first().step, Step::Prompt);
  }

  void editsOfOneFieldInARowAreOneUndo() {
    Room room;
    auto& workspace = room.workspace;
    for (const int length : {5, 6, 7}) {
      auto plan = workspace.plan();
      plan.numVirtualTokens = length;
      workspace.editPlan(plan, QStringLiteral("length"), QStringLiteral("num_virtual_tokens"));
    }
    auto plan = workspace.plan();
    plan.seed = 3;
    workspace.editPlan(plan, QStringLiteral("seed"), QStringLiteral("seed"));
    workspace.editPlan(plan, QStringLiteral("nothing new"));
    QCOMPARE(workspace.undoStack()->count(), 2);
    workspace.undoStack()->undo();
    workspace.undoStack()->undo();
    QCOMPARE(workspace.plan().numVirtualTokens, TrainingPlan().numVirtualTokens);
    workspace.undoStack()->redo();
    QCOMPARE(workspace.plan().numVirtualTokens, 7);
  }

  void badInputIsASentenceAndLosesNothing() {
    Room room;
    room.open(m_studio);
    auto& workspace = room.workspace;
    const auto model = workspace.model();
    const auto rows = workspace.data()->table->size();
    workspace.openModel(m_studio.path(QStringLiteral("nowhere")));
    QTRY_COMPARE(room.problems.size(), 1);
    QCOMPARE(room.problems[0].first, Step::Model);
    QCOMPARE(workspace.model(), model);
    const auto empty = m_studio.path(QStringLiteral("empty.jsonl"));
    test::writeText(empty, "");
    workspace.openData(empty);
    QTRY_COMPARE(room.problems.size(), 2);
    QCOMPARE(room.problems[1].first, Step::Data);
    QCOMPARE(workspace.data()->table->size(), rows);
    workspace.openAdapter(m_studio.stories());
    QTRY_COMPARE(room.problems.size(), 3);
    QCOMPARE(room.problems[2].first, Step::Prompt);
    for (const auto& [step, problem] : room.problems)
      QVERIFY(problem.what.endsWith(QLatin1Char('.')));
    QVERIFY(workspace.blockers().isEmpty());
  }

  void whatAGemmaAdapterMeansIsShownAndCanBeSwitched() {
    Room room;
    auto& workspace = room.workspace;
    const auto fixture = QStringLiteral(INCIPIT_FIXTURES_DIR "/gemma");
    workspace.openAdapter(fixture + QStringLiteral("/adapter"));
    QTRY_VERIFY(workspace.prompt() && workspace.prompt()->state == PromptState::Opened);
    QCOMPARE(workspace.adapterScale(), RowScale::Unsaid);  // without a model there is no telling
    workspace.openModel(fixture + QStringLiteral("/model"));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.model(), 60000);
    QCOMPARE(workspace.adapterScale(), RowScale::Scaled);
    const auto rows = workspace.prompt()->prompt.rows;
    workspace.setAdapterScale(RowScale::Unscaled);
    QCOMPARE(workspace.prompt()->prompt.origin.rowScale, RowScale::Unscaled);
    QCOMPARE(workspace.prompt()->prompt.rows, rows);  // the same numbers, taken for something else
    QCOMPARE(workspace.plan().gemmaPrompt, RowScale::Unscaled);
    workspace.openModel(m_studio.model());
    QTRY_COMPARE(workspace.model()->card().family, std::string("llama"));
    QCOMPARE(workspace.adapterScale(), RowScale::Unsaid);
  }

  void examplesFollowTheSettings() {
    Room room;
    room.open(m_studio);
    auto& workspace = room.workspace;
    workspace.openData(m_studio.places());
    QTRY_VERIFY(workspace.data() && workspace.data()->training && workspace.data()->training->items.size() == 4);
    QVERIFY(workspace.labelWasChosen());  // its name and its few values say it
    QCOMPARE(workspace.data()->training->classes.size(), std::size_t(2));
    auto plan = workspace.plan();
    plan.data.labelColumn.clear();
    workspace.editPlan(plan, QStringLiteral("the whole text"));
    QTRY_VERIFY(workspace.data()->training && workspace.data()->training->classes.empty());
    plan.data.labelColumn = "label";
    plan.data.verbaliser = {{"0", "sea"}, {"1", "wood"}};
    workspace.editPlan(plan, QStringLiteral("labels"));
    QTRY_VERIFY(workspace.data() && workspace.data()->training && workspace.data()->training->classes.size() == 2);
    QCOMPARE(workspace.data()->training->classes[0], std::string("sea"));
    plan.data.inputColumn = "no such column";
    workspace.editPlan(plan, QStringLiteral("break it"));
    QTRY_VERIFY(!workspace.data()->problem.empty());
    QCOMPARE(workspace.blockers().first().step, Step::Data);
    workspace.undoStack()->undo();
    QTRY_VERIFY(workspace.blockers().isEmpty());
  }

  void aRunSpeaksInEventsAndKeepsTheBest() {
    Room room;
    room.open(m_studio);
    auto& workspace = room.workspace;
    QTRY_COMPARE(workspace.promptState(), PromptState::Starting);
    const auto start = workspace.prompt()->prompt;
    int steps = 0;
    connect(&workspace, &Workspace::trainingEvent, &workspace, [&](const TrainingEvent& event) {
      if (std::holds_alternative<Stepped>(event)) ++steps;
    });
    RunEnd end;
    bool ended = false;
    connect(&workspace, &Workspace::runEnded, &workspace, [&](const RunEnd& how) {
      end = how;
      ended = true;
    });
    workspace.startTraining();
    QVERIFY(workspace.training());
    QTRY_VERIFY_WITH_TIMEOUT(ended, 120000);
    QVERIFY2(room.problems.isEmpty(), room.problems.isEmpty() ? "" : qPrintable(room.problems.first().second.text()));
    QCOMPARE(end.how, RunEnd::How::Finished);
    QCOMPARE(steps, 6);
    QCOMPARE(workspace.promptState(), PromptState::Trained);
    QCOMPARE(workspace.prompt()->prompt.length(), 4);
    QVERIFY(!(workspace.prompt()->prompt.rows == start.rows));
    QVERIFY(QFile::exists(QString::fromStdString((workspace.run()->folder / "adapter" / "adapter_config.json").string())));

    // An old run is replayed into the same listener.
    steps = 0;
    ended = false;
    const auto trained = workspace.prompt()->prompt;
    const auto folder = QString::fromStdString(workspace.run()->folder.string());
    workspace.showStartingPrompt();
    QTRY_COMPARE(workspace.promptState(), PromptState::Starting);
    workspace.openRun(folder);
    QTRY_VERIFY(ended);
    QCOMPARE(steps, 6);
    QCOMPARE(workspace.prompt()->prompt.rows, trained.rows);
  }
};

QTEST_MAIN(TestWorkspace)
#include "tst_workspace.moc"
