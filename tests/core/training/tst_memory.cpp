// The memory of a training is the system's again when it ends, and another one takes no more.
#include "core/model/frozen_model.h"
#include "core/model/random_model.h"
#include "core/prompt/recipe.h"
#include "core/training/measure.h"
#include "core/training/train.h"

#include <algorithm>
#include <fstream>
#include <thread>
#include <unistd.h>

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

// MiB of this process in the machine's memory.
double resident() {
  std::ifstream in("/proc/self/statm");
  double pages = 0;
  in >> pages >> pages;
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

std::shared_ptr<const Examples> longRows(std::int64_t rows) {
  Examples examples = randomExamples(rows, 1000, 1, 1);
  ExampleList longer;
  for (Example example : examples.items) {
    example.ids.resize(240, 7);
    example.labels.resize(240, notScored);
    longer.push_back(example);
  }
  examples.items = longer;
  return std::make_shared<const Examples>(std::move(examples));
}

// Returns the most that was resident after a step. On a thread of its own, as in the studio: the C library keeps memory by the thread.
double trainOn(const std::shared_ptr<const FrozenModel>& model, std::int64_t rows) {
  TrainingPlan plan;
  plan.numVirtualTokens = 4;
  plan.steps = 2;
  plan.batchSize = rows;
  plan.precision = Precision::Fp32;
  TrainingInput input{model, longRows(rows), nullptr, {}, nullptr};
  input.start = makePrompt({PromptInit::RandomScaled, plan.numVirtualTokens, 1, {}, SpecialTokens::Add, {}, {}}, *model, nullptr);
  double most = 0;
  std::thread([&] { train(plan, input, [&](const TrainingEvent&) { most = std::max(most, resident()); }); }).join();
  return most;
}

}  // namespace

TEST_CASE("what a training took goes back when it ends") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  SKIP("a sanitizer has an allocator of its own, which keeps what is freed");
#endif
  const auto folder = scratch("memory");
  writeRandomModel(folder, {ModelSizes::Layout::Gpt2, "wide", 4, 8, 512, 1000, 256});
  const std::shared_ptr<const FrozenModel> model = openModel(folder, {Precision::Fp32, "cpu"});
  trainOn(model, 1);  // what libraries make for themselves
  const double before = resident(), during = trainOn(model, 8), after = resident();
  const double taken = during - before;
  CHECK(taken > 100);  // else nothing is proved
  CHECK(after - before < taken / 4);
  trainOn(model, 8);
  CHECK(resident() - after < taken / 4);  // and no more of a second one
}
