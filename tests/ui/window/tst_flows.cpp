// What follows a run, and what comes back at the next start: judged where it was stopped, trained longer, continued from, changes since it.
#include "core/library/run_entry.h"
#include "core/model/frozen_model.h"
#include "core/runs/run_folder.h"
#include "tests/ui/support/small_runs.h"
#include "tests/ui/support/small_studio.h"
#include "ui/dataset/data_panel.h"
#include "ui/exchange/export_dialog.h"
#include "ui/generation/answer_view.h"
#include "ui/generation/playground_panel.h"
#include "ui/plots/curve_plot.h"
#include "ui/training/run_card.h"
#include "ui/window/changes_button.h"
#include "ui/window/main_window.h"
#include "ui/window/run_bar.h"
#include "ui/window/status_line.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestFlows : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  static void ready(Workspace& workspace) { QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty() && workspace.prompt(), 60000); }
  static void ended(Workspace& workspace) { QTRY_VERIFY_WITH_TIMEOUT(!workspace.training() && workspace.run()->end, 60000); }
  static void stopAfter(Workspace& workspace, std::int64_t step) {
    const auto stop = connect(&workspace, &Workspace::trainingEvent, &workspace, [&workspace, step](const TrainingEvent& event) {
      if (const auto* stepped = std::get_if<Stepped>(&event); stepped && stepped->step >= step) workspace.stopTraining();
    });
    workspace.startTraining();
    ended(workspace);
    disconnect(stop);
  }
  static QPushButton* button(QWidget* in, const QString& text) {
    for (auto* each : in->findChildren<QPushButton*>())
      if (each->text() == text) return each;
    return nullptr;
  }

 private slots:
  // Plot, card, status, list of runs and reopened run say the same of a step that was judged after the stop.
  void aStoppedStepIsEvaluated() {
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories(40));
    ready(workspace);
    test::makeSmall(workspace, 100000);
    workspace.holdOut(0.3);
    ready(workspace);
    QCOMPARE(workspace.data()->validation->items.size(), std::size_t(12));
    auto plan = workspace.plan();
    plan.evalEvery = 1000000;
    workspace.editPlan(plan, QStringLiteral("hardly ever"));
    ready(workspace);
    stopAfter(workspace, 30);
    const auto run = workspace.run();
    const auto last = run->end->summary->steps;
    QCOMPARE(run->unjudgedStep().value_or(-1), last);
    QVERIFY(!run->end->summary->bestValidationLoss);
    auto* card = window.findChild<RunCard*>();
    auto* evaluate = button(card, QStringLiteral("Evaluate this step"));
    QVERIFY(evaluate && evaluate->isVisible());
    evaluate->click();
    QVERIFY(workspace.evaluating());
    QVERIFY(window.findChild<StatusLine*>()->text().contains(QStringLiteral("Evaluating")));
    ended(workspace);
    QVERIFY(!workspace.run()->unjudgedStep());
    QVERIFY(!evaluate->isVisible());
    const auto summary = *workspace.run()->end->summary;
    QCOMPARE(summary.bestStep, last);
    QVERIFY(summary.bestValidationLoss);
    QCOMPARE(summary.validationRows, 12);
    QVERIFY(workspace.run()->end->how == RunEnd::How::Stopped);
    QVERIFY2(outcomeOf(*workspace.run()).contains(QChar(0x2212)), qPrintable(outcomeOf(*workspace.run())));  // it has fallen
    const auto said = outcomeOf(*workspace.run());
    const auto entry = entryOf(run->folder);
    QCOMPARE(*entry.validationLoss, *summary.bestValidationLoss);
    workspace.openRun(QString::fromStdString(run->folder.string()));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.run() != run && workspace.run()->end, 60000);
    QCOMPARE(outcomeOf(*workspace.run()), said);
    QCOMPARE(workspace.prompt()->step, last);
    QVERIFY(!workspace.run()->unjudgedStep());
  }

  void evaluatingCanBeCancelled() {
    MainWindow window;
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories(400));
    ready(workspace);
    test::makeSmall(workspace, 100000);
    workspace.holdOut(0.9);
    auto plan = workspace.plan();
    plan.evalEvery = 1000000;
    workspace.editPlan(plan, QStringLiteral("hardly ever"));
    ready(workspace);
    stopAfter(workspace, 2);
    const auto before = workspace.run();
    const auto rows = workspace.prompt()->prompt.rows;
    workspace.evaluateStep();
    workspace.stopTraining();
    ended(workspace);
    QVERIFY(workspace.run() == before);
    QVERIFY(workspace.prompt()->prompt.rows == rows);
    QVERIFY(!readRun(before->folder).summary->bestValidationLoss);
    QVERIFY(!workspace.evaluating());
  }

  void moreStepsSayWhatBecomesOfTheRate() {
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    test::makeSmall(workspace, 4);
    ready(workspace);
    workspace.startTraining();
    ended(workspace);
    auto* card = window.findChild<RunCard*>();
    auto* schedule = card->findChild<QComboBox*>();
    QVERIFY2(schedule->itemText(0).contains(QStringLiteral("0.09")),
             qPrintable(schedule->itemText(0)));  // 0.1 over 104 steps, at the fifth
    card->findChild<QSpinBox*>()->setValue(4);
    QVERIFY2(schedule->itemText(0).contains(QStringLiteral("0.05")), qPrintable(schedule->itemText(0)));
    std::vector<double> rates;
    connect(&workspace, &Workspace::trainingEvent, &window, [&](const TrainingEvent& event) {
      if (const auto* step = std::get_if<Stepped>(&event)) rates.push_back(step->learningRate);
    });
    schedule->setCurrentIndex(1);
    button(card, QStringLiteral("Train longer"))->click();
    ended(workspace);
    QCOMPARE(rates, std::vector<double>(4, 0.01));  // a tenth of its own
    schedule->setCurrentIndex(0);
    rates.clear();
    button(card, QStringLiteral("Train longer"))->click();
    ended(workspace);
    QCOMPARE(rates.size(), std::size_t(4));
    QVERIFY(std::abs(rates.front() - 0.1 * 4 / 12) < 1e-12);
    QVERIFY(card->isVisible());
  }

  void aRunContinuesFromThePromptInView() {
    MainWindow window;
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    test::makeSmall(workspace, 5);
    ready(workspace);
    workspace.startTraining();
    ended(workspace);
    const auto first = workspace.run();
    workspace.showSnapshot(3);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Snapshot, 60000);
    const auto rows = workspace.prompt()->prompt.rows;
    workspace.continueFromPrompt();
    QVERIFY(workspace.continuesFromPrompt());
    ready(workspace);
    workspace.startTraining();
    ended(workspace);
    QVERIFY(workspace.run()->end->how == RunEnd::How::Finished);
    const auto state = readCheckpoint(workspace.run()->folder);
    QVERIFY(state->start.rows == rows);
    const auto plan = readRun(workspace.run()->folder).plan;
    QVERIFY(plan.promptTuningInit == PromptInit::Adapter);
    QCOMPARE(plan.initFrom, (first->folder / "snapshots" / "step-000003.safetensors").string());
    workspace.undoStack()->undo();
    QVERIFY(workspace.plan().promptTuningInit == PromptInit::SampleVocabulary);
  }

  void theNextStartGoesOnWhereThisOneEnded() {
    QSettings().remove(QStringLiteral("session"));
    std::filesystem::path folder;
    {
      MainWindow window;
      auto& workspace = window.workspace();
      window.openFirst(m_studio.model(), m_studio.places());
      ready(workspace);
      test::makeSmall(workspace, 3);
      ready(workspace);
      workspace.startTraining();
      ended(workspace);
      folder = workspace.run()->folder;
      auto plan = workspace.plan();
      plan.learningRate = 0.2;
      plan.warmupSteps = 2;
      plan.seed = 7;
      plan.data.labelColumn = "label";
      plan.data.textTemplate = "{text}\nWhere?";
      plan.data.verbaliser = {{"0", "sea"}, {"1", "wood"}};
      plan.validationFraction = 0.25;
      plan.promptTuningInit = PromptInit::Text;
      plan.promptTuningInitText = "Sea or wood?";
      workspace.editPlan(plan, QStringLiteral("many"));
      ready(workspace);
      workspace.putBackInLine({workspace.plan()});
      QTest::qWait(600);
    }
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    auto& workspace = window.workspace();
    window.openFirst({}, {});
    QTRY_VERIFY_WITH_TIMEOUT(workspace.run() && workspace.run()->end && workspace.blockers().isEmpty(), 60000);
    const auto& plan = workspace.plan();
    QCOMPARE(plan.learningRate, 0.2);
    QCOMPARE(plan.warmupSteps, 2);
    QCOMPARE(plan.seed, std::uint64_t(7));
    QCOMPARE(plan.data.labelColumn, std::string("label"));
    QCOMPARE(plan.data.textTemplate, std::string("{text}\nWhere?"));
    QCOMPARE(plan.data.verbaliser.at("1"), std::string("wood"));
    QCOMPARE(plan.validationFraction, 0.25);
    QVERIFY(plan.promptTuningInit == PromptInit::Text);
    QCOMPARE(plan.promptTuningInitText, std::string("Sea or wood?"));
    QCOMPARE(plan.numVirtualTokens, 4);
    QCOMPARE(workspace.run()->folder, folder);
    QCOMPARE(workspace.promptState(), PromptState::Trained);
    QCOMPARE(workspace.queue().runs().size(), std::size_t(1));  // what waited still waits, and begins by nobody's will but the user's
    QVERIFY(workspace.queue().paused() && !workspace.training());
    QCOMPARE(workspace.queue().runs().front().plan.seed, std::uint64_t(7));
    workspace.queue().drop(0);
    const auto* changes = window.findChild<ChangesButton*>();
    QVERIFY(changes->isVisible());
    QVERIFY2(changes->text().contains(workspace.run()->name), qPrintable(changes->text()));
    QVERIFY2(changes->list().contains(QStringLiteral("learning rate: 0.1 → 0.2")), qPrintable(changes->list()));
    QVERIFY2(changes->list().contains(QStringLiteral("warmup steps: 0 → 2")), qPrintable(changes->list()));
    QVERIFY2(!changes->list().contains(QStringLiteral("eval every")), qPrintable(changes->list()));  // nobody changed that
  }

  void whatWasNotChangedIsNoChange() {
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    test::makeSmall(workspace, 20);
    workspace.holdOut(0.2);
    ready(workspace);
    workspace.startTraining();
    const auto* changes = window.findChild<ChangesButton*>();
    QVERIFY2(!changes->isVisible(), qPrintable(changes->list()));
    auto plan = workspace.plan();
    plan.learningRate = 0.2;
    workspace.editPlan(plan, QStringLiteral("rate"));
    QVERIFY2(changes->isVisible() && changes->text().contains(QStringLiteral("next run")), qPrintable(changes->text()));
    ended(workspace);
    workspace.undoStack()->undo();
    QVERIFY2(!changes->isVisible(), qPrintable(changes->list()));
    const auto run = workspace.run();
    workspace.openRun(QString::fromStdString(run->folder.string()));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.run() != run && workspace.run()->end, 60000);
    QVERIFY2(!changes->isVisible(), qPrintable(changes->list()));
  }

  void tryAndExportAreOnTheCard() {
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    test::makeSmall(workspace, 3);
    ready(workspace);
    workspace.startTraining();
    ended(workspace);
    auto* card = window.findChild<RunCard*>();
    workspace.showStartingPrompt();
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Starting, 60000);
    auto* playground = window.findChild<PlaygroundPanel*>();
    button(card, QStringLiteral("Try"))->click();
    QCOMPARE(workspace.promptState(), PromptState::Trained);
    QVERIFY(playground->answering());
    QTRY_VERIFY_WITH_TIMEOUT(!playground->answering(), 60000);
    QVERIFY(playground->promptView()->detail().contains(workspace.run()->name));
    bool seen = false;
    QTimer::singleShot(300, &window, [&] {
      auto* dialog = window.findChild<ExportDialog*>();
      seen = dialog && dialog->path().endsWith(workspace.run()->name);
      if (dialog) {
        QVERIFY2(dialog->snippet().contains(QStringLiteral("template = \"{text}\"")), qPrintable(dialog->snippet()));
        dialog->reject();
      }
    });
    button(card, QStringLiteral("Export…"))->click();
    QVERIFY(seen);
  }

  void readingALargeFileShowsHowFarItIsAndCanBeCancelled() {
    MainWindow window;
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    const auto before = workspace.data();
    QByteArray rows = "text,label\n";
    for (int i = 0; i < 400000; ++i)
      rows += "\"The sea was deep and ship " + QByteArray::number(i) + " went down, \"\"slowly\"\", to it.\"," + QByteArray::number(i % 2) +
              '\n';
    const auto file = m_studio.path(QStringLiteral("large.csv"));
    test::writeText(file, rows);
    double share = -1;
    connect(&workspace, &Workspace::readingData, &window, [&](double done, double) {
      share = done;
      workspace.cancelReading();
    });
    workspace.openData(file);
    QTRY_VERIFY_WITH_TIMEOUT(share >= 0, 60000);
    QVERIFY(!workspace.jobs().busy(QStringLiteral("data")));
    if (workspace.data() == before) {
      QVERIFY(workspace.blockers().isEmpty());
      return;
    }
    // The rows were read by then and not yet turned into tokens: they are shown, and say so.
    QVERIFY(!workspace.data()->training);
    QVERIFY(!workspace.blockers().isEmpty());
  }
};

QTEST_MAIN(TestFlows)
#include "tst_flows.moc"
