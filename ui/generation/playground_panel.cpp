// How the playground is built. How it answers stands in playground_answers.cpp.
#include "ui/generation/playground_panel.h"

#include "core/model/frozen_model.h"
#include "ui/generation/answer_view.h"
#include "ui/plots/empty_state.h"
#include "ui/settings/rate_spin_box.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/step_form.h"
#include "ui/workspace/workspace.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QKeyEvent>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QSplitter>
#include <QStackedLayout>
#include <QToolButton>

#include <limits>

namespace incipit::ui {
namespace {

constexpr int stackedBelow = grid * 52;

}  // namespace

PlaygroundPanel::PlaygroundPanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_stack(new QStackedLayout(this)) {
  setProperty("helpPage", QStringLiteral("playground"));
  auto* content = new QWidget;
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(grid, grid, grid, grid);
  column->setSpacing(grid);
  column->addWidget(makeInput());
  m_sampling = makeSampling();
  m_sampling->hide();
  column->addWidget(m_sampling);
  m_strip = new ProblemStrip(this);
  column->addWidget(m_strip);
  column->addWidget(makeAnswers(), 1);
  m_empty = new EmptyState({}, {});
  m_stack->addWidget(m_empty);
  m_stack->addWidget(content);

  connect(&workspace, &Workspace::modelChanged, this, [this] {
    stop();  // what the other model says is no longer asked for
    refresh();
  });
  connect(m_text, &QPlainTextEdit::textChanged, this, &PlaygroundPanel::refresh);
  connect(&workspace, &Workspace::planChanged, this, &PlaygroundPanel::refresh);
  connect(&workspace, &Workspace::dataChanged, this, &PlaygroundPanel::refresh);
  connect(&workspace, &Workspace::promptChanged, this, &PlaygroundPanel::promptArrived);
  connect(&workspace.jobs(), &Jobs::busyChanged, this, &PlaygroundPanel::refresh);
  setText(tr("Once upon a time"));
  refresh();
}

QWidget* PlaygroundPanel::makeInput() {
  auto* input = new QWidget;
  auto* column = new QVBoxLayout(input);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(grid);
  m_text = new QPlainTextEdit;
  m_text->setPlaceholderText(tr("Type a beginning and press Enter"));
  m_text->setToolTip(tr("Enter: answer. Shift+Enter: new line."));
  m_text->setAccessibleName(tr("Text to go on from"));
  m_text->document()->setDocumentMargin(grid);
  m_text->setTabChangesFocus(true);
  m_text->setFixedHeight(m_text->fontMetrics().lineSpacing() * 2 + 3 * grid);
  m_text->installEventFilter(this);
  column->addWidget(m_text);

  auto* row = new FlowLayout;
  m_answer = new QPushButton(tr("&Answer"));
  m_answer->setProperty("plain", true);
  m_answer->setToolTip(tr("Let the bare model and the prompt answer this text (Enter)"));
  m_stop = new QPushButton(tr("Stop"));
  m_stop->setProperty("plain", true);
  m_stop->setToolTip(tr("Stop answering; what is written stays (Esc)"));
  m_example = new QPushButton(tr("E&xample"));
  m_example->setProperty("plain", true);
  m_wrong = new QPushButton(tr("Next wron&g"));
  m_wrong->setProperty("plain", true);
  m_rank = new QCheckBox(tr("Rank &labels"));
  m_rank->setChecked(true);
  m_fold = new QToolButton;
  m_fold->setText(tr("Sampling"));
  m_fold->setToolTip(tr("Length, temperature, top-p, top-k, seed"));
  m_fold->setCheckable(true);
  m_fold->setAutoRaise(true);
  m_fold->setArrowType(Qt::RightArrow);
  m_fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  row->addWidget(m_answer);
  row->addWidget(m_stop);
  row->addWidget(m_example);
  row->addWidget(m_wrong);
  row->addWidget(m_rank);
  row->addWidget(m_fold);
  column->addLayout(row);
  connect(m_answer, &QPushButton::clicked, this, &PlaygroundPanel::answer);
  connect(m_stop, &QPushButton::clicked, this, &PlaygroundPanel::stop);
  connect(m_example, &QPushButton::clicked, this, &PlaygroundPanel::takeExample);
  connect(m_wrong, &QPushButton::clicked, this, &PlaygroundPanel::nextWrong);
  connect(m_rank, &QCheckBox::toggled, this, &PlaygroundPanel::refresh);
  connect(m_fold, &QToolButton::toggled, this, [this](bool on) {
    m_fold->setArrowType(on ? Qt::DownArrow : Qt::RightArrow);
    m_sampling->setVisible(on);
  });
  return input;
}

QWidget* PlaygroundPanel::makeSampling() {
  auto* box = new QWidget;
  auto* form = stepForm(box);
  const auto add = [form](const QString& name, QWidget* editor, const QString& help) {
    editor->setToolTip(help);
    editor->setAccessibleName(QString(name).remove(QLatin1Char('&')));
    form->addRow(name, editor);
    form->labelForField(editor)->setToolTip(help);
  };
  m_most = new QSpinBox;
  m_most->setRange(1, 100'000);
  m_most->setValue(64);
  add(tr("At &most"), m_most, tr("New tokens at most; an answer ends earlier where the model ends it"));
  m_most->setGroupSeparatorShown(true);
  showUnit(m_most, tr("token"), tr("tokens"));
  m_temperature = new RateSpinBox;
  m_temperature->setRange(0, 10);
  m_temperature->setSpecialValueText(tr("0, the likeliest"));
  m_temperature->setValue(0.7);  // with 0, small models run in circles
  add(tr("&Temperature"), m_temperature, tr("How adventurous: 0 always takes the likeliest token, 1 draws as the model believes"));
  m_topP = new RateSpinBox;
  m_topP->setRange(0.01, 1);
  m_topP->setValue(0.9);
  add(tr("Top-&p"), m_topP, tr("Draw only from the likeliest tokens that together reach this probability; 1: from all"));
  m_topK = new QSpinBox;
  m_topK->setRange(0, 1'000'000);
  m_topK->setSpecialValueText(tr("all"));
  add(tr("Top-&k"), m_topK, tr("Draw only from this many of the likeliest tokens"));
  m_seed = new QSpinBox;
  m_seed->setRange(0, std::numeric_limits<int>::max());
  add(tr("See&d"), m_seed, tr("The same seed draws the same answer"));
  m_compareText = new QCheckBox(tr("Compare with the start text as &words"));
  form->addRow(m_compareText);
  alignNames(form);
  connect(m_compareText, &QCheckBox::toggled, this, &PlaygroundPanel::refresh);
  return box;
}

QWidget* PlaygroundPanel::makeAnswers() {
  m_bare = new AnswerView(tr("Bare model"), tr("The model's own answer, without any prompt"));
  m_tuned = new AnswerView(tr("With prompt"), tr("The answer with the virtual tokens in front"));
  m_words = new AnswerView(tr("With the words"), tr("The answer with the start text typed in front, as words"));
  m_words->hide();
  m_answers = new QSplitter(Qt::Horizontal);
  m_answers->setChildrenCollapsible(false);
  m_answers->setHandleWidth(grid);
  for (auto* view : {m_bare, m_tuned, m_words})
    m_answers->addWidget(view);
  m_answers->setSizes({100, 100, 100});

  auto* answers = new QWidget;
  auto* column = new QVBoxLayout(answers);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(grid);
  column->addWidget(m_answers, 1);
  m_follow = new QCheckBox(tr("Answer again &while training"));
  m_follow->setToolTip(tr("Each stored prompt of the running training answers anew: watch it learn"));
  column->addWidget(m_follow);
  return answers;
}

// Side by side where each has a line worth reading, else below each other.
void PlaygroundPanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  const auto wanted = width() < stackedBelow ? Qt::Vertical : Qt::Horizontal;
  if (m_answers->orientation() == wanted) return;
  m_answers->setOrientation(wanted);
  m_answers->setSizes({100, 100, 100});
}

bool PlaygroundPanel::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_text && event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (enter && !(key->modifiers() & Qt::ShiftModifier)) {
      answer();
      return true;
    }
    if (key->key() == Qt::Key_Escape && answering()) {
      stop();
      return true;
    }
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace incipit::ui
