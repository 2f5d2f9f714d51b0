#include "ui/prompt/prompt_panel.h"

#include "core/model/frozen_model.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/prompt/layout_chips.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/settings.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/step_form.h"
#include "ui/tokens/token_flow.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <algorithm>

namespace incipit::ui {
namespace {

constexpr PromptInit initOrder[] = {PromptInit::SampleVocabulary, PromptInit::Text,   PromptInit::ClassLabels,
                                    PromptInit::RandomScaled,     PromptInit::Random, PromptInit::Adapter};

// What the signs of the chips mean; only of those that are there.
QList<TokenChip> legendOf(const QList<TokenChip>& chips) {
  QList<TokenChip> legend;
  const auto add = [&](bool wanted, const QString& text, const auto& make) {
    if (!wanted) return;
    TokenChip chip;
    chip.text = text;
    make(chip);
    legend.append(chip);
  };
  const auto any = [&](const auto& is) { return std::any_of(chips.begin(), chips.end(), is); };
  add(any([](const TokenChip& c) { return c.special; }), PromptPanel::tr("special"), [](TokenChip& c) { c.special = true; });
  add(any([](const TokenChip& c) { return c.repeated; }), PromptPanel::tr("repeated"), [](TokenChip& c) { c.repeated = true; });
  add(any([](const TokenChip& c) { return c.cutOff; }), PromptPanel::tr("cut off"), [](TokenChip& c) { c.cutOff = true; });
  add(any([](const TokenChip& c) { return c.kind == TokenChip::Kind::Label; }), PromptPanel::tr("label"),
      [](TokenChip& c) { c.kind = TokenChip::Kind::Label; });
  return legend;
}

}  // namespace

PromptPanel::PromptPanel(Workspace& workspace, QWidget* parent) : StepPanel(3, tr("Prompt"), parent), m_workspace(workspace) {
  setHelpPage(QStringLiteral("prompt"));
  build();
  connect(&m_workspace, &Workspace::planChanged, this, &PromptPanel::refresh);
  connect(&m_workspace, &Workspace::modelChanged, this, &PromptPanel::refresh);
  connect(&m_workspace, &Workspace::dataChanged, this, &PromptPanel::refreshPreview);
  connect(&m_workspace, &Workspace::promptChanged, this, &PromptPanel::refreshPreview);
  connect(&m_workspace, &Workspace::problemFound, this, [this](Step step, const ui::Problem& problem) {
    if (step == Step::Prompt) showProblem(problem);
  });
  refresh();
}

void PromptPanel::build() {
  body()->addWidget(helpLine(tr("A virtual token is a trainable row of numbers that the model reads like a token of text.")));
  auto* form = stepForm();

  m_length = new QSpinBox(this);
  m_length->setRange(1, 100'000);
  m_length->setToolTip(tr("num_virtual_tokens: beyond 20 there is little to gain (Lester et al. 2021)"));
  form->addRow(tr("Virtual to&kens"), m_length);
  connect(m_length, &QSpinBox::valueChanged, this, [this](int value) {
    edit(tr("Change the number of virtual tokens"), QStringLiteral("num_virtual_tokens"),
         [&](TrainingPlan& plan) { plan.numVirtualTokens = value; });
  });

  m_init = new QComboBox(this);
  for (const auto init : initOrder) {
    m_init->addItem(wordsOf(init).title, int(init));
    m_init->setItemData(m_init->count() - 1, wordsOf(init).help, Qt::ToolTipRole);
  }
  form->addRow(tr("&Start from"), m_init);
  connect(m_init, &QComboBox::activated, this, [this](int index) {
    edit(tr("Choose how the prompt starts"), {},
         [&](TrainingPlan& plan) { plan.promptTuningInit = PromptInit(m_init->itemData(index).toInt()); });
  });
  m_initHelp = helpLine({}, this);
  form->addRow(m_initHelp);
  buildText(form);

  m_length->setGroupSeparatorShown(true);
  m_length->setProperty("planField", true);
  letShrink(m_init);
  alignNames(form);
  body()->addLayout(form);

  m_preview = new TokenFlow(this);
  m_preview->setMostRows(10);
  m_preview->setAccessibleName(tr("How the virtual tokens start"));
  body()->addWidget(sectionTitle(tr("How the rows start"), this));
  body()->addWidget(m_preview);
  m_sentence = helpLine({}, this);
  body()->addWidget(m_sentence);
  m_legend = new TokenFlow(this);
  body()->addWidget(m_legend);

  m_showing = helpLine({}, this);
  body()->addWidget(m_showing);
  m_continue = new QPushButton(tr("Continue from this prompt"), this);
  m_continue->setProperty("plain", true);
  m_continue->setToolTip(tr("The next run starts from these rows, and its plan names the file they lie in"));
  connect(m_continue, &QPushButton::clicked, &m_workspace, &Workspace::continueFromPrompt);
  body()->addWidget(m_continue, 0, Qt::AlignLeft);
  m_again = new QPushButton(tr("Back to the start"), this);
  m_again->setProperty("plain", true);
  m_again->setToolTip(tr("Look at the prompt as the next run will start; the trained one stays in its run folder"));
  connect(m_again, &QPushButton::clicked, this, [this] { m_workspace.showStartingPrompt(); });
  body()->addWidget(m_again, 0, Qt::AlignLeft);
}

void PromptPanel::buildText(QFormLayout* form) {
  m_textRow = new QWidget(this);
  auto* column = new QVBoxLayout(m_textRow);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(grid);
  m_text = new QPlainTextEdit(this);
  m_text->setObjectName(QStringLiteral("initText"));
  m_text->setPlaceholderText(tr("A text that says what you want, such as \"Tell a story about the sea\""));
  m_text->setFixedHeight(m_text->fontMetrics().lineSpacing() * 3 + grid * 2);
  m_text->setTabChangesFocus(true);
  m_text->setAccessibleName(tr("Text that the prompt starts from"));
  m_text->setProperty("planField", true);  // Ctrl+Z in here undoes the edit of the plan
  column->addWidget(m_text);
  auto* row = new FlowLayout;
  m_special = new QCheckBox(tr("S&pecial tokens"), this);
  m_special->setToolTip(tr("Tokenise the text with its begin-of-text token, as PEFT does"));
  m_fit = new QPushButton(tr("Set length to the text"), this);
  m_fit->setProperty("plain", true);
  row->addWidget(m_special);
  row->addWidget(m_fit);
  column->addLayout(row);
  form->addRow(m_textRow);
  connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
    edit(tr("Edit the text"), QStringLiteral("prompt_tuning_init_text"),
         [this](TrainingPlan& plan) { plan.promptTuningInitText = m_text->toPlainText().toStdString(); });
  });
  connect(m_special, &QCheckBox::toggled, this,
          [this](bool on) { edit(tr("Change the special tokens"), {}, [&](TrainingPlan& plan) { plan.initTextSpecialTokens = on; }); });
  connect(m_fit, &QPushButton::clicked, this, &PromptPanel::setLengthToText);

