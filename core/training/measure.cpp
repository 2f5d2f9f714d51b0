#include "core/training/measure.h"

#include "core/model/frozen_model.h"
#include "core/prompt/recipe.h"
#include "core/support/random.h"
#include "core/training/train.h"

#include <algorithm>
#include <variant>

namespace incipit {
namespace {

double operationsOf(const std::map<ProductShape, std::int64_t>& products) {
  double sum = 0;
  for (const auto& [shape, count] : products)
    sum += static_cast<double>(count) * shape.operations();
  return sum;
}

template <class Value>
Value median(std::vector<Value> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? Value{} : values[values.size() / 2];
}

}  // namespace

StepSpeed measureSteps(TrainingPlan plan, const std::shared_ptr<const FrozenModel>& model, const std::shared_ptr<const Examples>& examples,
                       std::stop_token stop) {
  constexpr std::int64_t warmUp = 2;
  plan.steps += warmUp;
  plan.epochs = 0;
  plan.evalEvery = 0;
  plan.snapshotEvery = plan.steps + 1;
  TrainingInput input;
  input.model = model;
  input.training = examples;
  input.start = makePrompt({PromptInit::SampleVocabulary, plan.numVirtualTokens, plan.seed, {}, SpecialTokens::Add, examples->classes, {}},
                           *model, nullptr);

  ProductLog log;
  StepSpeed speed;
  std::vector<double> seconds, operations;
  auto last = std::chrono::steady_clock::now();
  train(
      plan, input,
      [&](const TrainingEvent& event) {
        const auto now = std::chrono::steady_clock::now();
        if (const auto* step = std::get_if<Stepped>(&event)) {
          auto products = log.take();
          if (step->step > warmUp) {
            seconds.push_back(std::chrono::duration<double>(now - last).count());
            operations.push_back(operationsOf(products) / seconds.back());
            if (seconds.size() == 1) speed.firstLoss = step->loss;
            speed.lastLoss = step->loss;
            speed.products = std::move(products);
          }
        }
        last = std::chrono::steady_clock::now();
      },
      stop);
  if (seconds.empty()) return speed;
  speed.steps = static_cast<std::int64_t>(seconds.size());
  speed.secondsPerStep = median(seconds);
  speed.usefulOperations = median(operations) * speed.secondsPerStep;
  std::tie(speed.fastestStep, speed.slowestStep) = std::pair(*std::ranges::min_element(seconds), *std::ranges::max_element(seconds));
  speed.examplesPerSecond = static_cast<double>(plan.batchSize * plan.gradientAccumulationSteps) / speed.secondsPerStep;
  return speed;
}

Examples randomExamples(std::int64_t rows, std::int64_t vocabularySize, std::int64_t scored, std::uint64_t seed, Reading reading) {
  Random random(seed);
  Examples examples;
  for (std::int64_t row = 0; row < rows; ++row) {
    Example example;
    example.row = row;
    const auto length = 24 + random.below(28);
    for (std::uint64_t i = 0; i < length; ++i) {
      example.ids.push_back(static_cast<TokenId>(random.below(static_cast<std::uint64_t>(vocabularySize))));
      const bool counts = scored == 0 || i + static_cast<std::uint64_t>(scored) >= length;
      example.labels.push_back(counts ? example.ids.back() : notScored);
    }
    if (reading == Reading::TextAndTarget) std::erase(example.labels, notScored);
    if (reading == Reading::TextAndClass) {
      example.labels.clear();
      example.classIndex = static_cast<int>(random.below(2));
    }
    examples.items.push_back(example);
  }
  if (reading == Reading::TextAndClass) examples.classes = {"0", "1"};
  return examples;
}

}  // namespace incipit
