#include "core/runs/decide.h"

#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/support/compute.h"
#include "core/support/error.h"
#include "core/training/best_metric.h"
#include "core/training/linear_probe.h"
#include "core/training/row_networks/row_network.h"

#include <algorithm>

namespace incipit {
namespace {

bool holds(const std::vector<std::string>& names, const char* name) { return std::find(names.begin(), names.end(), name) != names.end(); }

bool isThere(const std::string& device) {
  try {
    resolveDevice(device);
    return true;
  } catch (const PlanError&) {
    return false;
  }
}

}  // namespace

void fitToThisMachine(TrainingPlan& plan) {
  if (holds(plan.defaults, "threads") && plan.threads > physicalCores()) plan.threads = 0;
  if (!holds(plan.defaults, "device") || isThere(plan.device)) return;
  plan.device = "auto";
  if (holds(plan.defaults, "precision")) plan.precision = Precision::Auto;
}

void setSteps(TrainingPlan& plan, std::int64_t steps) {
  if (holds(plan.defaults, "eval_every")) plan.evalEvery = 0;
  if (holds(plan.defaults, "snapshot_every")) plan.snapshotEvery = 0;
  std::erase(plan.defaults, "steps");
  plan.steps = steps, plan.epochs = 0;
  plan.scheduleSteps = plan.constantFrom = 0, plan.constantRate = 0;
}

void keepRateConstant(TrainingPlan& plan, std::int64_t drawnOver, std::int64_t done, double rate) {
  plan.scheduleSteps = drawnOver;
  plan.constantFrom = done + 1;
  plan.constantRate = rate;
  for (const char* key : {"schedule_steps", "constant_from", "constant_rate"})
    std::erase(plan.defaults, key);
}

TrainingPlan decided(const PreparedRun& run) {
  TrainingPlan plan = run.plan;
  plan.defaults = defaultsOf(plan);
  const ModelCard& card = run.model->card();
  plan.taskType = taskOf(card);
  if (plan.numTransformerSubmodules == 0) plan.numTransformerSubmodules = card.encoderDecoder ? 2 : 1;
  plan.precision = run.model->precision();
  plan.device = run.model->device();
  if (plan.threads == 0) plan.threads = physicalCores();
  if (plan.adamBeta2 == 0) plan.adamBeta2 = usualBeta2(plan.optimizer);
  if (plan.reparametrization != Reparametrization::None) {
    if (plan.encoderHiddenSize == 0) plan.encoderHiddenSize = usualNetworkSize(plan.reparametrization, run.start.width());
    if (plan.reparametrizationLearningRate == 0) plan.reparametrizationLearningRate = usualNetworkRate(plan.reparametrization);
  }
  const bool bringsHead = !run.resume && !run.start.head.empty() && !startsFromProbe(plan, *run.model, run.start);
  if (bringsHead) plan.headInit = HeadInit::Random;  // it stays as it is, and learns as in PEFT
  if (!run.start.head.empty() && plan.headLearningRate == 0) plan.headLearningRate = usualHeadRate(plan);
  if (run.validation) plan.metricForBestModel = settled(plan.metricForBestModel, run.training->classes);
  plan.gemmaRows = run.start.origin.rowScale;
  plan.pooling = run.start.origin.pooling;

  // Validation data with other columns is read by its own: then there is no one answer to write down.
  const DataSettings& read = run.training->settings;
  const auto same = [&](std::string DataSettings::*part) { return !run.validation || run.validation->settings.*part == read.*part; };
  if (same(&DataSettings::inputColumn) && same(&DataSettings::textTemplate)) {
    plan.data.inputColumn = read.inputColumn;
    plan.data.textTemplate = read.textTemplate;
  }
  plan.data.chatTemplate = read.chatTemplate;
  plan.data.chatDate = read.chatDate;
  plan.data.chat = nullptr;
  plan.data.verbaliser = read.verbaliser;
  plan.data.maxLength = read.maxLength;

  const std::int64_t total = totalSteps(plan, static_cast<std::int64_t>(run.training->items.size()));
  plan.steps = total;
  if (run.validation) plan.evalEvery = stepsBetweenEvaluations(plan, total);
  plan.snapshotEvery = stepsBetweenSnapshots(plan, total);
  return plan;
}

}  // namespace incipit
