#include "ui/workspace/workspace.h"

#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/runs/event_follower.h"
#include "core/runs/run_folder.h"
#include "core/support/compute.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/workspace/plan_edit.h"
#include "ui/workspace/text.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

namespace incipit::ui {
namespace {

// The part of the plan that decides how the examples look.
std::string dataKey(const TrainingPlan& plan) {
  const auto& data = plan.data;
  std::string key = data.inputColumn + '\n' + data.labelColumn + '\n' + data.textTemplate + '\n' + std::to_string(data.maxLength) +
                    (data.endOfText ? "\nend\n" : "\nopen\n") + std::to_string(plan.numVirtualTokens) + '\n' + data.chatTemplate + '\n' +
                    data.system + '\n' + data.chatDate;
  if (plan.validationFraction > 0) key += '\n' + std::to_string(plan.validationFraction) + '\n' + std::to_string(plan.seed);
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

bool fits(const SoftPrompt& prompt, const OpenModel& model) {
  try {
    checkFits(prompt, *model.frozen);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

Workspace::Workspace(Jobs& jobs, QObject* parent) : QObject(parent), m_jobs(jobs) {
  connect(&m_jobs, &Jobs::busyChanged, this, &Workspace::statusChanged);
  connect(this, &Workspace::modelChanged, this, &Workspace::statusChanged);
  connect(this, &Workspace::dataChanged, this, &Workspace::statusChanged);
  connect(this, &Workspace::planChanged, this, &Workspace::statusChanged);
  connect(this, &Workspace::promptChanged, this, &Workspace::statusChanged);
  m_followTimer.setInterval(500);
  connect(&m_followTimer, &QTimer::timeout, this, &Workspace::follow);
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
  // An adapter may bring a head, which numbers the classes.
  const bool otherHead = m_model && m_model->reading() == Reading::TextAndClass && before.promptTuningInit != m_plan.promptTuningInit;
  // Examples of the settings before go before anybody hears of the new ones.
  if (dataKey(before) != dataKey(m_plan) || otherHead) encodeData();
  emit planChanged();
  const bool otherwise = before.precision != m_plan.precision || before.device != m_plan.device || before.taskType != m_plan.taskType;
  if (m_model && otherwise) openModel(toText(m_plan.model));
  makeStartingPrompt();
}

std::vector<PlanDifference> Workspace::changesSinceRun() const {
  if (!m_run) return {};
  auto now = m_plan;
  now.out = m_run->plan.out;
  now.numVirtualTokens = recipe().length;
  return differences(m_run->plan, now);
}

void Workspace::holdOut(double share) {
  auto plan = m_plan;
  plan.validationFraction = share;
  editPlan(std::move(plan), share > 0 ? tr("Hold rows out") : tr("Train on all rows"));
}

// Where the rows lie that prompt() has: a plan names a file.
void Workspace::continueFromPrompt() {
  if (!m_prompt || !m_prompt->model || m_prompt->state == PromptState::Starting) return;
  const auto& folder = m_prompt->runFolder;
  const bool kept = m_prompt->state == PromptState::Trained;
  std::error_code ignored;
  if (kept && !std::filesystem::exists(folder / "adapter", ignored)) {
    emit problemFound(Step::Prompt, {tr("Run %1 was interrupted before it wrote its prompt.").arg(m_prompt->runName),
                                     tr("Go on with it, or evaluate its step, first.")});
    return;
  }
  m_adapter = m_prompt->prompt;
  if (m_prompt->state != PromptState::Opened)
    m_plan.initFrom = (kept ? folder / "adapter" : folder / snapshotFile(m_prompt->step)).string();
  m_plan.gemmaPrompt = adapterScale();
  auto plan = m_plan;
  plan.promptTuningInit = PromptInit::Adapter;
  plan.numVirtualTokens = m_adapter->length();
  m_startKey.clear();
  editPlan(std::move(plan), tr("Continue from %1").arg(m_prompt->title()));
  if (m_model->card().head != HeadKind::None) encodeData();  // the prompt's head numbers the classes
  emit planChanged();
}

bool Workspace::continuesFromPrompt() const {
  return m_prompt && m_plan.promptTuningInit == PromptInit::Adapter && m_adapter && m_adapter->rows == m_prompt->prompt.rows;
}

PromptRecipe Workspace::recipe() const {
  return recipeOf(m_plan, m_data && m_data->training ? m_data->training->classes : std::vector<std::string>(), m_adapter);
}

// With the model go what was read for it and the prompt in front of it; all of them are others before anybody hears of it.
void Workspace::takeModel(OpenModel model) {
  m_model = std::make_shared<const OpenModel>(std::move(model));
  m_plan.model = m_model->name;
  m_plan.taskType = m_model->withHead ? PromptTask::SeqCls : PromptTask::Unknown;
  if (m_adapter && !fits(*m_adapter, *m_model)) m_adapter.reset();
  if (m_adapter) settleRowScale(*m_adapter, m_model->card());  // what an adapter means that was opened before the model shows only now
  m_plan.gemmaPrompt = adapterScale();
  if (m_data) {
    auto data = *m_data;
    data.model = m_model;
    data.training = data.validation = nullptr;
    data.problem = {};
    m_data = std::make_shared<const ReadData>(std::move(data));
  }
  auto prompt = m_prompt ? std::optional(*m_prompt) : std::nullopt;
  const bool sameWeights = prompt && prompt->model && prompt->model->fingerprint == m_model->fingerprint;
  const bool stays = prompt && (sameWeights || prompt->state == PromptState::Opened) && prompt->state != PromptState::Starting &&
                     fits(prompt->prompt, *m_model);
  if (!stays) prompt = keptPrompt();
  if (prompt) {
    prompt->model = m_model;
    settleRowScale(prompt->prompt, m_model->card());
  }
  m_prompt = prompt ? std::make_shared<const PromptInView>(std::move(*prompt)) : nullptr;
  stopLookingBack();
  m_selection.setLength(m_prompt ? m_prompt->prompt.length() : 0);
  m_startKey.clear();
  emit modelChanged();
  emit dataChanged();
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
  if (m_prompt && m_prompt->state == PromptState::Opened && !training()) {
    PromptInView prompt = *m_prompt;
    prompt.prompt.origin.rowScale = scale;
    takePrompt(std::move(prompt));
  } else {
    makeStartingPrompt();
  }
}

void Workspace::takeData(ReadData data) {
  if (data.model != m_model) return;  // read for a model that is no longer open
  m_data = std::make_shared<const ReadData>(std::move(data));
  emit dataChanged();
}

void Workspace::takePrompt(std::optional<PromptInView> prompt) {
  if (prompt && (prompt->model != m_model || (m_model && !fits(prompt->prompt, *m_model)))) return;
  m_prompt = prompt ? std::make_shared<const PromptInView>(std::move(*prompt)) : nullptr;
  if (!m_prompt || m_prompt->state != PromptState::Snapshot) stopLookingBack();
  m_selection.setLength(m_prompt ? m_prompt->prompt.length() : 0);
  emit promptChanged();
}

void Workspace::takeRun(RunInView run) {
  if (std::exchange(m_follower, nullptr)) m_stopping = false;  // the run that was followed goes on without being seen
  m_followTimer.stop();
  m_events = std::make_shared<std::vector<TrainingEvent>>();
  run.events = m_events;
  m_run = std::make_shared<const RunInView>(std::move(run));
}

std::optional<PromptInView> Workspace::keptPrompt() const {
  if (!m_run || !m_run->kept || !m_run->isOf(m_model) || !fits(*m_run->kept, *m_model)) return {};
  return PromptInView{PromptState::Trained, *m_run->kept, m_model, m_run->folder, m_run->name, m_run->keptStep, {}, {}};
}

void Workspace::showStartingPrompt() {
  if (training()) return;
  m_prompt.reset();
  m_startKey.clear();
  makeStartingPrompt();
}

void Workspace::stopLookingBack() {
  m_lookingBack = false;
  m_newest.reset();
}

void Workspace::showKeptPrompt() {
  m_lookingBack = false;
  if (auto newest = std::exchange(m_newest, {}))
    takePrompt(std::move(newest));
  else if (auto kept = keptPrompt())
    takePrompt(std::move(kept));
}

void Workspace::showSnapshot(std::int64_t step) {
  if (!m_run || !m_run->isOf(m_model)) return;
  m_lookingBack = training();
  m_jobs.quick(
      QStringLiteral("snapshot"), this, [step, folder = m_run->folder](Job&) { return readSnapshot(folder, step); },
      [this, step, run = m_run, model = m_model](SoftPrompt prompt) {
        if (run != m_run || m_lookingBack != training()) return;
        takePrompt(PromptInView{PromptState::Snapshot, std::move(prompt), model, run->folder, run->name, step, {}, {}});
      },
      [this](const Problem& problem) { emit problemFound(Step::Training, problem); });
}

// The prompt as the next run would start: neighbours and playground have something to show before the first step.
void Workspace::makeStartingPrompt() {
  if (!m_model || (m_prompt && m_prompt->state != PromptState::Starting)) return;
  const auto recipe = this->recipe();
  std::string key = std::string(nameOf(recipe.init)) + '\n' + std::to_string(recipe.length) + '\n' + std::to_string(recipe.seed) + '\n' +
                    recipe.text + '\n' + (recipe.textSpecial == SpecialTokens::Add ? "+" : "-") + m_model->fingerprint + '\n' +
                    m_plan.initFrom + '\n' + std::string(nameOf(recipe.pooling));
  for (const auto& label : recipe.classLabels)
    key += '\n' + label;
  if (key == m_startKey) return;
  m_startKey = key;
  m_jobs.quick(
      QStringLiteral("start"), this, [recipe, model = m_model](Job&) { return makePrompt(recipe, *model->frozen, model->tokenizer.get()); },
      [this, recipe, model = m_model](SoftPrompt prompt) {
        if (!m_prompt || m_prompt->state == PromptState::Starting)
          takePrompt(PromptInView{PromptState::Starting, std::move(prompt), model, {}, {}, 0, {}, recipe});
      },
      [this](const Problem&) {  // the sentence is among the blockers
        if (!m_prompt || m_prompt->state == PromptState::Starting) takePrompt({});
      });
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
  if (m_jobs.busy(QStringLiteral("model"))) found.append({Step::Model, tr("The model is being opened."), {}});
  if (m_jobs.busy(QStringLiteral("data")) || m_jobs.busy(QStringLiteral("validation"))) {
    found.append({Step::Data, tr("The data is being read."), {}});
  } else if (!m_data) {
    found.append({Step::Data, tr("No data yet: drop a data file here."), {}});
  } else if (!m_data->problem.empty()) {
    found.append({Step::Data, tr("The data cannot be used like this: step 2 says why."), {}});
  } else if (!m_data->training || m_jobs.busy(QStringLiteral("encode"))) {
    found.append({Step::Data, tr("The data is being turned into tokens."), {}});
  }
  const auto recipe = this->recipe();
  if (recipe.init == PromptInit::Adapter && !m_adapter) {
    found.append({Step::Prompt, tr("The prompt is to start from an adapter: choose its file."), QStringLiteral("init_from")});
  } else if (m_model->tokenizer) {
    const auto layout = layOut(recipe, *m_model->tokenizer, m_model->card().vocabularySize);
    if (!layout.problem.empty())
      found.append({Step::Prompt, tr("The prompt cannot start like this: step 3 says why."), QStringLiteral("prompt_tuning_init")});
  } else if (recipe.init == PromptInit::Text || recipe.init == PromptInit::ClassLabels) {
    found.append({Step::Prompt, tr("This way to start needs a tokenizer, and the model folder has none. Choose sampled vocabulary."),
                  QStringLiteral("prompt_tuning_init")});
  }
  for (const auto& problem : problemsIn(m_plan)) {
    const auto step = stepOf(problem.knob);
    const bool known = std::ranges::find(found, step, &Blocker::step) != found.end();  // of one step, one is enough
    if (!known)
      found.append({step, step == Step::Training ? tr("A setting is impossible: it is marked in step 4.") : toText(problem.sentence),
                    toText(problem.knob)});
  }
  if (found.isEmpty() && !training()) {  // a training has what it needs
    auto plan = m_plan;
    plan.numVirtualTokens = recipe.length;
    if (const auto problem = memoryProblem(plan, *m_model->frozen, *m_data->training, memoryLeft(), memoryInAll()))
      found.append({Step::Training, toText(problem->sentence + ' ' + problem->remedy), toText(problem->knob)});
  }
  return found;
}

}  // namespace incipit::ui
