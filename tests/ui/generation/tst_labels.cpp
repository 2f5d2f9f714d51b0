// Labels ranked in the playground: the same shares as an evaluation, bound to what they were made from, and the way to the next wrong row.
#include "core/training/train.h"
#include "tests/ui/support/small_runs.h"
#include "tests/ui/support/small_studio.h"
#include "ui/generation/answer_view.h"
#include "ui/generation/playground_panel.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QCheckBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QtTest>
#include <algorithm>
#include <cmath>

using namespace incipit;
using namespace incipit::ui;

class TestLabels : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  QString weather() const {
    const auto file = m_studio.path(QStringLiteral("weather.csv"));
    QByteArray rows = "text,label\n";
    for (int i = 0; i < 12; ++i)
      rows += QByteArray(i % 2 == 0 ? "sun " : "rain ") + QByteArray::number(i) + (i % 2 == 0 ? ",dry\n" : ",wet\n");
    test::writeText(file, rows);
    return file;
  }

  void open(Workspace& workspace) {
    workspace.setRunsFolder(toPath(m_studio.path(QStringLiteral("runs"))));
    workspace.openModel(m_studio.model());
    workspace.openData(weather());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty() && workspace.prompt(), 60000);
    test::makeSmall(workspace, 4);
    workspace.holdOut(0.34);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty() && workspace.prompt() && workspace.data()->validation, 60000);
    workspace.startTraining();
    QTRY_VERIFY_WITH_TIMEOUT(!workspace.training() && workspace.run()->end && workspace.prompt()->state == PromptState::Trained, 60000);
  }

  static QPushButton* button(QWidget& in, const QString& begins) {
    for (auto* each : in.findChildren<QPushButton*>())
      if (QString(each->text()).remove(QLatin1Char('&')).startsWith(begins)) return each;
    return nullptr;
  }
  static void answered(PlaygroundPanel& panel) { QTRY_VERIFY_WITH_TIMEOUT(!panel.answering(), 60000); }

 private slots:
  // The text of a row is what the run's template makes of it; the chat comes around it when it is asked, and not "label:" behind it.
  void inAChatTheRowStandsAlone() {
    test::writeText(
        m_studio.otherModel() + QStringLiteral("/chat_template.jinja"),
        "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}");
    Jobs jobs;
    Workspace workspace(jobs);
    PlaygroundPanel panel(workspace);
    workspace.openModel(m_studio.otherModel());
    workspace.openData(weather());
    QTRY_VERIFY_WITH_TIMEOUT(workspace.blockers().isEmpty() && workspace.prompt(), 60000);
    QVERIFY(workspace.data()->training->settings.chat);
    panel.takeExample();
    answered(panel);
    QCOMPARE(panel.findChild<QPlainTextEdit*>()->toPlainText(), QStringLiteral("sun 0"));
    QCOMPARE(panel.bareView()->bars()->truth(), QStringLiteral("dry"));
  }

  void sharesAreThoseOfAnEvaluation() {
    Jobs jobs;
    Workspace workspace(jobs);
    PlaygroundPanel panel(workspace);
    open(workspace);
    panel.takeExample();
    answered(panel);
    const auto* bars = panel.promptView()->bars();
    QCOMPARE(bars->classes().size(), std::size_t(2));
    QCOMPARE(bars->truth(), QStringLiteral("dry"));  // the first row's
    QVERIFY(panel.promptAnswer().contains(QStringLiteral("wet")));
    // Row 0 as the run encoded it, wherever the split has put it.
    const auto& data = *workspace.data();
    const Examples* side = data.training->items.ofRow(0) ? data.training.get() : data.validation.get();
    const auto place = *side->items.ofRow(0);
    Examples one = *side;
    one.items = side->items.picked({static_cast<std::uint32_t>(place)});
    const auto scores = evaluate(*workspace.model()->frozen, workspace.prompt()->prompt, one).outcomes[0].classScores;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const double share = 1 / (1 + std::exp(scores[1 - i] - scores[i]));
      const auto label = toText(one.classes[i]);
      const auto shown = std::ranges::find(bars->classes(), label, &ClassShare::label);
      QVERIFY(shown != bars->classes().end());
      QVERIFY2(std::abs(shown->probability - share) < 1e-5, qPrintable(label));
    }

    // Another text has no known label, and what stands there fades until it is asked again.
    panel.setText(QStringLiteral("fog"));
    QVERIFY(panel.promptView()->faded() && panel.bareView()->faded());
    panel.answer();
    answered(panel);
    QVERIFY(!panel.promptView()->faded());
    QVERIFY(bars->truth().isEmpty());
    // Words in place of bars, where somebody wants them.
    for (auto* box : panel.findChildren<QCheckBox*>())
      if (box->text().contains(QStringLiteral("labels"))) box->setChecked(false);
    QVERIFY(button(panel, QStringLiteral("Next"))->isHidden());
    panel.answer();
    answered(panel);
    QVERIFY(bars->classes().empty());
  }

  void nextWrongGoesThroughTheWrongValidationRowsAndRoundAgain() {
    Jobs jobs;
    Workspace workspace(jobs);
    PlaygroundPanel panel(workspace);
    open(workspace);
    const auto& validation = *workspace.data()->validation;
    const auto outcomes = evaluate(*workspace.model()->frozen, workspace.prompt()->prompt, validation).outcomes;
    QStringList wrong;
    for (const auto& outcome : outcomes) {
      const auto sizes = validation.items.sizes(static_cast<std::size_t>(outcome.example));
      if (outcome.predicted != sizes.classIndex) wrong << toText(workspace.data()->table->row(sizes.row)[0]);
    }
    const auto text = [&] { return panel.findChild<QPlainTextEdit*>()->toPlainText(); };
    for (int i = 0; i <= wrong.size() && !wrong.isEmpty(); ++i) {
      panel.nextWrong();
      answered(panel);
      QTRY_VERIFY_WITH_TIMEOUT(!panel.answering(), 60000);
      QVERIFY2(text().startsWith(wrong[i % wrong.size()] + QLatin1Char('\n')), qPrintable(text()));
      const auto* bars = panel.promptView()->bars();
      QVERIFY(bars->classes().front().label != bars->truth() && !bars->truth().isEmpty());
    }
    if (wrong.isEmpty()) {
      panel.nextWrong();
      answered(panel);
      QCOMPARE(text(), QStringLiteral("Once upon a time"));
    }
    QVERIFY(button(panel, QStringLiteral("Next wrong"))->isEnabled());
  }
};

QTEST_MAIN(TestLabels)
#include "tst_labels.moc"
