// Opening models, data, adapters and runs: each on its own thread, each ending in a signal.
#include "core/exchange/exchange.h"
#include "core/hub/find_model.h"
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/runs/event_follower.h"
#include "core/runs/run_folder.h"
#include "core/tokenizer/tokenizer.h"
#include "core/training/plan_fields.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QDir>
#include <QFileInfo>

#include <chrono>
#include <set>
#include <string_view>

namespace incipit::ui {
namespace {

// How to train; what is open, how the prompt starts and what computes stay as they are.
void takeTraining(TrainingPlan& plan, TrainingPlan from) {
  static const std::set<std::string_view> stay{"precision", "device", "threads", "snapshot_every"};
  for (const PlanField& field : planFields()) {
    if (field.group != PlanField::Group::Training || stay.contains(field.key)) continue;
    std::visit([&](auto* value) { *value = *std::get<decltype(value)>(field.in(from)); }, field.in(plan));
  }
}

// The column that is clearly a label: it is called so, and its few values come back.
std::string plainLabelOf(const Table& table) {
  for (const auto& column : suggestedLabelColumns(table)) {
    auto name = toText(column).toLower();
    if (name != QLatin1String("label") && name != QLatin1String("labels") && name != QLatin1String("class") &&
        name != QLatin1String("category"))
      continue;
    const auto& facts = table.facts[static_cast<std::size_t>(table.column(column))];
    if (!facts.many && facts.values.size() >= 2 && 2 * std::int64_t(facts.values.size()) <= table.size()) return column;
  }
  return {};
}

}  // namespace

bool Workspace::labelWasChosen() const { return !m_chosenLabel.empty() && m_plan.data.labelColumn == m_chosenLabel; }

namespace {

// A plan names places by their whole path, so that its run can be done again from anywhere; names ("demo", "gpt2") stay names.
QString settled(const QString& place) {
  const QFileInfo info(place);
  return place == QLatin1String("demo") || place.isEmpty() || !info.exists() ? place : QDir::cleanPath(info.absoluteFilePath());
}

}  // namespace

void Workspace::openModel(const QString& asked) {
  const auto nameOrFolder = settled(asked);
  // A head is wished for one model; another one is opened as it was made.
  const bool withHead = m_plan.taskType == PromptTask::SeqCls && nameOrFolder.toStdString() == m_plan.model;
  const OpenOptions options{m_plan.precision, m_plan.device, withHead};
  m_jobs.quick(
      QStringLiteral("model"), this,
      [name = nameOrFolder.toStdString(), options](Job&) {
        const auto folder = findModel(name);
        OpenModel opened{name, options.classify, {}, {}, inspectModel(folder), {}};
        opened.frozen = incipit::openModel(folder, options);
        opened.fingerprint = opened.frozen->fingerprint();
        if (opened.summary.hasTokenizer) opened.tokenizer = openTokenizer(folder);
        return opened;
      },
      [this](OpenModel opened) {
        takeModel(std::move(opened));
        emit problemFound(Step::Model, {});
        emit planChanged();
        encodeData();
        makeStartingPrompt();
      },
      [this](const Problem& problem) {
        // The form says again what is open.
        m_plan.taskType = m_model && m_model->withHead ? PromptTask::SeqCls : PromptTask::Unknown;
        emit planChanged();
        emit problemFound(Step::Model, problem);
      });
  emit statusChanged();
}

void Workspace::openData(const QString& file, const QString& validation, const std::optional<TrainingPlan>& knobs) {
  struct Opened {
    std::shared_ptr<const Table> table, validation;
  };
  m_jobs.cancel(QStringLiteral("validation"));
  m_jobs.quick(
      QStringLiteral("data"), this,
      [path = toPath(settled(file)), validationPath = toPath(settled(validation)), this](Job& job) {
        const Watch watch = watchOf(job);
        Opened opened{std::make_shared<const Table>(readTable(path, watch.part(0, validationPath.empty() ? 1 : 0.9))), {}};
        if (!validationPath.empty()) opened.validation = std::make_shared<const Table>(readTable(validationPath, watch.part(0.9, 1)));
        return opened;
      },
      [this, knobs](Opened opened) {
        m_plan.train = opened.table->file;
        m_plan.validation = opened.validation ? opened.validation->file : std::filesystem::path();
        m_plan.data = knobs ? knobs->data : DataSettings();
        m_chosenLabel = knobs ? std::string() : plainLabelOf(*opened.table);
        if (!knobs) m_plan.data.labelColumn = m_chosenLabel;
        if (knobs) takeTraining(m_plan, *knobs);
        m_plan.validationFraction = knobs && !opened.validation ? knobs->validationFraction : 0;
        m_undo.clear();  // older edits speak of columns that this file may not have
        takeData({opened.table, opened.validation, m_plan.data, 0, m_model, {}, {}, {}});
        emit problemFound(Step::Data, {});
        emit planChanged();
        encodeData();
      },
      [this](const Problem& problem) { emit problemFound(Step::Data, problem); });
  emit statusChanged();
}

void Workspace::openValidation(const QString& file) {
  const auto take = [this](std::shared_ptr<const Table> table) {
    if (!m_data) return;
    auto data = *m_data;
    m_plan.validation = table ? table->file : std::filesystem::path();
    if (table) m_plan.validationFraction = 0;
    data.validationTable = std::move(table);
    data.training = data.validation = nullptr;
    takeData(std::move(data));
    emit problemFound(Step::Data, {});
    emit planChanged();
    encodeData();
  };
  m_jobs.cancel(QStringLiteral("validation"));  // an older file that still comes would undo this
  if (file.isEmpty()) return take({});
  m_jobs.quick(
      QStringLiteral("validation"), this,
      [path = toPath(settled(file)), this](Job& job) { return std::make_shared<const Table>(readTable(path, watchOf(job))); }, take,
      [this](const Problem& problem) { emit problemFound(Step::Data, problem); });
  emit statusChanged();
}

// The same rows for the settings and the model of now: first without examples, then with them or with the reason why there are none.
void Workspace::encodeData() {
  if (!m_data) return;
  ReadData data{m_data->table, m_data->validationTable, m_plan.data, recipe().length, m_model, {}, {}, {}};
  takeData(data);
  if (!m_model) return;
  auto asRun = m_plan;
  asRun.numVirtualTokens = data.virtualTokens;  // those of the adapter that it starts from
  m_jobs.quick(
      QStringLiteral("encode"), this,
      [this, data, plan = std::move(asRun), source = m_plan.promptTuningInit == PromptInit::Adapter ? m_adapter : std::nullopt](Job& job) {
        return encodeForRun(plan, *data.table, data.validationTable.get(), *data.model->frozen, data.model->tokenizer.get(),
                            source ? &*source : nullptr, watchOf(job));
      },
      [this, data](RunData made) mutable {
        data.training = std::move(made.training);
        data.validation = std::move(made.validation);
        takeData(std::move(data));
        makeStartingPrompt();
      },
      [this, data](const Problem& problem) mutable {
        data.problem = problem;
        takeData(std::move(data));
      });
}

// Told at most ten times a second, with what is left at the speed so far.
Watch Workspace::watchOf(Job& job) {
  using Clock = std::chrono::steady_clock;
  const auto begun = Clock::now();
  return Watch(
      [this, job, begun, told = begun](double share) mutable {
        const auto now = Clock::now();
        if (now - told < std::chrono::milliseconds(100)) return;
        told = now;
        const double seconds = std::chrono::duration<double>(now - begun).count();
        job.tell([this, share, left = share > 0 ? seconds * (1 - share) / share : -1] { emit readingData(share, left); });
      },
      job.stop());
}

void Workspace::cancelReading() {
  m_jobs.cancel(QStringLiteral("data"));
  m_jobs.cancel(QStringLiteral("validation"));
  if (!m_jobs.busy(QStringLiteral("encode"))) return;
  m_jobs.cancel(QStringLiteral("encode"));
  auto data = *m_data;
  data.problem = {tr("The rows were not turned into tokens: that was cancelled."), tr("Open the file again, or change a field below.")};
  takeData(std::move(data));
}

void Workspace::openAdapter(const QString& path) {
  m_jobs.quick(
      QStringLiteral("adapter"), this,
      [file = toPath(path), model = m_model](Job&) {
        auto prompt = readPrompt(file);
        if (model) {
          checkFits(prompt, *model->frozen);
          settleRowScale(prompt, model->card());
        }
        return prompt;
      },
      [this, path, model = m_model](SoftPrompt prompt) {
        if (model != m_model) return openAdapter(path);  // another model has come in the meantime
        m_adapter = prompt;
        m_plan.initFrom = settled(path).toStdString();
        m_plan.gemmaPrompt = adapterScale();
        if (m_model && m_model->card().head != HeadKind::None) encodeData();  // the adapter's head numbers the classes
        emit problemFound(Step::Prompt, {});
        emit planChanged();
        if (!training())
          takePrompt(PromptInView{PromptState::Opened, std::move(prompt), m_model, {}, {}, 0, path.section(QLatin1Char('/'), -1), {}});
      },
      [this](const Problem& problem) { emit problemFound(Step::Prompt, problem); });
}

namespace {

struct OpenedRun {
  RunRecord record;
  std::optional<SoftPrompt> kept;
  std::int64_t keptStep = 0;
};

// The prompt that a run kept: its adapter, or, where it was cut off before there was one, what its checkpoint holds.
OpenedRun readWholeRun(const std::filesystem::path& folder) {
  settleRun(folder);
  OpenedRun opened{readRun(folder), {}, 0};
  if (std::filesystem::exists(folder / "adapter")) {
    opened.kept = readPrompt(folder / "adapter");
    if (opened.record.summary) opened.keptStep = opened.record.summary->bestStep;
  } else if (auto state = readCheckpoint(folder); state && state->step > 0) {
    const bool judged = isValidated(opened.record.plan) && state->bestStep > 0;
    opened.kept = judged ? std::move(state->best) : std::move(state->prompt);
    opened.keptStep = judged ? state->bestStep : state->step;
  }
  return opened;
}

RunEnd::How howItEnded(const std::string& status) {
  return status == "finished"  ? RunEnd::How::Finished
         : status == "stopped" ? RunEnd::How::Stopped
         : status == "failed"  ? RunEnd::How::Failed
                               : RunEnd::How::Interrupted;
}

}  // namespace

void Workspace::openRun(const QString& folder) {
  if (training()) {
    emit problemFound(Step::Training, {tr("A run is going on, and its curves fill the view."), tr("Stop it before you open another run.")});
    return;
  }
  m_jobs.quick(
      QStringLiteral("run"), this, [path = toPath(folder)](Job&) { return readWholeRun(path); },
      [this](OpenedRun opened) {
        if (training()) return;  // begun while the folder was read
        const auto& record = opened.record;
        RunInView run{toText(record.name),
                      record.folder,
                      record.plan,
                      record.modelFingerprint,
                      record.dataFingerprint,
                      {},
                      {},
                      {},
                      opened.keptStep,
                      {}};
        // Labels and adapters that a run started from stand in other files; the other starts follow from plan and model alone.
        const auto init = record.plan.promptTuningInit;
        if (init != PromptInit::ClassLabels && init != PromptInit::Adapter) run.recipe = recipeOf(record.plan, {}, {});
        if (opened.kept) run.kept = std::make_shared<const SoftPrompt>(std::move(*opened.kept));
        takeRun(std::move(run));
        emit problemFound(Step::Training, {});
        emit runStarted();
        auto follower = std::make_unique<EventFollower>(m_run->folder);
        if (follower->goesOn()) {
          m_follower = std::move(follower);
          m_followTimer.start();
          emit statusChanged();
          return this->follow();
        }
        take(std::move(opened.record.events));
        // An older run's prompt does not stay under this run's curves: this run's own, or the start.
        if (auto kept = keptPrompt())
          takePrompt(std::move(kept));
        else if (m_prompt && m_prompt->state != PromptState::Opened)
          showStartingPrompt();
        RunEnd end;
        end.how = howItEnded(opened.record.status);
        end.sentence = tr("Run %1 opened: %2.").arg(m_run->name, end.word());
        if (m_model && !m_run->isOf(m_model)) end.sentence += tr(" It was trained on another model: %1.").arg(m_run->modelName());
        end.summary = opened.record.summary;
        endRun(std::move(end));
      },
      [this](const Problem& problem) { emit problemFound(Step::Training, problem); });
}

void Workspace::restore(const TrainingPlan& plan) {
  const auto model = toText(plan.model), data = toText(plan.train), validation = toText(plan.validation), adapter = toText(plan.initFrom);
  m_plan = plan;
  m_plan.train.clear();  // until they are open
  m_plan.validation.clear();
  m_plan.out.clear();
  m_undo.clear();
  emit planChanged();
  openModel(model);
  if (!data.isEmpty()) openData(data, validation, plan);
  if (plan.promptTuningInit == PromptInit::Adapter && !adapter.isEmpty()) openAdapter(adapter);
}

void Workspace::openWhatRunNeeds() {
  if (!m_run) return;
  const auto& plan = m_run->plan;
  if (!m_run->isOf(m_model)) {
    m_plan.precision = plan.precision;
    m_plan.device = plan.device;
    m_plan.model = plan.model;  // a head is opened for the model that the plan names
    m_plan.taskType = plan.taskType;
    openModel(toText(plan.model));
  }
  if (!m_data || m_data->table->fingerprint != m_run->dataFingerprint) openData(toText(plan.train), toText(plan.validation), plan);
}

void Workspace::useSettingsOfRun() {
  if (!m_run) return;
  auto plan = m_plan;
  const auto& from = m_run->plan;
  takeTraining(plan, from);
  plan.seed = from.seed;
  plan.numVirtualTokens = from.numVirtualTokens;
  if (from.promptTuningInit != PromptInit::Adapter) plan.promptTuningInit = from.promptTuningInit;
  plan.promptTuningInitText = from.promptTuningInitText;
  plan.initTextSpecialTokens = from.initTextSpecialTokens;
  plan.snapshotEvery = from.snapshotEvery;
  if (m_data && m_data->table->fingerprint == m_run->dataFingerprint) {
    plan.data = from.data;
    if (plan.validation.empty()) plan.validationFraction = from.validationFraction;
  }
  editPlan(std::move(plan), tr("Use the settings of %1").arg(m_run->name));
}

}  // namespace incipit::ui
