// The user's story, driven through the real window: open, see, train, stop, try, take away.
#include "core/model/frozen_model.h"
#include "core/runs/event_follower.h"
#include "core/runs/run_folder.h"
#include "tests/ui/support/small_runs.h"
#include "tests/ui/support/small_studio.h"
#include "ui/generation/playground_panel.h"
#include "ui/inspection/neighbours_item_model.h"
#include "ui/inspection/neighbours_panel.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"
#include "ui/tokens/token_flow.h"
#include "ui/window/main_window.h"
#include "ui/window/status_line.h"

#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestStory : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  static void ready(MainWindow& window) { QTRY_VERIFY_WITH_TIMEOUT(window.workspace().blockers().isEmpty(), 60000); }

  static void answer(MainWindow& window, const QString& text) {
    auto* box = window.findChild<QMessageBox*>();
    QVERIFY(box);
    for (auto* button : box->buttons())
      if (button->text().remove(QLatin1Char('&')) == text) return button->click();
    QFAIL(qPrintable(text));
  }

 private slots:
  void initTestCase() { applyTheme(Theme::Light); }

  void fromOpeningToThePrompt() {
    MainWindow window;
    window.show();
    auto& workspace = window.workspace();
    auto* train = window.findChild<QPushButton*>(QStringLiteral("train"));
    auto* stop = window.findChild<QPushButton*>(QStringLiteral("stop"));
    auto* status = window.findChild<StatusLine*>();
    QVERIFY(train && stop && status);
    QVERIFY(!stop->isEnabled() && !stop->toolTip().isEmpty());
    QVERIFY(train->toolTip().contains(QStringLiteral("model")));  // says what is missing
    QVERIFY(status->text().contains(QStringLiteral("href")));     // and links to it
    QTest::mouseClick(train, Qt::LeftButton);                     // leads there instead of starting
    QVERIFY(!workspace.training());

    window.openFirst(m_studio.model(), m_studio.stories());
    ready(window);
    test::makeSmall(workspace, 100000);
    ready(window);
    QTRY_COMPARE(workspace.promptState(), PromptState::Starting);

    QList<double> losses;
    int prompts = 0;
    bool ended = false;
    connect(&workspace, &Workspace::trainingEvent, &window, [&](const TrainingEvent& event) {
      if (const auto* step = std::get_if<Stepped>(&event)) losses.append(step->loss);
    });
    connect(&workspace, &Workspace::promptChanged, &window, [&] { ++prompts; });
    connect(&workspace, &Workspace::runEnded, &window, [&] { ended = true; });
    QTest::mouseClick(train, Qt::LeftButton);
    QVERIFY(workspace.training());
    QTRY_VERIFY_WITH_TIMEOUT(losses.size() >= 30, 120000);
    QVERIFY(prompts > 0);  // neighbours and playground follow while it trains
    auto* neighbours = window.findChild<NeighboursPanel*>();
    window.findChild<QTabWidget*>()->setCurrentWidget(neighbours);
    QTRY_COMPARE_WITH_TIMEOUT(neighbours->model()->rowCount(), 4, 60000);
    const auto started = neighbours->model()->index(0, NeighboursItemModel::Start);
    const auto drift = neighbours->model()->index(0, NeighboursItemModel::Drift);
    QTRY_VERIFY_WITH_TIMEOUT(started.data(NeighboursItemModel::ChipRole).isValid(), 60000);  // while it trains, not only before
    QTRY_VERIFY_WITH_TIMEOUT(drift.data(NeighboursItemModel::SortRole).toDouble() > 0, 60000);
    QVERIFY(stop->isEnabled());
    QTest::mouseClick(stop, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(ended, 60000);
    QVERIFY(losses.last() < losses.first());
    QCOMPARE(workspace.promptState(), PromptState::Trained);
    QVERIFY(status->text().contains(QStringLiteral("kept")));
    QVERIFY(QFile::exists(QString::fromStdString((workspace.run()->folder / "adapter" / "adapter_model.safetensors").string())));

    auto* playground = window.findChild<PlaygroundPanel*>();
    playground->setText(QStringLiteral("The sea"));
    playground->answer();
    QTRY_VERIFY_WITH_TIMEOUT(!playground->answering(), 60000);
    QVERIFY(!playground->bareAnswer().isEmpty());
    QVERIFY(!playground->promptAnswer().isEmpty());
  }

  void closingInMidTrainingKeepsTheRun() {
    std::filesystem::path folder;
    {
      MainWindow window;
      window.show();
      window.openFirst(m_studio.model(), m_studio.stories());
      ready(window);
      test::makeSmall(window.workspace(), 100000);
      ready(window);
      bool stepped = false;
      connect(&window.workspace(), &Workspace::trainingEvent, &window, [&] { stepped = true; });
      window.workspace().startTraining();
      folder = window.workspace().run()->folder;
      QTRY_VERIFY_WITH_TIMEOUT(stepped, 60000);
      QVERIFY(!window.close());
      QVERIFY(window.isVisible());
      answer(window, QStringLiteral("Stop it"));  // not at once: the step that runs is waited for
      QTRY_VERIFY_WITH_TIMEOUT(!window.isVisible(), 60000);
    }
    QVERIFY(std::filesystem::exists(folder / "adapter" / "adapter_model.safetensors"));
    QVERIFY(std::filesystem::exists(folder / "checkpoint"));
  }

  // The run goes on in a process of its own, and another window watches and stops it there.
  void aRunOutlivesItsWindow() {
    std::filesystem::path folder;
    {
      MainWindow window;
      window.show();
      window.openFirst(m_studio.model(), m_studio.stories());
      ready(window);
      test::makeSmall(window.workspace(), 1000000);
      auto plan = window.workspace().plan();
      plan.snapshotEvery = 100000;
      window.workspace().editPlan(plan, QStringLiteral("few snapshots"));
      ready(window);
      bool stepped = false;
      connect(&window.workspace(), &Workspace::trainingEvent, &window, [&] { stepped = true; });
      window.workspace().startTraining();
      folder = window.workspace().run()->folder;
      QTRY_VERIFY_WITH_TIMEOUT(stepped, 60000);
      QVERIFY(!window.close());
      answer(window, QStringLiteral("Cancel"));
      QVERIFY(window.isVisible() && window.workspace().training());
      QVERIFY(!window.close());
      answer(window, QStringLiteral("Go on in the background"));
      QTRY_VERIFY_WITH_TIMEOUT(!window.isVisible(), 60000);
    }
    const auto before = readRun(folder).summary->steps;
    QTRY_VERIFY_WITH_TIMEOUT(EventFollower(folder).goesOn(), 60000);
    MainWindow later;
    later.show();
    later.openFirst(m_studio.model(), m_studio.stories());
    ready(later);
    auto& workspace = later.workspace();
    workspace.openRun(QString::fromStdString(folder.string()));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.following(), 60000);
    QVERIFY(!workspace.training());
    std::int64_t seen = 0;
    connect(&workspace, &Workspace::trainingEvent, &later, [&](const TrainingEvent& event) {
      if (const auto* step = std::get_if<Stepped>(&event)) seen = step->step;
    });
    QTRY_VERIFY_WITH_TIMEOUT(seen > before, 60000);
    workspace.stopTraining();
    QTRY_VERIFY_WITH_TIMEOUT(!workspace.following() && workspace.run()->end, 60000);
    QVERIFY(workspace.run()->end->how == RunEnd::How::Stopped);
    QVERIFY(workspace.run()->end->summary->steps > before);
    QVERIFY(!EventFollower(folder).goesOn());
  }

  void anOldRunIsShownAsItWas() {
    MainWindow window;
    window.show();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(window);
    test::makeSmall(window.workspace(), 5);
    ready(window);
    window.workspace().startTraining();
    QTRY_VERIFY_WITH_TIMEOUT(!window.workspace().training(), 60000);
    const auto folder = QString::fromStdString(window.workspace().run()->folder.string());

    MainWindow later;
    later.show();
    later.openFirst(m_studio.model(), m_studio.stories());
    ready(later);
    auto* views = later.findChild<QTabWidget*>();
    auto* neighbours = later.findChild<NeighboursPanel*>();
    views->setCurrentWidget(neighbours);
    bool opened = false;
    connect(&later.workspace(), &Workspace::runEnded, &later, [&] { opened = true; });
    later.openPath(folder);
    QTRY_VERIFY_WITH_TIMEOUT(opened, 60000);
    QCOMPARE(views->currentIndex(), 0);  // its curves
    QCOMPARE(later.workspace().promptState(), PromptState::Trained);
    views->setCurrentWidget(neighbours);
    const auto drift = [&] {
      return neighbours->model()->index(0, NeighboursItemModel::Drift).data(NeighboursItemModel::SortRole).toDouble();
    };
    QTRY_VERIFY_WITH_TIMEOUT(drift() > 0, 60000);  // plan and model tell where it started
  }

  void whatFailsIsBroughtIntoView() {
    MainWindow window;
    window.show();
    auto* setup = window.findChild<QDockWidget*>(QStringLiteral("setup"));
    setup->hide();
    test::writeText(m_studio.path(QStringLiteral("broken.jsonl")), "{\"text\": \"half a row");
    window.openPath(m_studio.path(QStringLiteral("broken.jsonl")));
    QTRY_VERIFY_WITH_TIMEOUT(setup->isVisible(), 60000);
    const auto panels = window.findChildren<StepPanel*>();
    const auto data =
        std::find_if(panels.begin(), panels.end(), [](StepPanel* panel) { return panel->inherits("incipit::ui::DataPanel"); });
    QVERIFY(data != panels.end() && !(*data)->folded());
    QCOMPARE((*data)->state(), StepPanel::State::Problem);
  }

  void theInitTextIsSeenTokenByToken() {
    MainWindow window;
    window.show();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(window);
    auto& workspace = window.workspace();
    auto plan = workspace.plan();
    plan.promptTuningInit = PromptInit::Text;
    plan.numVirtualTokens = 3;
    workspace.editPlan(plan, QStringLiteral("text"));
    window.showStep(Step::Prompt);
    auto* text = window.findChild<QPlainTextEdit*>(QStringLiteral("initText"));
    QVERIFY(text);
    TokenFlow* preview = nullptr;
    for (auto* flow : window.findChildren<TokenFlow*>())
      if (flow->accessibleName() == QStringLiteral("How the virtual tokens start")) preview = flow;
    QVERIFY(preview);
    QTest::keyClicks(text, QStringLiteral("sea"));
    QCOMPARE(preview->chips().size(), 4);  // <s> s e, and "a" cut off
    QVERIFY(preview->chips().last().cutOff);
    QPushButton* fit = nullptr;
    for (auto* button : window.findChildren<QPushButton*>())
      if (button->text() == QStringLiteral("Set length to the text")) fit = button;
    QVERIFY(fit && fit->isEnabled());
    QTest::mouseClick(fit, Qt::LeftButton);
    QCOMPARE(workspace.plan().numVirtualTokens, 4);
    QVERIFY(!preview->chips().last().cutOff);
    workspace.undoStack()->undo();
    QCOMPARE(workspace.plan().numVirtualTokens, 3);
    workspace.undoStack()->undo();
    QCOMPARE(text->toPlainText(), QString());
  }

  void theLayoutIsRemembered() {
    {
      MainWindow window;
      window.show();
      window.resize(1500, 900);
      window.findChild<QDockWidget*>(QStringLiteral("setup"))->hide();
      window.close();
    }
    MainWindow window;
    window.show();
    QCOMPARE(window.size(), QSize(1500, 900));
    QVERIFY(!window.findChild<QDockWidget*>(QStringLiteral("setup"))->isVisible());
    window.showStep(Step::Model);  // a link to a step brings the setup back
    QVERIFY(window.findChild<QDockWidget*>(QStringLiteral("setup"))->isVisible());
  }

  // A letter that a menu and a field share would open neither.
  void menusHaveTheirLettersForThemselves() {
    MainWindow window;
    QMap<QString, QString> menus;
    const auto letterOf = [](const QString& text) { return QKeySequence::mnemonic(text).toString(); };
    for (const auto* action : window.menuBar()->actions())
      menus.insert(letterOf(action->text()), action->text());
    QVERIFY(menus.size() >= 5 && !menus.contains(QString()));
    QStringList texts;
    for (const auto* label : window.findChildren<QLabel*>())
      if (label->buddy()) texts << label->text();
    for (const auto* button : window.findChildren<QAbstractButton*>())
      texts << button->text();
    QVERIFY(texts.size() > 20);
    for (const auto& text : texts)
      QVERIFY2(!menus.contains(letterOf(text)) || letterOf(text).isEmpty(), qPrintable(text));
  }

  void everyThemeDrawsTheWholeWindow() {
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    applyTheme(Theme::Light);
    const auto light = window.grab().toImage();
    applyTheme(Theme::Dark);
    const auto dark = window.grab().toImage();
    applyTheme(Theme::Light);
    QVERIFY(light.pixelColor(640, 795).lightness() > 200);
    QVERIFY(dark.pixelColor(640, 795).lightness() < 60);
  }
};

QTEST_MAIN(TestStory)
#include "tst_story.moc"
