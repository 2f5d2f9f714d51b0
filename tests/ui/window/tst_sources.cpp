// Nothing is shown under a source that did not make it: models, data, runs and prompts are changed in the middle of everything, and names
// that look like HTML stay names.
#include "core/dataset/examples.h"
#include "core/model/frozen_model.h"
#include "core/runs/checkpoint.h"
#include "tests/ui/support/small_runs.h"
#include "tests/ui/support/small_studio.h"
#include "ui/dataset/data_panel.h"
#include "ui/exchange/export_dialog.h"
#include "ui/generation/answer_view.h"
#include "ui/generation/playground_panel.h"
#include "ui/inspection/inspection_panel.h"
#include "ui/inspection/neighbours_item_model.h"
#include "ui/inspection/neighbours_panel.h"
#include "ui/inspection/text_choice.h"
#include "ui/runs/runs_panel.h"
#include "ui/steps/problem_strip.h"
#include "ui/window/main_window.h"
#include "ui/window/run_bar.h"
#include "ui/window/status_line.h"
#include "ui/window/time_slider.h"

#include <QAbstractItemView>
#include <QLabel>
#include <QLineEdit>
#include <QTabWidget>
#include <QTableView>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestSources : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  static void ready(Workspace& workspace) { QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty() && workspace.prompt(), 60000); }
  static void train(Workspace& workspace) {
    workspace.startTraining();
    QTRY_VERIFY_WITH_TIMEOUT(!workspace.training() && workspace.run()->end, 60000);
  }

 private slots:
  // A head chooses among classes; without it the same rows have other classes or none. Ticked and unticked, wanted and not.
  void aHeadComesAndGoes() {
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.places());
    ready(workspace);
    auto plan = workspace.plan();
    plan.data.labelColumn = "label";
    workspace.editPlan(plan, QStringLiteral("learn the label"));
    ready(workspace);
    for (const auto task : {PromptTask::SeqCls, PromptTask::Unknown, PromptTask::SeqCls, PromptTask::Unknown}) {
      plan = workspace.plan();
      plan.taskType = task;
      workspace.editPlan(plan, QStringLiteral("a head"));
      QTRY_COMPARE_WITH_TIMEOUT(workspace.model()->withHead, task == PromptTask::SeqCls, 60000);
      QVERIFY(workspace.data()->model == workspace.model());
      ready(workspace);
      QVERIFY(workspace.prompt()->model == workspace.model());
      QCOMPARE(workspace.data()->training->items.front().labels.empty(), task == PromptTask::SeqCls);
    }
  }

  void aModelIsOpenedWhileAnotherTrains() {
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    test::makeSmall(workspace, 100000);
    ready(workspace);
    bool stepped = false;
    connect(&workspace, &Workspace::trainingEvent, &window, [&](const TrainingEvent& event) {
      if (std::holds_alternative<Stepped>(event)) stepped = true;
    });
    workspace.startTraining();
    QTRY_VERIFY_WITH_TIMEOUT(stepped, 60000);
    const auto first = workspace.model();
    workspace.openModel(m_studio.otherModel());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.model() != first, 60000);
    QVERIFY(workspace.training());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.prompt() && workspace.prompt()->state == PromptState::Starting, 60000);
    auto plan = workspace.plan();
    plan.numVirtualTokens = 9;  // for the next run
    workspace.editPlan(plan, QStringLiteral("more"));
    const auto said = window.findChild<StatusLine*>()->text();
    QVERIFY2(said.contains(QLatin1Char('4')) && !said.contains(QLatin1Char('9')), qPrintable(said));
    QVERIFY2(said.contains(QStringLiteral("small-llama")), qPrintable(said));  // which model trains
    workspace.stopTraining();
    QTRY_VERIFY_WITH_TIMEOUT(!workspace.training() && workspace.run()->end, 60000);
    QVERIFY(workspace.promptState() != PromptState::Trained);  // made for the other model
    workspace.openModel(m_studio.model());
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Trained, 60000);
    QCOMPARE(workspace.prompt()->runFolder, workspace.run()->folder);
  }

  void anAnswerFadesWhenItsSourceGoes() {
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    test::makeSmall(workspace, 3);
    ready(workspace);
    auto* playground = window.findChild<PlaygroundPanel*>();
    playground->setText(QStringLiteral("The sea"));
    playground->answer();
    QTRY_VERIFY_WITH_TIMEOUT(!playground->answering(), 60000);
    QVERIFY(!playground->bareView()->faded() && !playground->promptView()->faded());
    const auto title = playground->bareView()->detail();
    train(workspace);
    QVERIFY(!playground->bareView()->faded());  // the bare model is the same
    QVERIFY(playground->promptView()->faded());
    QVERIFY(playground->promptView()->detail().contains(QStringLiteral("start")));
    workspace.openModel(m_studio.otherModel());
    QTRY_VERIFY_WITH_TIMEOUT(playground->bareView()->faded(), 60000);
    QCOMPARE(playground->bareView()->detail(), title);
    playground->answer();
    QTRY_VERIFY_WITH_TIMEOUT(!playground->answering(), 60000);
    QVERIFY(!playground->bareView()->faded());
    QVERIFY(playground->bareView()->detail() != title);
    playground->setText(QStringLiteral("The oak"));
    QVERIFY(playground->bareView()->faded());
  }

  void aRunOfAnotherModelKeepsItsPromptToItself() {
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    test::makeSmall(workspace, 3);
    ready(workspace);
    train(workspace);
    const auto first = workspace.run();
    workspace.openModel(m_studio.otherModel());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.promptState() == PromptState::Starting, 60000);
    ready(workspace);
    train(workspace);
    QCOMPARE(workspace.prompt()->runFolder, workspace.run()->folder);
    window.openPath(QString::fromStdString(first->folder.string()));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.run()->folder == first->folder && workspace.run()->end, 60000);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Starting, 60000);
    Jobs jobs;
    const ExportDialog dialog(jobs, *workspace.prompt());
    QVERIFY2(!dialog.path().contains(first->name), qPrintable(dialog.path()));
    auto* neighbours = window.findChild<NeighboursPanel*>();
    window.findChild<QTabWidget*>()->setCurrentWidget(neighbours);
    QTRY_COMPARE_WITH_TIMEOUT(neighbours->model()->rowCount(), 4, 60000);
    QVERIFY(!window.findChild<TimeSlider*>()->isVisible());  // nothing to go back to: those prompts are another model's
  }

  void anInterruptedRunBringsWhatItHadLearned() {
    MainWindow window;
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    test::makeSmall(workspace, 6);
    ready(workspace);
    const auto start = workspace.prompt()->prompt.rows;
    train(workspace);
    const auto folder = workspace.run()->folder;
    const auto last = workspace.prompt()->prompt.rows;
    // As after a kill in the middle of the run: no adapter, no last event, and a checkpoint that says nothing of an end.
    std::filesystem::remove_all(folder / "adapter");
    const auto checkpoint = folder / "checkpoint" / "state.safetensors";
    auto state = readCheckpointFile(checkpoint);
    state.ended.clear();
    writeCheckpoint(checkpoint, state);
    QFile events(QString::fromStdString((folder / "events.jsonl").string()));
    QVERIFY(events.open(QIODevice::ReadOnly));
    auto lines = events.readAll().trimmed().split('\n');
    events.close();
    lines.removeLast();
    test::writeText(events.fileName(), lines.join('\n') + '\n');
    workspace.openRun(QString::fromStdString(folder.string()));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.run()->end && workspace.run()->end->how == RunEnd::How::Interrupted, 60000);
    QCOMPARE(workspace.promptState(), PromptState::Trained);
    QVERIFY(workspace.prompt()->prompt.rows == last && !(last == start));
    QVERIFY(window.findChild<StatusLine*>()->text().contains(QStringLiteral("interrupted")));
  }

  // One prompt in view: the slider moves all of them, and every title says the same.
  void backInTimeMovesEverything() {
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    test::makeSmall(workspace, 5);
    ready(workspace);
    train(workspace);
    auto* neighbours = window.findChild<NeighboursPanel*>();
    window.findChild<QTabWidget*>()->setCurrentWidget(neighbours);
    auto* slider = window.findChild<TimeSlider*>();
    QTRY_VERIFY_WITH_TIMEOUT(slider->isVisible(), 60000);
    slider->setValue(1);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Snapshot, 60000);
    QCOMPARE(workspace.prompt()->step, 2);
    bool said = false;
    for (const auto* label : window.findChildren<QLabel*>())
      said = said || label->text().contains(QStringLiteral("playground show step 2"));
    QVERIFY(said);
    QVERIFY(window.findChild<PlaygroundPanel*>()->promptView()->detail().contains(QStringLiteral("step 2")));
    slider->setValue(slider->maximum());
    QTRY_COMPARE_WITH_TIMEOUT(workspace.promptState(), PromptState::Trained, 60000);
  }

  void aSearchThatIsClearedHidesNothing() {
    MainWindow window;
    window.show();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(window.workspace());
    auto* neighbours = window.findChild<NeighboursPanel*>();
    window.findChild<QTabWidget*>()->setCurrentWidget(neighbours);
    const auto rows = window.workspace().prompt()->prompt.length();
    QTableView* table = nullptr;
    for (auto* any : neighbours->findChildren<QTableView*>())
      if (any->accessibleName() == QStringLiteral("Nearest tokens of the virtual tokens")) table = any;
    QVERIFY(table);
    QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), int(rows), 60000);
    auto* search = neighbours->findChild<QLineEdit*>(QStringLiteral("findToken"));
    QVERIFY(search);
    QTest::keyClicks(search, QStringLiteral("no such token"));
    QCOMPARE(table->model()->rowCount(), 0);
    search->clear();
    QCOMPARE(table->model()->rowCount(), int(rows));
  }

  void aStripGoesWithItsCause() {
    MainWindow window;
    auto& workspace = window.workspace();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(workspace);
    const auto* strip = window.findChild<DataPanel*>()->strip();
    const auto set = [&](const char* text) {
      auto plan = workspace.plan();
      plan.data.textTemplate = text;
      workspace.editPlan(plan, QStringLiteral("template"), QStringLiteral("template"));
    };
    set("{te");  // letter by letter
    QTRY_VERIFY_WITH_TIMEOUT(!strip->problem().empty(), 60000);
    set("{text}");
    QTRY_VERIFY_WITH_TIMEOUT(strip->problem().empty() && workspace.blockers().isEmpty(), 60000);

    const auto other = m_studio.path(QStringLiteral("other.csv"));
    test::writeText(other, "words,kind\nThe sea,1\n");
    workspace.openValidation(m_studio.path(QStringLiteral("nowhere.csv")));
    QTRY_VERIFY_WITH_TIMEOUT(!strip->problem().empty(), 60000);
    workspace.openValidation(other);
    workspace.openValidation({});
    QTRY_VERIFY_WITH_TIMEOUT(strip->problem().empty() && workspace.blockers().isEmpty(), 60000);
  }

  void whatLooksLikeHtmlIsShownAsItIs() {
    const auto evil = QStringLiteral("<img src=x> <b>bold</b>");
    // As the name of a folder: no slash can be in it.
    const QDir folder(m_studio.path(QStringLiteral("<img src=x><b>model")));
    folder.mkpath(QStringLiteral("."));
    for (const auto& file : QDir(m_studio.model()).entryInfoList(QDir::Files))
      QFile::copy(file.filePath(), folder.filePath(file.fileName()));
    const auto data = m_studio.path(QStringLiteral("<img src=x><b>.csv"));
    test::writeText(data,
                    "text,label,<b>c</b>\n" + evil.toUtf8() + "," + evil.toUtf8() + ",1\nThe oak,dry,2\n" + evil.toUtf8() + ",dry,3\n");
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    window.openFirst(folder.path(), data);
    ready(workspace);
    test::makeSmall(workspace, 2);
    auto plan = workspace.plan();
    plan.data.labelColumn = "label";
    plan.out = m_studio.path(QStringLiteral("runs/<img src=x><b>run")).toStdString();
    workspace.editPlan(plan, QStringLiteral("labels"));
    ready(workspace);
    train(workspace);
    QVERIFY(workspace.run()->end->how == RunEnd::How::Finished);
    auto* tabs = window.findChild<QTabWidget*>();
    for (int tab = 0; tab < tabs->count(); ++tab) {
      tabs->setCurrentIndex(tab);
      QTest::qWait(200);
    }
    for (auto* panel : window.findChildren<InspectionPanel*>()) {
      for (auto* choice : panel->findChildren<TextChoice*>())
        choice->takeExample();
      panel->start();
      QTRY_VERIFY_WITH_TIMEOUT(!panel->running(), 60000);
    }
    window.findChild<PlaygroundPanel*>()->takeExample();
    QTRY_VERIFY_WITH_TIMEOUT(!window.findChild<PlaygroundPanel*>()->answering(), 60000);
    const ExportDialog dialog(window.workspace().jobs(), *workspace.prompt());

    int seen = 0;
    const auto plain = [&](const QString& shown, const QString& where) {
      if (shown.contains(QStringLiteral("img src"))) ++seen;
      QVERIFY2(!Qt::mightBeRichText(shown) || (!shown.contains(QStringLiteral("<img")) && !shown.contains(QStringLiteral("<b>bold")) &&
                                               !shown.contains(QStringLiteral("<b>run"))),
               qPrintable(where + QStringLiteral(": ") + shown));
    };
    for (const QWidget* top : {static_cast<const QWidget*>(&window), static_cast<const QWidget*>(&dialog)}) {
      for (const auto* widget : top->findChildren<QWidget*>())
        plain(widget->toolTip(), QString::fromLatin1(widget->metaObject()->className()));
      for (const auto* label : top->findChildren<QLabel*>()) {
        if (label->textFormat() == Qt::PlainText) {
          if (label->text().contains(QStringLiteral("img src"))) ++seen;
        } else {
          plain(label->text(), QStringLiteral("label"));
        }
      }
      for (const auto* view : top->findChildren<QAbstractItemView*>())
        for (int row = 0; view->model() && row < view->model()->rowCount(); ++row)
          for (int column = 0; column < view->model()->columnCount(); ++column)
            plain(view->model()->index(row, column).data(Qt::ToolTipRole).toString(), QString::fromLatin1(view->metaObject()->className()));
    }
    QVERIFY2(seen >= 8, qPrintable(QString::number(seen)));  // the names were there to be seen
  }
};

QTEST_MAIN(TestSources)
#include "tst_sources.moc"
