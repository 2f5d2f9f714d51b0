// A person who changes their mind: hundreds of things done in the middle of others, drawn by a seed, and after each of them what belongs
// together still does.
#include "core/model/frozen_model.h"
#include "core/runs/run_folder.h"
#include "core/support/random.h"
#include "tests/ui/support/small_studio.h"
#include "ui/dataset/data_panel.h"
#include "ui/exchange/export_dialog.h"
#include "ui/generation/playground_panel.h"
#include "ui/inspection/inspection_panel.h"
#include "ui/training/run_card.h"
#include "ui/window/changes_button.h"
#include "ui/window/main_window.h"

#include <QLabel>
#include <QTabWidget>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestChangeOfMind : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  static void belongsTogether(MainWindow& window) {
    auto& workspace = window.workspace();
    const auto model = workspace.model();
    if (const auto data = workspace.data(); data && model) QVERIFY(data->model == model);
    if (const auto data = workspace.data(); data && data->training)
      for (const auto& example : data->training->items)
        QVERIFY(example.row < data->table->size() && example.classIndex < int(data->training->classes.size()));
    const auto prompt = workspace.prompt();
    if (prompt && model) {
      QVERIFY(prompt->model == model);
      QCOMPARE(prompt->prompt.width(), model->card().hiddenSize);
      const bool ofRun =
          prompt->state == PromptState::Trained || prompt->state == PromptState::Training || prompt->state == PromptState::Snapshot;
      if (ofRun) QCOMPARE(QString::fromStdString(prompt->prompt.origin.weightFingerprint), QString::fromStdString(model->fingerprint));
      Jobs jobs;
      const ExportDialog dialog(jobs, *prompt);
      if (prompt->state == PromptState::Starting && workspace.run())
        QVERIFY2(!dialog.path().endsWith(workspace.run()->name), qPrintable(dialog.path()));
    }
    for (const auto* panel : window.findChildren<InspectionPanel*>())
      if (panel->hasResult()) QVERIFY2(panel->isOf(model), panel->metaObject()->className());
    const auto run = workspace.run();
    if (run) QCOMPARE(!run->end.has_value(), workspace.training());
    if (run && run->end && run->end->summary && run->kept) QCOMPARE(run->end->summary->bestStep, run->keptStep);
  }

 private slots:
  void everythingInTheMiddleOfEverything_data() {
    QTest::addColumn<quint64>("seed");
    for (quint64 seed = 1; seed <= 4; ++seed)
      QTest::newRow(qPrintable(QString::number(seed))) << seed;
  }

  void everythingInTheMiddleOfEverything() {
    QFETCH(quint64, seed);
    QSettings().remove(QStringLiteral("session"));
    Random random(seed);
    const auto one = [&](const auto& of) { return of[static_cast<qsizetype>(random.below(std::uint64_t(of.size())))]; };
    const QStringList models{m_studio.model(), m_studio.otherModel()};
    const QStringList files{m_studio.stories(30), m_studio.places(), m_studio.path(QStringLiteral("nowhere.csv"))};
    const std::vector<std::string> templates{"", "{text}", "{te", "{text}\nWhere?", "{label}"};
    const std::vector<std::string> labels{"", "label", "text", "none"};
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    window.openFirst(models[0], files[1]);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty() && workspace.prompt(), 60000);
    const auto edit = [&](const auto& change) {
      auto plan = workspace.plan();
      change(plan);
      workspace.editPlan(plan, QStringLiteral("something"));
    };
    edit([](TrainingPlan& plan) {
      plan.numVirtualTokens = 3, plan.batchSize = 2, plan.precision = Precision::Fp32, plan.snapshotEvery = 1, plan.steps = 30;
    });
    QStringList runs;
    connect(&workspace, &Workspace::runStarted, &window, [&] { runs << QString::fromStdString(workspace.run()->folder.string()); });
    auto* playground = window.findChild<PlaygroundPanel*>();
    auto* tabs = window.findChild<QTabWidget*>();
    playground->setText(QStringLiteral("The sea"));
    const std::vector<std::function<void()>> deeds{
        [&] { workspace.openModel(one(models)); },
        [&] { window.findChild<DataPanel*>()->openFile(one(files)); },
        [&] { workspace.openValidation(one(files)); },
        [&] { workspace.openValidation({}); },
        [&] { workspace.holdOut(random.below(2) == 0 ? 0 : 0.3); },
        [&] { edit([&](TrainingPlan& plan) { plan.data.labelColumn = one(labels); }); },
        [&] { edit([&](TrainingPlan& plan) { plan.data.textTemplate = one(templates); }); },
        [&] { edit([&](TrainingPlan& plan) { plan.taskType = random.below(2) == 0 ? PromptTask::SeqCls : PromptTask::Unknown; }); },
        [&] { edit([&](TrainingPlan& plan) { plan.numVirtualTokens = 1 + std::int64_t(random.below(9)); }); },
        [&] {
          edit([&](TrainingPlan& plan) {
            plan.promptTuningInit = random.below(2) == 0 ? PromptInit::Adapter : PromptInit::SampleVocabulary;
          });
        },
        [&] { edit([&](TrainingPlan& plan) { plan.seed = random.below(3); }); },
        [&] { edit([&](TrainingPlan& plan) { plan.steps = random.below(2) == 0 ? 30 : 3000; }); },
        [&] { workspace.startTraining(); },
        [&] { workspace.startTraining(); },
        [&] { workspace.stopTraining(); },
        [&] { workspace.evaluateStep(); },
        [&] { workspace.goOn({}); },
        [&] { workspace.goOn(5, 0.01); },
        [&] { workspace.showStartingPrompt(); },
        [&] { workspace.showKeptPrompt(); },
        [&] { workspace.showSnapshot(1 + std::int64_t(random.below(4))); },
        [&] { workspace.continueFromPrompt(); },
        [&] { workspace.useSettingsOfRun(); },
        [&] { workspace.openWhatRunNeeds(); },
        [&] {
          if (!runs.isEmpty()) workspace.openRun(one(runs));
        },
        [&] {
          if (!runs.isEmpty()) workspace.openAdapter(one(runs));
        },
        [&] {
          if (!runs.isEmpty() && random.below(4) == 0) QDir(one(runs)).removeRecursively();
        },
        [&] { workspace.undoStack()->undo(); },
        [&] { workspace.undoStack()->redo(); },
        [&] { workspace.cancelReading(); },
        [&] { playground->answer(); },
        [&] { one(window.findChildren<InspectionPanel*>())->start(); },
        [&] { one(window.findChildren<InspectionPanel*>())->stop(); },
        [&] { tabs->setCurrentIndex(int(random.below(std::uint64_t(tabs->count())))); },
    };
    for (int i = 0; i < 250; ++i) {
      const auto deed = random.below(deeds.size());
      deeds[deed]();
      const auto wait = random.below(5);  // in the middle of it, or a little later
      if (wait > 0) QTest::qWait(int(wait * wait * 4));
      belongsTogether(window);
      if (QTest::currentTestFailed()) {
        qWarning("after deed %d, number %d", int(deed), i);
        return;
      }
    }
    workspace.stopTraining();
    QTRY_VERIFY_WITH_TIMEOUT(!workspace.training(), 60000);
    belongsTogether(window);
    if (workspace.run() && random.below(2) == 0) workspace.goOn(1000);  // and the window is closed in the middle of it
  }
};

QTEST_MAIN(TestChangeOfMind)
#include "tst_change_of_mind.moc"
