// What a run takes, said before it starts, against what it took.
#include "core/training/estimate.h"

#include "core/model/frozen_model.h"
#include "core/model/random_model.h"
#include "core/prompt/recipe.h"
#include "core/training/measure.h"
#include "core/training/row_networks/row_network.h"
#include "core/training/train.h"

#include <algorithm>
#include <fstream>
#include <thread>
#include <unistd.h>

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

// MiB of this process's own in the machine's memory.
double resident() {
  std::ifstream in("/proc/self/statm");
  double all = 0, pages = 0, shared = 0;
  in >> all >> pages >> shared;
  return (pages - shared) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

SoftPrompt startFor(const TrainingPlan& plan, const FrozenModel& model) {
  return makePrompt({PromptInit::RandomScaled, plan.numVirtualTokens, 1, {}, SpecialTokens::Add, {}, {}}, model, nullptr);
}

}  // namespace

TEST_CASE("the numbers that are trained are those that a run says it trains, with every network too") {
  const std::shared_ptr<const FrozenModel> model = openModel(fixtures() / "gpt2" / "model", {Precision::Fp32, "cpu"});
  TrainingPlan plan;
  plan.numVirtualTokens = 5;
  plan.steps = 1;
  plan.precision = Precision::Fp32;
  const Examples examples = randomExamples(8, model->card().vocabularySize, 1, 1);
  for (const Reparametrization network : {Reparametrization::None, Reparametrization::Mlp, Reparametrization::Lstm,
                                          Reparametrization::Residual, Reparametrization::LowRank}) {
    plan.reparametrization = network;
    plan.encoderHiddenSize = network == Reparametrization::LowRank ? 3 : 0;
    TrainingInput input{model, std::make_shared<const Examples>(examples), nullptr, startFor(plan, *model), nullptr};
    std::int64_t said = 0;
    train(plan, input, [&](const TrainingEvent& event) {
      if (const auto* started = std::get_if<Started>(&event)) said = started->trainableParameters;
    });
    const RunEstimate estimate = estimateRun(plan, *model, examples, nullptr);
    CHECK_EQUAL(estimate.trained, said);
    CHECK_EQUAL(estimate.saved, 5 * model->card().hiddenSize);
  }
}

TEST_CASE("memory is estimated within a half of what a training takes, and batches and checkpointing change it as they should") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  SKIP("a sanitizer has memory of its own");
#endif
  const auto folder = scratch("estimate");
  writeRandomModel(folder, {ModelSizes::Layout::Gpt2, "small", 6, 8, 512, 8000, 256});
  const std::shared_ptr<const FrozenModel> model = openModel(folder, {Precision::Fp32, "cpu"});
  const auto examples = std::make_shared<const Examples>(randomExamples(64, 8000, 0, 1));
  TrainingPlan plan;
  plan.numVirtualTokens = 8;
  plan.steps = 4;
  plan.precision = Precision::Fp32;
  plan.batchSize = 32;
  const double before = resident();
  double most = 0;
  const TrainingInput input{model, examples, nullptr, startFor(plan, *model), nullptr};
  std::thread([&] { train(plan, input, [&](const TrainingEvent&) { most = std::max(most, resident()); }); }).join();
  const MemoryNeed need = estimateRun(plan, *model, *examples, nullptr).memory;
  const double said = need.all() / (1 << 20), took = most - before;
  if (took < 0.5 * said || took > 1.5 * said) fail("said " + show(said) + " MiB, took " + show(took), __FILE__, __LINE__);
  countCheck();

  TrainingPlan twice = plan;
  twice.batchSize = 64;
  const MemoryNeed larger = estimateRun(twice, *model, *examples, nullptr).memory;
  CHECK_CLOSE(larger.packed, need.packed, 1);
  CHECK(larger.activations > 1.6 * need.activations && larger.activations < 2.1 * need.activations);
  twice.gradientCheckpointing = true;
  CHECK(estimateRun(twice, *model, *examples, nullptr).memory.activations < 0.65 * larger.activations);
}

TEST_CASE("a run that memory will not do for is refused with the setting that will") {
  const auto folder = scratch("deep");
  writeRandomModel(folder, {ModelSizes::Layout::Gpt2, "deep", 12, 4, 64, 1000, 256});
  const std::shared_ptr<const FrozenModel> model = openModel(folder, {Precision::Fp32, "cpu"});
  const Examples examples = randomExamples(4096, model->card().vocabularySize, 1, 1);
  TrainingPlan plan;
  plan.batchSize = 4096;
  const std::size_t all = std::size_t{1} << 34;
  CHECK(!memoryProblem(plan, *model, examples, all, all));
  const auto need = static_cast<std::size_t>(estimateRun(plan, *model, examples, nullptr).memory.all());
  const auto left = need * 3 / 4;
  const auto first = memoryProblem(plan, *model, examples, left, 2 * left);
  CHECK(first && first->sentence.find("4,096 examples") != std::string::npos);
  CHECK_EQUAL(first->knob, "gradient_checkpointing");
  plan.gradientCheckpointing = true;
  CHECK(!memoryProblem(plan, *model, examples, left, 2 * left));

  const auto less = std::size_t{64} << 20;
  const auto second = memoryProblem(plan, *model, examples, less, 2 * less);
  CHECK(second && second->knob == "batch_size");
  const std::string word = "--batch-size ";
  plan.batchSize = std::stoll(second->remedy.substr(second->remedy.find(word) + word.size()));
  CHECK(!memoryProblem(plan, *model, examples, less, 2 * less));
  plan.batchSize *= 2;
  CHECK(memoryProblem(plan, *model, examples, less, 2 * less).has_value());

  const auto none = memoryProblem(plan, *model, examples, 1 << 20, 2 << 20);
  CHECK(none && none->knob.empty() && none->remedy.find("single example") != std::string::npos);
}
