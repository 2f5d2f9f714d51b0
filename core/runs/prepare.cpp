// What a plan names, opened and checked: the way to a PreparedRun.
#include "core/runs/prepare.h"

#include "core/chat/chat_format.h"
#include "core/dataset/template.h"
#include "core/exchange/exchange.h"
#include "core/hub/find_model.h"
#include "core/model/frozen_model.h"
#include "core/runs/decide.h"
#include "core/runs/run_folder.h"
#include "core/support/counted.h"
#include "core/support/error.h"
#include "core/tokenizer/text/unicode.h"
#include "core/training/estimate.h"
#include "core/training/validation.h"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace incipit {
namespace {

constexpr std::uint64_t heldOutStream = 0x68656c646f7574;  // apart from the seeds of the start, of the order and of the samples

void checkPlan(const TrainingPlan& plan) {
  std::string sentences;
  for (const PlanProblem& problem : problemsIn(plan))
    sentences += (sentences.empty() ? "" : " ") + problem.sentence;
  if (!sentences.empty()) throw PlanError(sentences);
  if (plan.train.empty()) throw PlanError("The plan names no training data.", "Name a data file: JSON Lines, CSV, TSV or plain text.");
}

// A run can be done again, or go on, from any working directory.
void makeAbsolute(TrainingPlan& plan) {
  std::error_code ignored;
  const auto settle = [](std::filesystem::path& path) {
    if (!path.empty()) path = std::filesystem::absolute(path).lexically_normal();
  };
  settle(plan.train);
  settle(plan.validation);
  settle(plan.out);
  if (plan.forgettingText != neutralName) settle(plan.forgettingText);
  if (!plan.initFrom.empty()) plan.initFrom = std::filesystem::absolute(plan.initFrom).lexically_normal().string();
  if (std::filesystem::is_regular_file(plan.data.chatTemplate, ignored))
    plan.data.chatTemplate = std::filesystem::absolute(plan.data.chatTemplate).lexically_normal().string();
  // Names ("demo", "gpt2") stay names, as findModel understands them.
  if (plan.model != "demo" && std::filesystem::exists(plan.model, ignored))
    plan.model = std::filesystem::absolute(plan.model).lexically_normal().string();
}

void openModelAndTokenizer(PreparedRun& run) {
  fitToThisMachine(run.plan);
  useThreads(run.plan.threads);
  const auto folder = findModel(run.plan.model);
  const PromptTask task = run.plan.taskType;
  run.model = openModel(folder, {run.plan.precision, run.plan.device, task == PromptTask::SeqCls});
  if (task != PromptTask::Unknown && task != taskOf(run.model->card()))
    throw PlanError("The plan's task_type is " + nameOf(task) + ", and '" + run.model->card().name + "' is a model for " +
                        nameOf(taskOf(run.model->card())) + ".",
                    "Leave task_type away, or choose another model.");
  if (inspectModel(folder).hasTokenizer) run.tokenizer = openTokenizer(folder);
}

// `source`: the prompt whose head the run goes on with, where there is one.
void readData(PreparedRun& run, const SoftPrompt* source, const Watch& watch) {
  const Table training = readTable(run.plan.train, watch.part(0, 0.2));
  std::optional<Table> validation;
  if (!run.plan.validation.empty()) validation = readTable(run.plan.validation, watch.part(0.2, 0.3));
  RunData data =
      encodeForRun(run.plan, training, validation ? &*validation : nullptr, *run.model, run.tokenizer.get(), source, watch.part(0.3, 1));
  run.training = std::move(data.training);
  run.validation = std::move(data.validation);
}

// What the classes of the head are called that the examples are for; empty where there is no head yet.
std::vector<std::string> classNames(const ModelCard& card, const SoftPrompt* prompt) {
  if (prompt == nullptr || prompt->head.empty()) return card.labels;
  if (!prompt->origin.labels.empty()) return prompt->origin.labels;
  if (static_cast<std::int64_t>(card.labels.size()) == classesOf(prompt->head)) return card.labels;
  std::vector<std::string> names;  // an adapter made elsewhere does not name them
  for (std::int64_t i = 0; i < classesOf(prompt->head); ++i)
    names.push_back("LABEL_" + std::to_string(i));
  return names;
}

// A decoder's head reads the last token of a text, which transformers finds by the padding id behind it.
void dropPadding(Examples& examples, const ModelCard& card) {
  if (!card.padding) return;
  const auto padded = [&](const Example& example) { return example.ids.size() > 1 && example.ids.back() == *card.padding; };
  if (std::find_if(examples.items.begin(), examples.items.end(), padded) == examples.items.end()) return;
  examples.items = examples.items.changed([&](Example& example) {
    while (padded(example))
      example.ids.pop_back();
  });
}

void checkSame(const std::string& now, const std::string& then, const std::string& what) {
  if (now == then || then.empty()) return;
  throw ModelError(what + " is not the one the run was made with, so it cannot go on to the same numbers.",
                   "Bring the old one back, or start a new run from this run's adapter.");
}

void checkSameAsThen(const PreparedRun& run, const RunRecord& then) {
  checkSame(run.model->fingerprint(), then.modelFingerprint, "The model '" + run.plan.model + "'");
  checkSame(run.training->fingerprint, then.dataFingerprint, "The data file '" + run.plan.train.string() + "'");
}

// What plan.json is to hold must be text: a file name on the disk may be any bytes.
void checkTexts(const Json& value, const std::string& key) {
  if (value.is_structured())
    for (const auto& [name, item] : value.items()) {
      checkTexts(Json(name), key);
      checkTexts(item, key.empty() && value.is_object() ? name : key);
    }
  if (value.is_string() && !isUtf8(value.get_ref<const std::string&>()))
    throw PlanError("The plan's '" + key + "' is not UTF-8 text ('" + value.get<std::string>() +
                        "'), and nothing else fits into plan.json.",
                    "Choose or give another name.");
}

}  // namespace

