#include "core/runs/baselines.h"

#include "core/hub/find_model.h"
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/support/error.h"
#include "core/tokenizer/tokenizer.h"

#include <algorithm>
#include <utility>

namespace incipit {
namespace {

constexpr std::size_t mostSiblings = 200;  // runs that are asked, the newest first

void checkSame(const std::string& now, const std::string& then, const std::string& what) {
  if (then.empty() || now == then) return;
  throw ModelError(what + " is no longer the one that the run was made with, so what it would be compared with is not what it was.",
                   "Bring the old one back.");
}

// The figures with this key, of this run or another one beside it.
std::optional<BaselineFigures> found(const std::string& key, const std::vector<BaselineFigures>& among) {
  for (const BaselineFigures& each : among)
    if (each.key == key) return each;
  return std::nullopt;
}

}  // namespace

BaselineInput baselineInputOf(const TrainingPlan& plan, const std::string& modelFingerprint, const std::string& dataFingerprint,
                              SoftPrompt prompt, OpenParts open, const Watch& watch) {
  if (plan.validation.empty() && plan.validationFraction <= 0)
    throw DataError("The run has no validation data to compare on.", "Give a validation file, or hold rows out.");
  BaselineInput input;
  input.plan = plan;
  if (!open.model) {
    const auto folder = findModel(plan.model);
    open.model = openModel(folder, {plan.precision, plan.device, plan.taskType == PromptTask::SeqCls});
    if (inspectModel(folder).hasTokenizer) open.tokenizer = openTokenizer(folder);
  }
  checkSame(open.model->fingerprint(), modelFingerprint, "The model '" + plan.model + "'");
  if (!open.training) open.training = std::make_shared<const Table>(readTable(plan.train, watch.part(0, 0.2)));
  if (!plan.validation.empty() && !open.validation)
    open.validation = std::make_shared<const Table>(readTable(plan.validation, watch.part(0.2, 0.3)));
  checkSame(open.training->fingerprint, dataFingerprint, "The data file '" + plan.train.string() + "'");
  input.model = std::move(open.model);
  input.tokenizer = std::move(open.tokenizer);
  input.prompt = std::move(prompt);
  const bool heldOut = plan.validation.empty();
  RunData data = encodeForRun(plan, *open.training, heldOut ? nullptr : open.validation.get(), *input.model, input.tokenizer.get(),
                              input.prompt.empty() ? nullptr : &input.prompt, watch.part(0.3, 1));
  input.training = std::move(data.training);
  input.validation = std::move(data.validation);
  if (!input.validation || input.validation->items.empty())
    throw DataError("The run has no validation rows to compare on.", "Hold more rows out.");
  input.trainingTable = open.training;
  input.validationTable = heldOut ? open.training : open.validation;
  return input;
}

BaselinePlan planBaselines(const BaselineInput& input, const std::filesystem::path& run) {
  BaselinePlan plan{baselinesFor(input), {}, 0};
  const std::vector<BaselineFigures> own = readBaselines(run);
  for (const Baseline& baseline : plan.all)
    plan.known.push_back(found(baseline.key, own));
  std::vector<std::filesystem::path> beside;
  try {
    beside = runsIn(run.parent_path());
  } catch (const Error&) {  // a folder that cannot be listed knows nothing
  }
  for (std::size_t i = 0; i < beside.size() && i < mostSiblings; ++i) {
    if (std::ranges::all_of(plan.known, [](const auto& each) { return each.has_value(); })) break;
    const std::vector<BaselineFigures> others = readBaselines(beside[i]);
    for (std::size_t k = 0; k < plan.all.size(); ++k)
      if (!plan.known[k]) plan.known[k] = found(plan.all[k].key, others);
  }
  for (std::size_t k = 0; k < plan.all.size(); ++k)
    if (!plan.known[k]) plan.work += plan.all[k].work;
  return plan;
}

std::vector<BaselineFigures> judgeBaselines(const BaselineInput& input, const BaselinePlan& plan, const std::filesystem::path& run,
                                            std::stop_token stop, const std::function<void(double)>& tell) {
  std::vector<std::optional<BaselineFigures>> figures = plan.known;
  const auto there = [&] {
    std::vector<BaselineFigures> all;
    for (const auto& each : figures)
      if (each) all.push_back(*each);
    return all;
  };
  double done = 0;
  for (std::size_t i = 0; i < plan.all.size() && !stop.stop_requested(); ++i) {
    const Baseline& baseline = plan.all[i];
    if (figures[i]) continue;
    const auto part = [&](double share) {
      if (tell) tell((done + share * baseline.work) / std::max(1.0, plan.work));
    };
    auto judged = judge(input, baseline, stop, part);
    if (!judged) break;
    figures[i] = std::move(judged->figures);
    done += baseline.work;
    writeBaselines(run, there());
  }
  const std::vector<BaselineFigures> all = there();
  if (plan.work <= 0 && !all.empty()) writeBaselines(run, all);  // taken over from another run
  return all;
}

}  // namespace incipit
