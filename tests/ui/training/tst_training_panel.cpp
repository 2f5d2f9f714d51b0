// Step 4 edits the plan with undo, shows problems at their field, and understands "3e-2".
#include "core/training/recipes.h"
#include "ui/settings/rate_spin_box.h"
#include "ui/steps/problem_strip.h"
#include "ui/training/rate_dialog.h"
#include "ui/training/training_panel.h"

#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardPaths>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestTrainingPanel : public QObject {
  Q_OBJECT
  Jobs m_jobs;
  std::unique_ptr<Workspace> m_workspace;
  std::unique_ptr<TrainingPanel> m_panel;

  template <class T>
  T* field(const char* knob) const {
    return m_panel->findChild<T*>(QLatin1String(knob));
  }

 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setApplicationName(QStringLiteral("incipit-test"));
  }
  void init() {
    m_workspace = std::make_unique<Workspace>(m_jobs);
    m_panel = std::make_unique<TrainingPanel>(*m_workspace);
  }
  void cleanup() {
    m_panel.reset();
    m_workspace.reset();
  }

  void ratesAreTypedAsPeopleWriteThem_data() {
    QTest::addColumn<QString>("typed");
    QTest::addColumn<double>("value");
    QTest::newRow("scientific") << "3e-2" << 0.03;
    QTest::newRow("plain") << "0.3" << 0.3;
    QTest::newRow("comma") << "0,05" << 0.05;
    QTest::newRow("tiny") << "1E-5" << 1e-5;
  }
  void ratesAreTypedAsPeopleWriteThem() {
    QFETCH(QString, typed);
    QFETCH(double, value);
    auto* box = field<RateSpinBox>("learning_rate");
    box->selectAll();
    QTest::keyClicks(box, typed);
    QTest::keyClick(box, Qt::Key_Return);
    QVERIFY(std::abs(m_workspace->plan().learningRate - value) < 1e-12);
  }

  void rateArrowsGoByRatioAndBack() {
    RateSpinBox box;
    box.setValue(0.03);
    QStringList seen;
    for (int i = 0; i < 4; ++i) {
      box.stepUp();
      seen << box.text();
    }
    QCOMPARE(seen, (QStringList{"0.05", "0.1", "0.2", "0.3"}));
    for (int i = 0; i < 7; ++i)
      box.stepDown();
    QCOMPARE(box.text(), QStringLiteral("0.005"));
    box.setValue(3e-5);
    QCOMPARE(box.text(), QStringLiteral("3e-5"));
    QString nonsense = QStringLiteral("3x");
    int at = 0;
    QCOMPARE(box.validate(nonsense, at), QValidator::Invalid);
  }

  void everyEditCanBeUndone() {
    field<QSpinBox>("batch_size")->setValue(32);
    QCOMPARE(m_workspace->plan().batchSize, 32);
    m_workspace->undoStack()->undo();
    QCOMPARE(m_workspace->plan().batchSize, 8);
    QCOMPARE(field<QSpinBox>("batch_size")->value(), 8);
  }

  void aProblemStandsAtItsFieldAndUnfolds() {
    m_panel->showAdvanced(false);
    auto plan = m_workspace->plan();
    plan.earlyStoppingPatience = 3;
    m_workspace->editPlan(plan, QStringLiteral("test"));
    auto* box = field<QSpinBox>("early_stopping_patience");
    QVERIFY(!box->isHidden() && box->parentWidget()->findChild<QLabel*>()->text().contains("validation"));
    QVERIFY(m_panel->state() == StepPanel::State::Problem);
    m_workspace->undoStack()->undo();
    QVERIFY(m_panel->state() == StepPanel::State::Ready);
    QVERIFY(box->parentWidget()->findChild<QLabel*>()->text().isEmpty());
  }

  void anotherOptimizerOffersItsRateAndSetsNone() {
    auto* box = field<QComboBox>("optimizer");
    auto* offer = box->parentWidget()->findChild<QPushButton*>();
    QVERIFY(offer && offer->isHidden());
    box->setCurrentIndex(1);
    emit box->activated(1);
    QVERIFY(m_workspace->plan().optimizer == Optimizer::Adafactor);
    QCOMPARE(m_workspace->plan().learningRate, 0.03);  // as the user left it
    QVERIFY(!offer->isHidden() && offer->text().contains(QStringLiteral("0.3")));
    offer->click();
    QCOMPARE(m_workspace->plan().learningRate, 0.3);
    QVERIFY(offer->isHidden());
    m_workspace->undoStack()->undo();
    QCOMPARE(m_workspace->plan().learningRate, 0.03);
  }

  void aRecipeSetsItsKnobsInOneStepAndNoOther() {
    auto plan = m_workspace->plan();
    plan.steps = 77;
    m_workspace->editPlan(plan, QStringLiteral("test"));
    auto* menu = m_panel->findChild<QMenu*>();
    QVERIFY(menu && menu->actions().size() == static_cast<qsizetype>(recipes().size()));
    for (std::size_t i = 0; i < recipes().size(); ++i) {
      const auto before = m_workspace->plan();
      auto* action = menu->actions()[static_cast<qsizetype>(i)];
      QVERIFY(action->toolTip().contains(QString::fromStdString(recipes()[i].source).left(12)));  // whose it is
      action->trigger();
      QVERIFY(differences(m_workspace->plan(), withRecipe(before, recipes()[i])).empty());
      QVERIFY(problemsIn(m_workspace->plan()).empty());
      QCOMPARE(m_workspace->plan().steps, 77);
    }
    menu->actions()[1]->trigger();
    QVERIFY(m_workspace->plan().optimizer == Optimizer::Adafactor && m_workspace->plan().learningRate == 0.3);
    QVERIFY(m_workspace->plan().schedule == Schedule::Constant && m_workspace->plan().numVirtualTokens == 100);
    m_workspace->undoStack()->undo();
    QVERIFY(m_workspace->plan().reparametrization == Reparametrization::Mlp);  // the one before it
  }

  void aRangeTestWithoutDataSaysWhatIsMissing() {
    RateDialog dialog(*m_workspace);
    dialog.start();
    QVERIFY(!dialog.running() && !dialog.result());
    QVERIFY(!dialog.findChild<ProblemStrip*>()->problem().empty());
  }

  void aRangeTestDrawsItsCurveAndOneClickTakesTheRate() {
    m_workspace->openModel(QStringLiteral("demo"));
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->model(), 30'000);
    const auto data = QStringLiteral(INCIPIT_RESOURCES_DIR "/demo/data/sea-stories.jsonl");
    m_workspace->openData(data);
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->blockers().isEmpty(), 30'000);
    auto plan = m_workspace->plan();
    plan.batchSize = 1, plan.numVirtualTokens = 4;
    m_workspace->editPlan(plan, QStringLiteral("test"));
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->blockers().isEmpty() && m_workspace->prompt(), 30'000);
    RateDialog dialog(*m_workspace);
    dialog.QDialog::show();
    dialog.start();
    QVERIFY(dialog.running());
    QTRY_VERIFY_WITH_TIMEOUT(dialog.result().has_value(), 240'000);
    QVERIFY(!dialog.plot()->points().empty());
    QVERIFY(dialog.plot()->dataAsText().count(QLatin1Char('\n')) == static_cast<qsizetype>(dialog.plot()->points().size()) + 1);
    const QDir pictures(QDir::tempPath());
    QVERIFY(dialog.grab().save(pictures.filePath(QStringLiteral("rate-dialog.png"))));
    const double suggested = dialog.result()->suggested;
    QPushButton* take = nullptr;
    for (auto* button : dialog.findChildren<QPushButton*>())
      if (button->isDefault()) take = button;
    QVERIFY(take && take->isVisible());
    take->click();
    QCOMPARE(m_workspace->plan().learningRate, suggested);
    m_workspace->undoStack()->undo();
    QVERIFY(m_workspace->plan().learningRate != suggested);
  }

  void stepsBecomeRounds() {
    auto* unit = field<QWidget>("steps")->findChild<QComboBox*>();
    unit->setCurrentIndex(1);
    emit unit->activated(1);
    QCOMPARE(m_workspace->plan().steps, 0);
    QCOMPARE(m_workspace->plan().epochs, 5);
    QVERIFY(m_panel->sentence().contains("5 round"));
  }

  void everyFieldExplainsItself() {
    for (const char* knob : {"learning_rate", "steps", "batch_size", "optimizer", "schedule", "warmup_steps", "gradient_accumulation_steps",
                             "gradient_checkpointing", "max_grad_norm", "weight_decay", "shuffle", "seed", "eval_every", "eval_rows",
                             "early_stopping_patience", "snapshot_every", "precision", "device", "threads"}) {
      auto* editor = field<QWidget>(knob);
      QVERIFY2(editor, knob);
      QVERIFY2(!editor->toolTip().isEmpty() && !editor->accessibleName().isEmpty(), knob);
    }
  }
};

QTEST_MAIN(TestTrainingPanel)
#include "tst_training_panel.moc"