  m_adapterRow = new QWidget(this);
  auto* adapter = new QHBoxLayout(m_adapterRow);
  adapter->setContentsMargins(0, 0, 0, 0);
  adapter->setSpacing(grid);
  m_adapter = new QLabel(this);
  m_adapter->setTextFormat(Qt::PlainText);
  m_adapter->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* choose = new QPushButton(tr("Choose…"), this);
  choose->setProperty("plain", true);
  choose->setToolTip(tr("A PEFT folder, a run folder, or a .npy file"));
  connect(choose, &QPushButton::clicked, this, &PromptPanel::chooseAdapter);
  adapter->addWidget(m_adapter, 1);
  adapter->addWidget(choose);
  form->addRow(m_adapterRow);

  m_scaleRow = new QWidget(this);
  auto* scale = new QHBoxLayout(m_scaleRow);
  scale->setContentsMargins(0, 0, 0, 0);
  scale->setSpacing(grid);
  m_scale = new QComboBox(this);
  m_scale->setObjectName(QStringLiteral("gemmaPrompt"));
  m_scale->addItem(tr("transformers 5: scaled"), int(RowScale::Scaled));
  m_scale->addItem(tr("up to transformers 4: unscaled"), int(RowScale::Unscaled));
  m_scale->setToolTip(
      tr("Gemma multiplies the embedding of a token by a factor. Up to transformers 4 the rows of a prompt were multiplied too; since then "
         "they enter the model as they are. Files made elsewhere do not say which is meant"));
  auto* scaleLabel = new QLabel(tr("Adapter rows"), this);
  scaleLabel->setBuddy(m_scale);
  scale->addWidget(scaleLabel);
  scale->addWidget(m_scale, 1);
  form->addRow(m_scaleRow);
  connect(m_scale, &QComboBox::activated, this,
          [this](int index) { m_workspace.setAdapterScale(RowScale(m_scale->itemData(index).toInt())); });
}

void PromptPanel::chooseAdapter() {
  const auto file = QFileDialog::getOpenFileName(this, tr("Open an adapter (adapter_config.json of a PEFT folder, or a file)"),
                                                 settings::startOf(QStringLiteral("adapter")),
                                                 tr("Adapters (adapter_config.json *.npy *.safetensors *.json *.bin *.pt);;All files (*)"));
  if (file.isEmpty()) return;
  const QFileInfo info(file);
  m_workspace.openAdapter(info.fileName() == QLatin1String("adapter_config.json") ? info.absolutePath() : file);
}

