#include "ui/workspace/workspace.h"

#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/workspace/plan_edit.h"
#include "ui/workspace/text.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace incipit::ui {
namespace {

// The part of the plan that decides how the examples look.
std::string dataKey(const TrainingPlan& plan) {
  const auto& data = plan.data;
  std::string key = data.inputColumn + '\n' + data.labelColumn + '\n' + data.textTemplate + '\n' + std::to_string(data.maxLength) +
                    (data.endOfText ? "\nend\n" : "\nopen\n") + std::to_string(plan.numVirtualTokens);
  for (const auto& [value, word] : data.verbaliser)
    key += '\n' + value + '\t' + word;
  return key;
}

Step stepOf(const std::string& knob) {
  const auto begins = [&](const char* start) { return knob.starts_with(start); };
  if (begins("num_virtual_tokens") || begins("prompt_tuning_init") || begins("init_")) return Step::Prompt;
  if (begins("train") || begins("input_column") || begins("label_column") || begins("template") || begins("max_length")) return Step::Data;
  if (knob == "model") return Step::Model;
  return Step::Training;
}

}  // namespace

Workspace::Workspace(Jobs& jobs, QObject* parent) : QObject(parent), m_jobs(jobs) {
  connect(&m_jobs, &Jobs::busyChanged, this, &Workspace::statusChanged);
  connect(this, &Workspace::modelChanged, this, &Workspace::statusChanged);
  connect(this, &Workspace::dataChanged, this, &Workspace::statusChanged);
  connect(this, &Workspace::planChanged, this, &Workspace::statusChanged);
  connect(this, &Workspace::promptChanged, this, &Workspace::statusChanged);
}

Workspace::~Workspace() = default;

void Workspace::editPlan(TrainingPlan edited, const QString& what, const QString& key) {
  if (toJson(edited) == toJson(m_plan)) return;
  m_undo.push(new PlanEdit(*this, std::move(edited), what, key));
}

void Workspace::setPlan(const TrainingPlan& plan) {
  const auto before = std::exchange(m_plan, plan);
  // What is open stays open: undo concerns the knobs only.
  m_plan.model = before.model;
  m_plan.train = before.train;
  m_plan.validation = before.validation;
  m_plan.initFrom = before.initFrom;
  m_plan.gemmaPrompt = before.gemmaPrompt;
  emit planChanged();
  // An adapter may bring a head, which numbers the classes.
  const bool otherHead = reading() == Reading::TextAndClass && before.promptTuningInit != m_plan.promptTuningInit;
  if (dataKey(before) != dataKey(m_plan) || otherHead) encodeData();
  const bool otherwise = before.precision != m_plan.precision || before.device != m_plan.device || before.taskType != m_plan.taskType;
  if (m_model && otherwise) openModel(toText(m_plan.model));
  makeStartingPrompt();
}

Reading Workspace::reading() const { return m_model ? readingOf(m_model->card()) : Reading::OneText; }

PromptRecipe Workspace::recipe() const {
  return recipeOf(m_plan, m_training ? m_training->classes : std::vector<std::string>(), m_adapter);
}

void Workspace::setPrompt(SoftPrompt prompt, PromptState state, const QString& title) {
  m_prompt = std::move(prompt);
  m_promptState = state;
  m_promptTitle = title;
  emit promptChanged();
}

RowScale Workspace::adapterScale() const {
  return m_adapter && m_model && m_model->card().embeddingScale != 1 ? m_adapter->origin.rowScale : RowScale::Unsaid;
}

void Workspace::setAdapterScale(RowScale scale) {
  if (adapterScale() == RowScale::Unsaid || adapterScale() == scale) return;
  m_adapter->origin.rowScale = m_plan.gemmaPrompt = scale;
  m_startKey.clear();
  emit planChanged();
  if (m_promptState == PromptState::Opened && !training())
    setPrompt(*m_adapter, PromptState::Opened, m_promptTitle);
  else
    makeStartingPrompt();
}

void Workspace::showStartingPrompt() {
  if (training()) return;
  m_promptState = PromptState::None;
  m_startKey.clear();
  makeStartingPrompt();
}

// The prompt as the next run would start: neighbours and playground have something to show before the first step.
void Workspace::makeStartingPrompt() {
  if (!m_model || training() || m_promptState == PromptState::Trained || m_promptState == PromptState::Opened) return;
  const auto recipe = this->recipe();
  std::string key = std::string(nameOf(recipe.init)) + '\n' + std::to_string(recipe.length) + '\n' + std::to_string(recipe.seed) + '\n' +
                    recipe.text + '\n' + (recipe.textSpecial == SpecialTokens::Add ? "+" : "-") + m_model->fingerprint() + '\n' +
                    m_plan.initFrom + '\n' + std::string(nameOf(recipe.pooling));
  for (const auto& label : recipe.classLabels)
    key += '\n' + label;
  if (key == m_startKey) return;
  m_startKey = key;
  m_jobs.quick(
      QStringLiteral("start"), this,
      [recipe, model = m_model, tokenizer = m_tokenizer](Job&) { return makePrompt(recipe, *model, tokenizer.get()); },
      [this](SoftPrompt prompt) {
        if (!training()) setPrompt(std::move(prompt), PromptState::Starting, tr("the start, before training"));
      },
      [this](const Problem&) { setPrompt({}, PromptState::None, {}); });  // the sentence is among the blockers
}

QList<Blocker> Workspace::blockers() const {
  QList<Blocker> found;
  if (!m_model) {
    found.append({Step::Model,
                  m_jobs.busy(QStringLiteral("model")) ? tr("The model is being opened.")
                                                       : tr("No model yet: drop a model folder here, or open the demo."),
                  {}});
    return found;
  }
  if (!m_table) {
    found.append(
        {Step::Data, m_jobs.busy(QStringLiteral("data")) ? tr("The data is being read.") : tr("No data yet: drop a data file here."), {}});
  } else if (!m_dataProblem.empty()) {
    found.append({Step::Data, m_dataProblem.text(), {}});
  } else if (!m_training) {
    found.append({Step::Data, tr("The data is being turned into tokens."), {}});
  }
  const auto recipe = this->recipe();
  if (recipe.init == PromptInit::Adapter && !m_adapter) {
    found.append({Step::Prompt, tr("The prompt is to start from an adapter: choose its file."), QStringLiteral("init_from")});
  } else if (m_tokenizer) {
    const auto layout = layOut(recipe, *m_tokenizer, m_model->card().vocabularySize);
    if (!layout.problem.empty()) found.append({Step::Prompt, toText(layout.problem), QStringLiteral("prompt_tuning_init")});
  } else if (recipe.init == PromptInit::Text || recipe.init == PromptInit::ClassLabels) {
    found.append({Step::Prompt, tr("This way to start needs a tokenizer, and the model folder has none. Choose sampled vocabulary."),
                  QStringLiteral("prompt_tuning_init")});
  }
  for (const auto& problem : problemsIn(m_plan))
    found.append({stepOf(problem.knob), toText(problem.sentence), toText(problem.knob)});
  return found;
}

}  // namespace incipit::ui
