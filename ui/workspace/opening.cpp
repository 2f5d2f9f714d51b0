// Opening models, data, adapters and runs: each on its own thread, each ending in a signal.
#include "core/exchange/exchange.h"
#include "core/hub/find_model.h"
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/runs/run_folder.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

namespace incipit::ui {
namespace {

// How to train; what is open, how the prompt starts and what computes stay as they are.
void takeTraining(TrainingPlan& plan, const TrainingPlan& from) {
  plan.optimizer = from.optimizer;
  plan.learningRate = from.learningRate;
  plan.weightDecay = from.weightDecay;
  plan.schedule = from.schedule;
  plan.warmupSteps = from.warmupSteps;
  plan.maxGradNorm = from.maxGradNorm;
  plan.steps = from.steps;
  plan.epochs = from.epochs;
  plan.batchSize = from.batchSize;
  plan.gradientAccumulationSteps = from.gradientAccumulationSteps;
  plan.gradientCheckpointing = from.gradientCheckpointing;
  plan.shuffle = from.shuffle;
  plan.evalEvery = from.evalEvery;
  plan.earlyStoppingPatience = from.earlyStoppingPatience;
}

}  // namespace

void Workspace::openModel(const QString& nameOrFolder) {
  struct Opened {
    std::shared_ptr<const FrozenModel> model;
    std::shared_ptr<const Tokenizer> tokenizer;
    ModelSummary summary;
  };
  // A head is wished for one model; another one is opened as it was made.
  const bool classify = m_plan.taskType == PromptTask::SeqCls && nameOrFolder.toStdString() == m_plan.model;
  const OpenOptions options{m_plan.precision, m_plan.device, classify};
  m_jobs.quick(
      QStringLiteral("model"), this,
      [name = nameOrFolder.toStdString(), options](Job&) {
        const auto folder = findModel(name);
        Opened opened;
        opened.summary = inspectModel(folder);
        opened.model = incipit::openModel(folder, options);
        if (opened.summary.hasTokenizer) opened.tokenizer = openTokenizer(folder);
        return opened;
      },
      [this, nameOrFolder, classify](Opened opened) {
        m_plan.taskType = classify ? PromptTask::SeqCls : PromptTask::Unknown;
        m_model = std::move(opened.model);
        m_tokenizer = std::move(opened.tokenizer);
        m_summary = std::move(opened.summary);
        m_plan.model = nameOrFolder.toStdString();
        // A prompt made for another width cannot be tried on this model.
        if (!m_prompt.empty() && m_prompt.width() != m_model->card().hiddenSize) m_promptState = PromptState::None;
        if (m_adapter && m_adapter->width() != m_model->card().hiddenSize) m_adapter.reset();
        // What an adapter means that was opened before the model shows only now.
        if (m_adapter) settleRowScale(*m_adapter, m_model->card());
        if (!m_prompt.empty()) settleRowScale(m_prompt, m_model->card());
        m_plan.gemmaPrompt = adapterScale();
        emit problemFound(Step::Model, {});
        emit modelChanged();
        emit planChanged();
        encodeData();
        makeStartingPrompt();
      },
      [this](const Problem& problem) { emit problemFound(Step::Model, problem); });
  emit statusChanged();
}

void Workspace::openData(const QString& file, const QString& validation, const std::optional<TrainingPlan>& knobs) {
  struct Opened {
    std::shared_ptr<const Table> table, validation;
  };
  m_jobs.quick(
      QStringLiteral("data"), this,
      [path = toPath(file), validationPath = toPath(validation)](Job&) {
        Opened opened{std::make_shared<const Table>(readTable(path)), {}};
        if (!validationPath.empty()) opened.validation = std::make_shared<const Table>(readTable(validationPath));
        return opened;
      },
      [this, knobs](Opened opened) {
        m_table = std::move(opened.table);
        m_validationTable = std::move(opened.validation);
        m_plan.train = m_table->file;
        m_plan.validation = m_validationTable ? m_validationTable->file : std::filesystem::path();
        m_plan.data = knobs ? knobs->data : DataSettings();
        if (knobs) takeTraining(m_plan, *knobs);
        m_undo.clear();  // older edits speak of columns that this file may not have
        emit problemFound(Step::Data, {});
        emit planChanged();
        encodeData();
      },
      [this](const Problem& problem) { emit problemFound(Step::Data, problem); });
  emit statusChanged();
}

void Workspace::openValidation(const QString& file) {
  if (file.isEmpty()) {
    m_validationTable.reset();
    m_plan.validation.clear();
    emit planChanged();
    encodeData();
    return;
  }
  m_jobs.quick(
      QStringLiteral("validation"), this, [path = toPath(file)](Job&) { return std::make_shared<const Table>(readTable(path)); },
      [this](std::shared_ptr<const Table> table) {
        m_validationTable = std::move(table);
        m_plan.validation = m_validationTable->file;
        emit problemFound(Step::Data, {});
        emit planChanged();
        encodeData();
      },
      [this](const Problem& problem) { emit problemFound(Step::Data, problem); });
}

void Workspace::encodeData() {
  m_training.reset();
  m_validation.reset();
  m_dataProblem = {};
  emit dataChanged();
  if (!m_table || !m_model) return;
  m_jobs.quick(
      QStringLiteral("encode"), this,
      [table = m_table, validation = m_validationTable, plan = m_plan, model = m_model, tokenizer = m_tokenizer,
       source = m_plan.promptTuningInit == PromptInit::Adapter ? m_adapter : std::nullopt](Job&) {
        return encodeForRun(plan, *table, validation.get(), *model, tokenizer.get(), source ? &*source : nullptr);
      },
      [this](RunData data) {
        m_training = std::move(data.training);
        m_validation = std::move(data.validation);
        emit dataChanged();
        makeStartingPrompt();
      },
      [this](const Problem& problem) {
        m_dataProblem = problem;
        emit dataChanged();
      });
}

void Workspace::openAdapter(const QString& path) {
  m_jobs.quick(
      QStringLiteral("adapter"), this,
      [file = toPath(path), model = m_model](Job&) {
        auto prompt = readPrompt(file);
        if (model) {
          checkFits(prompt, *model);
          settleRowScale(prompt, model->card());
        }
        return prompt;
      },
      [this, path](SoftPrompt prompt) {
        m_adapter = prompt;
        m_plan.initFrom = path.toStdString();
        m_plan.gemmaPrompt = adapterScale();
        if (m_model && m_model->card().head != HeadKind::None) encodeData();  // the adapter's head numbers the classes
        emit problemFound(Step::Prompt, {});
        emit planChanged();
        if (!training()) setPrompt(std::move(prompt), PromptState::Opened, tr("adapter %1").arg(path.section(QLatin1Char('/'), -1)));
      },
      [this](const Problem& problem) { emit problemFound(Step::Prompt, problem); });
}

void Workspace::openRun(const QString& folder) {
  if (training()) {
    emit problemFound(Step::Training, {tr("A run is going on, and its curves fill the view."), tr("Stop it before you open another run.")});
    return;
  }
  struct Opened {
    RunRecord record;
    std::optional<SoftPrompt> prompt;
  };
  m_jobs.quick(
      QStringLiteral("run"), this,
      [path = toPath(folder)](Job&) {
        settleRun(path);
        Opened opened{readRun(path), {}};
        if (std::filesystem::exists(path / "adapter")) opened.prompt = readPrompt(path / "adapter");
        return opened;
      },
      [this](Opened opened) {
        m_runName = toText(opened.record.name);
        m_runFolder = opened.record.folder;
        const auto& plan = opened.record.plan;
        const bool sameModel = m_model && m_model->fingerprint() == opened.record.modelFingerprint;
        // Labels and adapters that a run started from stand in other files; the other starts follow from plan and model alone.
        const bool startKnown = plan.promptTuningInit != PromptInit::ClassLabels && plan.promptTuningInit != PromptInit::Adapter;
        m_runRecipe = sameModel && startKnown ? std::optional(recipeOf(plan, {}, {})) : std::nullopt;
        m_events.clear();
        emit problemFound(Step::Training, {});
        emit runStarted();
        take(std::move(opened.record.events));
        if (opened.prompt && (!m_model || opened.prompt->width() == m_model->card().hiddenSize))
          setPrompt(std::move(*opened.prompt), PromptState::Trained, tr("best of %1").arg(m_runName));
        RunEnd end;
        end.how = opened.record.status == "finished" ? RunEnd::How::Finished : RunEnd::How::Stopped;
        end.sentence = tr("Run %1 opened: %2.").arg(m_runName, toText(opened.record.status));
        if (m_model && !sameModel) end.sentence += tr(" It was trained on another model: %1.").arg(toText(plan.model));
        end.summary = opened.record.summary;
        endRun(std::move(end));
      },
      [this](const Problem& problem) { emit problemFound(Step::Training, problem); });
}

}  // namespace incipit::ui