void PromptPanel::setLengthToText() {
  const auto model = m_workspace.model();
  if (!model || !model->tokenizer) return;
  const auto layout = layOut(m_workspace.recipe(), *model->tokenizer, model->card().vocabularySize);
  if (!layout.textTokens.empty()) m_length->setValue(int(layout.textTokens.size()));
}

void PromptPanel::edit(const QString& what, const QString& key, const std::function<void(TrainingPlan&)>& change) {
  auto plan = m_workspace.plan();
  change(plan);
  m_workspace.editPlan(std::move(plan), what, key);
}

void PromptPanel::refresh() {
  const auto& plan = m_workspace.plan();
  const QSignalBlocker quiet[] = {QSignalBlocker(m_length), QSignalBlocker(m_init), QSignalBlocker(m_text), QSignalBlocker(m_special)};
  const bool fromText = plan.promptTuningInit == PromptInit::Text;
  const bool fromAdapter = plan.promptTuningInit == PromptInit::Adapter;
  const int length = int(m_workspace.recipe().length);
  if (m_length->value() != length) m_length->setValue(length);
  m_length->setEnabled(!fromAdapter);
  m_length->setToolTip(fromAdapter ? tr("The adapter decides the length")
                                   : tr("num_virtual_tokens: beyond 20 there is little to gain (Lester et al. 2021)"));
  m_init->setCurrentIndex(m_init->findData(int(plan.promptTuningInit)));
  m_initHelp->setText(wordsOf(plan.promptTuningInit).help);
  m_textRow->setVisible(fromText);
  m_adapterRow->setVisible(fromAdapter);
  if (m_text->toPlainText().toStdString() != plan.promptTuningInitText) m_text->setPlainText(toText(plan.promptTuningInitText));
  m_special->setChecked(plan.initTextSpecialTokens);
  m_adapter->setText(plan.initFrom.empty() ? tr("no adapter chosen yet") : elidedPath(toText(plan.initFrom), 36));
  m_adapter->setToolTip(plainToolTip(toText(plan.initFrom)));
  refreshPreview();
}

void PromptPanel::refreshPreview() {
  const auto recipe = m_workspace.recipe();
  const auto model = m_workspace.model();
  const auto tokenizer = model ? model->tokenizer : nullptr;
  const bool open = tokenizer != nullptr;
  const auto layout = open ? layOut(recipe, *tokenizer, model->card().vocabularySize) : InitialLayout{};
  const auto chips = open ? chipsOf(layout, tokenizer.get()) : QList<TokenChip>{};
  m_preview->setEmptyText(open ? tr("The token of every row will stand here while you type.")
                               : tr("The token of every row will stand here as soon as a model is open."));
  m_preview->setChips(chips);
  const auto legend = legendOf(chips);
  m_legend->setChips(legend);
  m_legend->setVisible(!legend.isEmpty());
  const auto sentence = open && layout.problem.empty() ? sentenceOf(layout, recipe.init) : QString();  // a problem: in the head
  m_sentence->setText(sentence);
  m_sentence->setVisible(!sentence.isEmpty());
  m_fit->setEnabled(!layout.textTokens.empty());
  m_fit->setToolTip(layout.textTokens.empty()
                        ? tr("Write a text first")
                        : tr("%Ln virtual token(s): one for each token of the text", nullptr, int(layout.textTokens.size())));

  const auto prompt = m_workspace.prompt();
  const auto scale = m_workspace.adapterScale();
  const bool opened = prompt && prompt->state == PromptState::Opened;
  m_scaleRow->setVisible(scale != RowScale::Unsaid && (opened || recipe.init == PromptInit::Adapter));
  m_scale->setCurrentIndex(m_scale->findData(int(scale)));
  const bool other = prompt && prompt->state != PromptState::Starting;
  m_showing->setVisible(other);
  if (other) m_showing->setText(tr("Neighbours and playground show %1.").arg(prompt->title()));
  m_again->setVisible(other && !m_workspace.training());
  m_continue->setVisible(other && prompt->model && !m_workspace.continuesFromPrompt());

  const auto words = wordsOf(recipe.init).title;
  if (recipe.init == PromptInit::Adapter && !recipe.source)
    setState(State::Missing, tr("no adapter yet: choose its file, or drop it here"));
  else if (!layout.problem.empty())
    setState(State::Problem, toText(layout.problem));
  else
    setState(model ? State::Ready : State::Missing, tr("%Ln virtual token(s), %1", nullptr, int(recipe.length)).arg(words.toLower()));
}

}  // namespace incipit::ui
