#include "core/training/plan.h"

#include "core/support/error.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

namespace incipit {

std::string_view nameOf(Optimizer optimizer) { return optimizer == Optimizer::AdamW ? "adamw" : "adafactor"; }

std::string_view nameOf(Schedule schedule) {
  return schedule == Schedule::Constant ? "constant" : schedule == Schedule::Linear ? "linear" : "cosine";
}

Optimizer optimizerFrom(std::string_view name) {
  if (name == "adamw") return Optimizer::AdamW;
  if (name == "adafactor") return Optimizer::Adafactor;
  throw PlanError("'" + std::string(name) + "' is no optimizer.", "Use adamw or adafactor.");
}

Schedule scheduleFrom(std::string_view name) {
  if (name == "constant") return Schedule::Constant;
  if (name == "linear") return Schedule::Linear;
  if (name == "cosine") return Schedule::Cosine;
  throw PlanError("'" + std::string(name) + "' is no schedule.", "Use constant, linear or cosine.");
}

std::vector<PlanProblem> problemsIn(const TrainingPlan& plan) {
  std::vector<PlanProblem> problems;
  const auto require = [&](bool fine, const char* knob, std::string sentence) {
    if (!fine) problems.push_back({knob, std::move(sentence)});
  };
  const bool copied = plan.promptTuningInit == PromptInit::Adapter;
  require(copied || plan.numVirtualTokens >= 1, "num_virtual_tokens", "A prompt needs at least one virtual token; 20 is a good start.");
  require(plan.numTransformerSubmodules >= 0 && plan.numTransformerSubmodules <= 2, "num_transformer_submodules",
          "An adapter is for 1 or 2 transformer submodules; 0 takes PEFT's default.");
  require(plan.promptTuningInit != PromptInit::Text || !plan.promptTuningInitText.empty(), "prompt_tuning_init_text",
          "The init text is empty: type a few words that describe the task, or choose another way to start.");
  require(!copied || !plan.initFrom.empty(), "init_from", "No adapter is chosen to start from.");
  require(std::isfinite(plan.learningRate) && plan.learningRate > 0, "learning_rate",
          "A learning rate of zero or less teaches nothing: 0.03 is a good start with AdamW, 0.3 with Adafactor.");
  require(!(plan.learningRate > 100), "learning_rate",
          "A learning rate above 100 cannot work: 0.03 is a good start with AdamW, 0.3 with Adafactor.");
  require(std::isfinite(plan.weightDecay) && plan.weightDecay >= 0, "weight_decay", "Weight decay is zero or a small positive number.");
  require(std::isfinite(plan.maxGradNorm) && plan.maxGradNorm >= 0, "max_grad_norm",
          "Clipping is a positive gradient norm, or 0 for none.");
  require(plan.steps >= 1 || plan.epochs >= 1, "steps", "The run has no steps: set steps or epochs to at least one.");
  require(plan.steps >= 0 && plan.epochs >= 0, "epochs", "Steps and epochs cannot be negative.");
  require(plan.warmupSteps >= 0, "warmup_steps", "Warm-up steps cannot be negative.");
  require(plan.epochs > 0 || plan.warmupSteps <= plan.steps, "warmup_steps",
          "The warm-up is longer than the whole run: use fewer warm-up steps or more steps.");
  require(plan.batchSize >= 1, "batch_size", "A batch needs at least one example.");
  require(plan.gradientAccumulationSteps >= 1, "gradient_accumulation_steps", "Gradients are accumulated over one batch at least.");
  require(plan.evalEvery >= 0 && plan.snapshotEvery >= 0, "eval_every", "Steps between evaluations cannot be negative.");
  require(plan.earlyStoppingPatience >= 0, "early_stopping_patience", "Patience is a number of evaluations, or 0 to never stop early.");
  require(plan.earlyStoppingPatience == 0 || !plan.validation.empty(), "early_stopping_patience",
          "Early stopping needs validation data to tell when to stop: add a validation file, or set patience to 0.");
  require(plan.threads >= 0 && plan.threads <= 1024, "threads", "Threads are 0 (the processor's cores) or a number of threads.");
  return problems;
}

Json toJson(const TrainingPlan& plan) {
  return Json{{"model", plan.model},
              {"train", plan.train.string()},
              {"validation", plan.validation.string()},
              {"out", plan.out.string()},
              {"init_from", plan.initFrom},
              {"num_virtual_tokens", plan.numVirtualTokens},
              {"num_transformer_submodules", plan.numTransformerSubmodules},
              {"prompt_tuning_init", nameOf(plan.promptTuningInit)},
              {"prompt_tuning_init_text", plan.promptTuningInitText},
              {"init_text_special_tokens", plan.initTextSpecialTokens},
              {"seed", plan.seed},
              {"task_type", nameOf(plan.taskType)},
              {"pooling", nameOf(plan.pooling)},
              {"optimizer", nameOf(plan.optimizer)},
              {"learning_rate", plan.learningRate},
              {"weight_decay", plan.weightDecay},
              {"schedule", nameOf(plan.schedule)},
              {"warmup_steps", plan.warmupSteps},
              {"max_grad_norm", plan.maxGradNorm},
              {"steps", plan.steps},
              {"epochs", plan.epochs},
              {"batch_size", plan.batchSize},
              {"gradient_accumulation_steps", plan.gradientAccumulationSteps},
              {"gradient_checkpointing", plan.gradientCheckpointing},
              {"shuffle", plan.shuffle},
              {"precision", nameOf(plan.precision)},
              {"device", plan.device},
              {"threads", plan.threads},
              {"eval_every", plan.evalEvery},
              {"early_stopping_patience", plan.earlyStoppingPatience},
              {"snapshot_every", plan.snapshotEvery},
              {"input_column", plan.data.inputColumn},
              {"label_column", plan.data.labelColumn},
              {"template", plan.data.textTemplate},
              {"verbaliser", plan.data.verbaliser},
              {"max_length", plan.data.maxLength},
              {"end_of_text", plan.data.endOfText}};
}

namespace {

// Levenshtein distance, to name the key that was probably meant.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

PromptTask taskFrom(const std::string& name) {
  const PromptTask task = promptTaskFrom(name);
  if (task == PromptTask::Unknown)
    throw PlanError("'" + name + "' is no task_type.", "Use CAUSAL_LM, SEQ_2_SEQ_LM or SEQ_CLS, or leave it away.");
  return task;
}

void refuseUnknownKeys(const Json& json, const Json& known, const std::string& origin) {
  for (const auto& [key, value] : json.items()) {
    if (known.contains(key) || key.starts_with("_")) continue;
    std::string nearest = "steps";
    for (const auto& [candidate, ignored] : known.items())
      if (distance(key, candidate) < distance(key, nearest)) nearest = candidate;
    throw PlanError("'" + origin + "' has the key '" + key + "', which is no knob of a plan.", "Did you mean '" + nearest + "'?");
  }
}

}  // namespace

TrainingPlan planFrom(const Json& json, const std::string& origin) {
  if (!json.is_object())
    throw PlanError("'" + origin + "' is no plan: it holds no JSON object.", "Take the plan.json of a run as a pattern.");
  TrainingPlan plan;
  refuseUnknownKeys(json, toJson(plan), origin);
  std::string key;
  const auto take = [&](const char* name, auto& field) {
    key = name;
    if (const auto found = json.find(name); found != json.end() && !found->is_null())
      field = found->template get<std::decay_t<decltype(field)>>();
  };
  const auto takeNamed = [&](const char* name, auto& field, auto parse) {
    std::string text;
    take(name, text);
    if (!text.empty()) field = parse(text);
  };
  const auto takePath = [&](const char* name, std::filesystem::path& field) {
    std::string text = field.string();
    take(name, text);
    field = text;
  };
  try {
    take("model", plan.model);
    takePath("train", plan.train);
    takePath("validation", plan.validation);
    takePath("out", plan.out);
    take("init_from", plan.initFrom);
    take("num_virtual_tokens", plan.numVirtualTokens);
    take("num_transformer_submodules", plan.numTransformerSubmodules);
    takeNamed("prompt_tuning_init", plan.promptTuningInit, promptInitFrom);
    take("prompt_tuning_init_text", plan.promptTuningInitText);
    take("init_text_special_tokens", plan.initTextSpecialTokens);
    take("seed", plan.seed);
    takeNamed("task_type", plan.taskType, taskFrom);
    takeNamed("pooling", plan.pooling, poolingFrom);
    takeNamed("optimizer", plan.optimizer, optimizerFrom);
    take("learning_rate", plan.learningRate);
    take("weight_decay", plan.weightDecay);
    takeNamed("schedule", plan.schedule, scheduleFrom);
    take("warmup_steps", plan.warmupSteps);
    take("max_grad_norm", plan.maxGradNorm);
    take("steps", plan.steps);
    take("epochs", plan.epochs);
    take("batch_size", plan.batchSize);
    take("gradient_accumulation_steps", plan.gradientAccumulationSteps);
    take("gradient_checkpointing", plan.gradientCheckpointing);
    take("shuffle", plan.shuffle);
    takeNamed("precision", plan.precision, precisionFrom);
    take("device", plan.device);
    take("threads", plan.threads);
    take("eval_every", plan.evalEvery);
    take("early_stopping_patience", plan.earlyStoppingPatience);
    take("snapshot_every", plan.snapshotEvery);
    take("input_column", plan.data.inputColumn);
    take("label_column", plan.data.labelColumn);
    take("template", plan.data.textTemplate);
    take("verbaliser", plan.data.verbaliser);
    take("max_length", plan.data.maxLength);
    take("end_of_text", plan.data.endOfText);
  } catch (const Json::exception&) {
    throw PlanError("'" + origin + "': the value of '" + key + "' is of the wrong kind (" + json.at(key).dump() + ").",
                    "Take the plan.json of a run as a pattern.");
  }
  return plan;
}

std::int64_t totalSteps(const TrainingPlan& plan, std::int64_t examples) {
  if (plan.epochs <= 0) return plan.steps;
  const std::int64_t batches = (examples + plan.batchSize - 1) / plan.batchSize;
  const std::int64_t perEpoch = (batches + plan.gradientAccumulationSteps - 1) / plan.gradientAccumulationSteps;
  return std::max<std::int64_t>(1, plan.epochs * perEpoch);
}

double learningRateAt(const TrainingPlan& plan, std::int64_t step, std::int64_t total) {
  // As transformers' schedulers: the rate of update k is lambda(k - 1), so a linear warm-up starts at 0.
  const auto done = static_cast<double>(step - 1), warmup = static_cast<double>(plan.warmupSteps);
  if (done < warmup) return plan.learningRate * done / std::max(1.0, warmup);
  const double along = (done - warmup) / std::max(1.0, static_cast<double>(total) - warmup);
  switch (plan.schedule) {
  case Schedule::Linear:
    return plan.learningRate * std::max(0.0, 1 - along);
  case Schedule::Cosine:
    return plan.learningRate * 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, along)));
  default:
    return plan.learningRate;
  }
}

}  // namespace incipit