Reading readingOf(const ModelCard& card) {
  if (card.head != HeadKind::None) return Reading::TextAndClass;
  return card.encoderDecoder ? Reading::TextAndTarget : Reading::OneText;
}

namespace {

// The day that the chat template is to write: settled once, so that a run done again reads the same text.
std::string chatDay(const DataSettings& data) {
  if (!data.chatDate.empty()) return data.chatDate;
  const std::time_t now = std::time(nullptr);
  std::tm day{};
  localtime_r(&now, &day);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &day);
  return text;
}

// The chat template that the plan means for this model, and what its name is.
void openChat(DataSettings& data, const ModelCard& card) {
  data.chat = nullptr;
  if (readingOf(card) != Reading::TextAndTarget)
    data.chat = openChatFormat(card.folder, data.chatTemplate, placedText(data.system).marked(0), chatDay(data));
  if (!data.chat)
    data.chatTemplate = "none";
  else if (data.chatTemplate == "auto")
    data.chatTemplate = "default";
  if (data.chat) data.chatDate = chatDay(data);
  if (!data.chat && !data.system.empty())
    throw PlanError("There is a system text, and no chat template that it could stand in.",
                    "Leave --system away, or give a --chat-template.");
}

}  // namespace

RunData encodeForRun(const TrainingPlan& plan, const Table& training, const Table* validation, const FrozenModel& model,
                     const Tokenizer* tokenizer, const SoftPrompt* prompt, const Watch& watch) {
  return encodeForCard(plan, training, validation, model.card(), tokenizer, prompt, watch);
}

