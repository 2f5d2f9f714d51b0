#include "ui/model/model_panel.h"

#include "core/hub/find_model.h"
#include "core/model/frozen_model.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/settings/format.h"
#include "ui/settings/settings.h"
#include "ui/steps/facts.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/problem_strip.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QCheckBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QPushButton>

namespace incipit::ui {
namespace {

QString familyText(const ModelCard& card) {
  if (card.family == "gpt2") return QStringLiteral("GPT-2");
  if (card.family == "bert") return QStringLiteral("BERT");
  if (card.family == "roberta") return QStringLiteral("RoBERTa");
  auto name = toText(card.family);
  if (!name.isEmpty()) name[0] = name[0].toUpper();
  return name;
}

}  // namespace

ModelPanel::ModelPanel(Workspace& workspace, QWidget* parent)
    : StepPanel(1, tr("Model"), parent), m_workspace(workspace), m_cache(new QMenu(this)), m_facts(new FactsView(this)) {
  setHelpPage(QStringLiteral("model"));
  body()->addWidget(helpLine(tr("The language model stays frozen: training changes the virtual tokens only, never a weight of it.")));
  auto* buttons = new FlowLayout;
  const auto add = [&](const QString& text, const QString& toolTip) {
    auto* button = new QPushButton(text, this);
    button->setProperty("plain", true);
    button->setToolTip(toolTip);
    buttons->addWidget(button);
    return button;
  };
  connect(add(tr("Open folder…"), tr("A model folder in the Hugging Face layout: config.json, *.safetensors or *.bin, tokenizer.json")),
          &QPushButton::clicked, this, &ModelPanel::chooseFolder);
  auto* cache = add(tr("From cache"), tr("Models that other programs have downloaded into the Hugging Face cache of this machine"));
  cache->setProperty("menu", true);
  cache->setMenu(m_cache);
  connect(m_cache, &QMenu::aboutToShow, this, &ModelPanel::fillCacheMenu);
  connect(add(tr("Demo"), tr("The small story model that comes with Incipit")), &QPushButton::clicked, this,
          [this] { m_workspace.openModel(QStringLiteral("demo")); });
  body()->addLayout(buttons);
  body()->addWidget(m_facts);
  m_classify = new QCheckBox(tr("Sort texts into &classes with a head"), this);
  m_classify->setToolTip(tr("A small head is trained together with the prompt and chooses one of the data's labels, in place of "
                            "words that the model writes."));
  body()->addWidget(m_classify);
  connect(m_classify, &QCheckBox::clicked, this, [this](bool on) {
    auto plan = m_workspace.plan();
    plan.taskType = on ? PromptTask::SeqCls : PromptTask::Unknown;
    m_workspace.editPlan(std::move(plan), on ? tr("Classify with a head") : tr("Write text"), QStringLiteral("task_type"));
  });

  connect(&m_workspace, &Workspace::modelChanged, this, &ModelPanel::refresh);
  connect(&m_workspace, &Workspace::statusChanged, this, &ModelPanel::refresh);
  connect(&m_workspace, &Workspace::planChanged, this, &ModelPanel::refresh);
  connect(&m_workspace, &Workspace::problemFound, this, [this](Step step, const ui::Problem& problem) {
    if (step != Step::Model) return;
    showProblem(problem);
    refresh();
  });
  refresh();
}

void ModelPanel::chooseFolder() {
  const QFileInfo last(settings::startOf(QStringLiteral("model")));  // the models beside it are what is looked for
  const auto begin = last.fileName().isEmpty() || last.absoluteFilePath() == QDir::homePath() ? last.filePath() : last.absolutePath();
  const auto folder = QFileDialog::getExistingDirectory(this, tr("Open a model folder"), begin);
  if (!folder.isEmpty()) m_workspace.openModel(folder);
}

void ModelPanel::fillCacheMenu() {
  m_cache->clear();
  m_cache->addAction(tr("Looking into the cache…"))->setEnabled(false);
  m_workspace.jobs().quick(
      QStringLiteral("cache"), this, [](Job&) { return cachedModels(); },
      [this](const std::vector<CachedModel>& models) {
        m_cache->clear();
        for (const auto& model : models)
          m_cache->addAction(QStringLiteral("%1  (%2)").arg(toText(model.name), bytesText(model.bytes)), this,
                             [this, name = toText(model.name)] { m_workspace.openModel(name); });
        if (models.empty()) m_cache->addAction(tr("No model in %1").arg(toText(hubCache())))->setEnabled(false);
      },
      [this](const ui::Problem& problem) {
        m_cache->clear();
        m_cache->addAction(problem.what)->setEnabled(false);
      });
}

void ModelPanel::refresh() {
  const auto model = m_workspace.model();
  m_facts->setVisible(model != nullptr);
  const bool decoder = model && !model->card().encoderDecoder && !model->card().looksBothWays;
  m_classify->setVisible(decoder && model->card().labels.empty());  // else a head is all it has
  m_classify->setChecked(m_workspace.plan().taskType == PromptTask::SeqCls);
  if (m_workspace.jobs().busy(QStringLiteral("model"))) {
    setState(State::Busy, tr("opening…"));
  } else if (!strip()->problem().empty() && !model) {
    setState(State::Problem, tr("could not be opened"));
  } else if (!model) {
    setState(State::Missing, tr("no model yet: drop a model folder here"));
  }
  if (!model) return;

  const auto& summary = model->summary;
  const auto& card = model->card();
  if (!m_workspace.jobs().busy(QStringLiteral("model")))
    setState(State::Ready, tr("%1, %2, %3 parameters, context\u00a0%4")
                               .arg(model->shortName(), familyText(card), rounded(summary.parameters), grouped(card.contextLength)));
  QList<Fact> facts;
  facts.append({tr("Family"), familyText(card), toText(card.architecture)});
  facts.append({tr("Parameters"), rounded(summary.parameters), grouped(summary.parameters)});
  const auto heads = card.keyValueHeads > 0 && card.keyValueHeads != card.heads
                         ? tr("%Ln head(s)", nullptr, int(card.heads)) + tr(" (%1 for keys)").arg(grouped(card.keyValueHeads))
                         : tr("%Ln head(s)", nullptr, int(card.heads));
  const auto shape = tr("%Ln layer(s) of width %1", nullptr, int(card.layers)).arg(grouped(card.hiddenSize));
  facts.append({tr("Shape"), tr("%1, %2").arg(shape, heads), tr("A virtual token is a row of %1 numbers").arg(grouped(card.hiddenSize))});
  if (card.head != HeadKind::None) {
    QStringList labels;
    for (const auto& label : card.labels)
      if (labels.size() < 6) labels.append(toText(label));
    if (card.labels.size() > 6) labels.append(tr("… (%1 in all)").arg(grouped(std::int64_t(card.labels.size()))));
    facts.append({tr("Classifies"), card.labels.empty() ? tr("by the labels of the data") : labels.join(QStringLiteral(", ")),
                  tr("A small head sorts texts into classes. It is trained together with the prompt and saved with it.")});
  }
  facts.append({tr("Vocabulary"), tokensText(card.vocabularySize), {}});
  facts.append({tr("Context"), tokensText(card.contextLength), tr("Virtual tokens, text and answer together have to fit in here")});
  if (!summary.rope.empty())
    facts.append(
        {tr("Long texts"), toText(summary.rope).section(QLatin1Char(':'), 0, 0).section(QLatin1Char(','), 0, 0), toText(summary.rope)});
  facts.append({tr("Tokenizer"), model->tokenizer ? tr("in the folder") : tr("none: only data with input_ids can be used"), {}});
  facts.append({tr("Stored as"), tr("%1, %2").arg(toText(summary.storedType), bytesText(summary.bytes)),
                tr("Computed on %1 in %2")
                    .arg(toText(model->frozen->device()), toText(arithmeticOf(model->frozen->precision(), model->frozen->device())))});
  facts.append({tr("Folder"), elidedPath(toText(card.folder), 36), toText(card.folder)});
  m_facts->show(facts);
}

}  // namespace incipit::ui
