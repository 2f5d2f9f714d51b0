// What is resident before, during and after trainings of a model of GPT-2-small's sizes, in one process and on a thread beside the main
// one, as in the studio. Batches of 8 and of 16, 20 virtual tokens, rows of 24 to 51 tokens of which all count.
#include "core/model/frozen_model.h"
#include "core/model/random_model.h"
#include "core/prompt/recipe.h"
#include "core/training/estimate.h"
#include "core/training/measure.h"
#include "core/training/train.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

using namespace incipit;

namespace {

// MiB of this process in the machine's memory: its own, and of files.
struct Resident {
  double own = 0, files = 0;
};
Resident resident() {
  std::ifstream in("/proc/self/statm");
  double all = 0, pages = 0, shared = 0;
  in >> all >> pages >> shared;
  const double mib = static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
  return {(pages - shared) * mib, shared * mib};
}

void print(const char* when, const Resident& now) { std::printf("  %-28s %6.0f MiB own, %5.0f of files\n", when, now.own, now.files); }

Resident trainOn(const std::shared_ptr<const FrozenModel>& model, std::int64_t batch) {
  TrainingPlan plan;
  plan.numVirtualTokens = 20;
  plan.steps = 6;
  plan.batchSize = batch;
  TrainingInput input{
      model, std::make_shared<const Examples>(randomExamples(96, model->card().vocabularySize, 0, 1)), nullptr, {}, nullptr};
  input.start = makePrompt({PromptInit::SampleVocabulary, plan.numVirtualTokens, 1, {}, SpecialTokens::Add, {}, {}}, *model, nullptr);
  Resident most;
  const auto look = [&](const TrainingEvent&) {
    const Resident now = resident();
    if (now.own > most.own) most = now;
  };
  std::thread([&] { train(plan, input, look); }).join();
  return most;
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / ("incipit-memory-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  writeRandomModel(folder, sizesOf("gpt2-small"));
  for (const Precision precision : {Precision::Fp32, Precision::Bf16}) {
    std::printf("random:gpt2-small, %s\n", precision == Precision::Fp32 ? "fp32" : "bf16");
    print("before", resident());
    {
      const std::shared_ptr<const FrozenModel> model = openModel(folder, {precision, "cpu"});
      print("model open", resident());
      for (const std::int64_t batch : {8, 16, 16}) {
        TrainingPlan plan;
        plan.batchSize = batch;
        const MemoryNeed said = estimateRun(plan, *model, randomExamples(96, model->card().vocabularySize, 0, 1), nullptr).memory;
        std::printf("  estimated beyond the model   %6.0f MiB (packed %.0f, activations %.0f, learned %.1f)\n", said.all() / (1 << 20),
                    said.packed / (1 << 20), said.activations / (1 << 20), said.learned / (1 << 20));
        print(batch == 8 ? "training, batch 8" : "training, batch 16", trainOn(model, batch));
        print("after it", resident());
      }
    }
    print("model closed", resident());
  }
  std::filesystem::remove_all(folder);
}