RunData encodeForCard(const TrainingPlan& plan, const Table& training, const Table* validation, const ModelCard& card,
                      const Tokenizer* tokenizer, const SoftPrompt* prompt, const Watch& watch) {
  const std::int64_t room = card.contextLength - plan.numVirtualTokens;
  if (room <= 0)
    throw PlanError(counted(plan.numVirtualTokens, "virtual token") + " would leave no room for text: the context of '" + card.name +
                        "' holds " + counted(card.contextLength, "token") + " in all.",
                    "Use fewer virtual tokens.");
  DataSettings settings = plan.data;
  openChat(settings, card);
  const auto encoded = [&](const Table& table, const Watch& part) {
    if (!table.tokenised && tokenizer == nullptr)
      throw DataError("The model folder has no tokenizer, so the text of '" + table.file.string() + "' cannot be turned into tokens.",
                      "Add tokenizer.json to the folder, or use rows of input_ids and labels.");
    if (table.size() > 0) checkPlaces(completed(settings, table, readingOf(card)), table, plan.numVirtualTokens);
    Examples examples = encode(table, settings, tokenizer, room, card.endOfText, readingOf(card), part);
    if (card.head != HeadKind::None && !card.looksBothWays) dropPadding(examples, card);
    const auto check = [&](const Example& example, const std::vector<TokenId>& ids) {
      for (const TokenId id : ids)
        if ((id < 0 && id != notScored) || id >= card.vocabularySize || (id == notScored && &ids == &example.ids))
          throw DataError("Row " + std::to_string(example.row + 1) + " of '" + table.file.string() + "' holds the token id " +
                              std::to_string(id) + ", and the vocabulary of '" + card.name + "' ends at " +
                              std::to_string(card.vocabularySize - 1) + ".",
                          table.tokenised ? "Tokenise the data for this model." : "Tokenizer and model do not belong together.");
    };
    for (const Example& example : examples.items) {
      check(example, example.ids);
      if (readingOf(card) == Reading::TextAndTarget) check(example, example.labels);
    }
    return examples;
  };
  const double border = static_cast<double>(training.size()) / static_cast<double>(training.size() + (validation ? validation->size() : 0));
  Examples first = encoded(training, watch.part(0, border));
  if (validation == nullptr) {
    if (card.head != HeadKind::None) numberClasses(first, classNames(card, prompt));
    if (plan.validationFraction <= 0) return {std::make_shared<const Examples>(std::move(first)), nullptr};
    auto [kept, heldOut] = split(first, plan.validationFraction, plan.seed ^ heldOutStream);
    return {std::make_shared<const Examples>(std::move(kept)), std::make_shared<const Examples>(std::move(heldOut))};
  }
  Examples second = encoded(*validation, watch.part(border, 1));
  alignClasses(first, second);
  if (card.head != HeadKind::None)
    for (Examples* examples : {&first, &second})
      numberClasses(*examples, classNames(card, prompt));
  return {std::make_shared<const Examples>(std::move(first)), std::make_shared<const Examples>(std::move(second))};
}

PromptRecipe recipeOf(const TrainingPlan& plan, const std::vector<std::string>& classLabels, std::optional<SoftPrompt> source) {
  PromptRecipe recipe;
  recipe.init = plan.promptTuningInit;
  recipe.length = plan.numVirtualTokens;
  recipe.seed = plan.seed;
  recipe.text = plan.promptTuningInitText;
  recipe.textSpecial = plan.initTextSpecialTokens ? SpecialTokens::Add : SpecialTokens::Leave;
  recipe.classLabels = classLabels;
  if (recipe.init == PromptInit::Adapter && source) recipe.length = source->length();
  recipe.source = std::move(source);
  recipe.submodules = plan.numTransformerSubmodules;
  recipe.pooling = plan.pooling;
  recipe.rowScale = plan.gemmaRows;
  return recipe;
}

PreparedRun prepare(TrainingPlan plan, const Watch& watch) {
  checkPlan(plan);
  plan.defaults = defaultsOf(plan);
  makeAbsolute(plan);
  checkTexts(toJson(plan), "");
  PreparedRun run;
  run.plan = std::move(plan);
  std::optional<SoftPrompt> source;
  if (run.plan.promptTuningInit == PromptInit::Adapter) {
    source = readPrompt(run.plan.initFrom);
    if (run.plan.gemmaPrompt != RowScale::Unsaid) source->origin.rowScale = run.plan.gemmaPrompt;
    run.plan.numVirtualTokens = source->length();
    if (run.plan.taskType == PromptTask::Unknown) run.plan.taskType = source->origin.task;
  }
  openModelAndTokenizer(run);
  if (source) settleRowScale(*source, run.model->card());
  run.plan.gemmaPrompt = source ? source->origin.rowScale : RowScale::Unsaid;
  readData(run, source ? &*source : nullptr, watch);
  settleValidation(run.plan, *run.training, run.validation.get());
  run.start = makePrompt(recipeOf(run.plan, run.training->classes, std::move(source)), *run.model, run.tokenizer.get());
  if (run.plan.out.empty()) run.plan.out = freshRunFolder(std::filesystem::absolute("runs"));
  run.plan = decided(run);
  checkPlan(run.plan);
  checkTexts(toJson(run.plan), "");
  if (const auto problem = memoryProblem(run.plan, *run.model, *run.training, memoryLeft(), memoryInAll()))
    throw PlanError(problem->sentence, problem->remedy);
  return run;
}

namespace {

// Killed before its first checkpoint: all of it is done again, into the same folder.
PreparedRun prepareAgain(const RunRecord& record, const Watch& watch) {
  TrainingPlan plan = record.plan;
  plan.out = record.folder;
  PreparedRun run = prepare(std::move(plan), watch);
  checkSameAsThen(run, record);
  run.intoOwnFolder = true;
  return run;
}

}  // namespace

PreparedRun reopened(const RunRecord& record, TrainingState state, const Watch& watch) {
  PreparedRun run;
  run.plan = record.plan;
  run.plan.out = std::filesystem::absolute(record.folder).lexically_normal();
  run.plan.numVirtualTokens = state.prompt.length();
  checkPlan(run.plan);
  openModelAndTokenizer(run);
  readData(run, &state.prompt, watch);
  checkSameAsThen(run, record);
  run.start = state.start;
  run.resume = std::make_shared<const TrainingState>(std::move(state));
  run.intoOwnFolder = true;
  return run;
}

PreparedRun prepareToGoOn(const std::filesystem::path& folder, const Onwards& onwards, const Watch& watch) {
  settleRun(folder);
  RunRecord record = readRun(folder);
  auto state = readCheckpoint(folder);
  const std::int64_t drawnOver = record.plan.scheduleSteps > 0 ? record.plan.scheduleSteps : record.plan.steps;
  if (onwards.steps) setSteps(record.plan, *onwards.steps);
  if (onwards.constantRate) keepRateConstant(record.plan, drawnOver, state ? state->step : 0, *onwards.constantRate);
  if (!state && isWhole(record))  // to begin again would write over what it came to
    throw PlanError("The run '" + folder.string() + "' has its prompt and no checkpoint any more: it cannot go on.",
                    "Start a new run from its prompt (--init-from " + folder.string() + ").");
  if (!state) return prepareAgain(record, watch);
  PreparedRun run = reopened(record, std::move(*state), watch);
  const std::int64_t done = run.resume->step, total = totalSteps(run.plan, static_cast<std::int64_t>(run.training->items.size()));
  if (done >= total && (isWhole(record) || done > total))
    throw PlanError("The run '" + folder.string() + "' has done " + counted(done, "step") + ", and no more than " + withSeparators(total) +
                        " were asked for.",
                    "Ask for more steps in all (--steps " + std::to_string(2 * done) + ").");
  run.plan = decided(run);
  checkPlan(run.plan);
  return run;
}

}  // namespace incipit
