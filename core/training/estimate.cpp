#include "core/training/estimate.h"

#include "core/model/frozen_model.h"
#include "core/support/counted.h"
#include "core/support/processor.h"
#include "core/training/row_networks/row_network.h"

#include <ATen/core/Tensor.h>
#include <algorithm>
#include <cmath>
#include <cstdio>

namespace incipit {
namespace {

constexpr double mebi = 1 << 20;

// Numbers in the linear layers of all blocks, and how their inner layers look.
struct Shape {
  double linear = 0;   // numbers
  double head = 0;     // of the output embedding, V * H
  bool gated = false;  // an MLP with two layers in
  double headBytes = 4;
};

Shape shapeOf(const FrozenModel& model) {
  const ModelCard& card = model.card();
  Shape shape;
  for (const auto& [name, weight] : model.weights()) {
    const bool table = weight.dim() == 2 && (weight.size(0) >= card.vocabularySize || name.find("embed") != std::string::npos ||
                                             name.find("wpe") != std::string::npos || name.find("shared") != std::string::npos);
    if (weight.dim() == 2 && !table) shape.linear += static_cast<double>(weight.numel());
  }
  if (card.head == HeadKind::None) {
    const at::Tensor head = model.outputEmbedding();
    shape.head = static_cast<double>(head.numel());
    shape.headBytes = static_cast<double>(head.element_size());
  }
  const auto width = static_cast<double>(card.hiddenSize), inner = static_cast<double>(card.intermediateSize);
  const double keys = static_cast<double>(std::max<std::int64_t>(1, card.keyValueHeads) * card.headSize);
  const double stacks = card.encoderDecoder ? 2 : 1;
  const double each = shape.linear / (stacks * static_cast<double>(std::max<std::int64_t>(1, card.layers)));
  shape.gated = each > 2 * width * (width + keys) * stacks + 2.5 * width * inner;
  return shape;
}

struct Lengths {
  double mean = 0, deviation = 0, scored = 0;  // tokens of an example
  double most = 0;
};

Lengths lengthsOf(const Examples& examples) {
  Lengths lengths;
  const std::size_t count = examples.items.size(), step = std::max<std::size_t>(1, count / 512);
  double seen = 0, squares = 0;
  for (std::size_t i = 0; i < count; i += step) {
    const ExampleSizes sizes = examples.items.sizes(i);
    const auto tokens = static_cast<double>(sizes.ids);
    lengths.mean += tokens, squares += tokens * tokens, lengths.scored += static_cast<double>(sizes.scored), seen += 1;
    lengths.most = std::max(lengths.most, tokens);
  }
  if (seen == 0) return lengths;
  lengths.mean /= seen, lengths.scored /= seen;
  lengths.deviation = std::sqrt(std::max(0.0, squares / seen - lengths.mean * lengths.mean));
  return lengths;
}

double batchTokens(const Lengths& lengths, double batch) {
  return std::min(batch * lengths.mean + 3 * lengths.deviation * std::sqrt(batch), batch * std::max(lengths.mean, lengths.most));
}

// Numbers of a row that a block keeps for the way back: the inputs of two norms and of the activation, what attention read and gave.
double keptNumbers(const ModelCard& card, bool gated) {
  const auto width = static_cast<double>(card.hiddenSize), inner = static_cast<double>(card.intermediateSize);
  const auto queries = static_cast<double>(card.heads * card.headSize), keys = static_cast<double>(card.keyValueHeads * card.headSize);
  return 2 * width + (gated ? 2 : 1) * inner + 2 * queries + 2 * keys;
}

MemoryNeed memoryOf(const TrainingPlan& plan, const FrozenModel& model, const Shape& shape, const Lengths& lengths, std::int64_t trained) {
  const ModelCard& card = model.card();
  const double number = model.precision() == Precision::Bf16 ? 2 : 4;
  const auto batch = static_cast<double>(plan.batchSize), prompt = static_cast<double>(plan.numVirtualTokens);
  const bool copies = card.encoderDecoder || card.looksBothWays;  // each text stands behind its own copy of the prompt
  const double rows = batchTokens(lengths, batch) + (copies ? batch : 1) * prompt;
  const double answers = card.encoderDecoder ? batch * (lengths.scored + 1) : 0;
  const double scored = card.head != HeadKind::None ? batch : std::min(batch * std::max(1.0, lengths.scored), rows + answers);

  MemoryNeed need;
  const bool widened = model.precision() == Precision::Bf16 && !multipliesBf16();  // multiplied as they lie, or from one copy in bf16
  const double mostLogits = std::clamp(static_cast<double>(1 << 22) / static_cast<double>(card.vocabularySize), 64.0, 4096.0);
  const double chunk = scored / std::max(1.0, std::ceil(scored / mostLogits));
  const bool few = shape.head >= (1 << 24) && chunk <= 64;
  if (model.device() == "cpu" && !widened) {
    need.packed = 2 * shape.linear * number;
    need.packed += !few ? 2 * shape.head * number : shape.headBytes == number ? 0 : shape.head * number;
  }
  const auto width = static_cast<double>(card.hiddenSize), inner = static_cast<double>(card.intermediateSize);
  const double kept = keptNumbers(card, shape.gated), blocks = static_cast<double>(card.layers);
  const double ofBlocks = plan.gradientCheckpointing ? blocks * width + kept : blocks * kept;
  const double passing = (shape.gated ? 3 : 2) * inner + 8 * width;  // of the block at hand, with its gradients
  need.activations = number * (rows * (ofBlocks + passing) + answers * (1.4 * ofBlocks + passing));
  if (card.head == HeadKind::None) need.activations += 2 * 4 * chunk * static_cast<double>(card.vocabularySize);
  need.activations += 2 * number * scored * width + 48 * mebi;  // programs of oneDNN, scratch of the threads
  const double remembered = plan.optimizer == Optimizer::AdamW ? 2 : 1;
  need.learned = 4 * static_cast<double>(trained) * (3 + remembered);  // values, the best so far, gradients
  return need;
}

std::string gigabytes(double bytes) {
  char text[32];
  std::snprintf(text, sizeof text, bytes < 1e9 ? "%.0f MB" : "%.1f GB", bytes < 1e9 ? bytes / 1e6 : bytes / 1e9);
  return text;
}

}  // namespace

std::int64_t networkNumbers(const TrainingPlan& plan, std::int64_t width) {
  const std::int64_t rows = plan.numVirtualTokens * width;
  const std::int64_t h = plan.encoderHiddenSize > 0 ? plan.encoderHiddenSize : usualNetworkSize(plan.reparametrization, width);
  const auto linear = [](std::int64_t in, std::int64_t out) { return in * out + out; };
  switch (plan.reparametrization) {
  case Reparametrization::None:
    return 0;
  case Reparametrization::Mlp:
    return rows + linear(width, h) + linear(h, h) + linear(h, width);
  case Reparametrization::Lstm: {
    const auto layer = [&](std::int64_t in) { return 2 * 4 * h * (in + h + 2); };  // both ways, four gates, two biases
    return rows + layer(width) + layer(2 * h) + linear(2 * h, 2 * h) + linear(2 * h, width);
  }
  case Reparametrization::Residual:
    return rows + linear(width, h) + linear(h, width) + 2 * width;
  case Reparametrization::LowRank: {
    const std::int64_t rank = std::min({h, plan.numVirtualTokens, width});
    return rank * (plan.numVirtualTokens + width);
  }
  }
  return 0;
}

namespace {

std::int64_t headNumbers(const FrozenModel& model, const Examples& training) {
  const ModelCard& card = model.card();
  if (card.head == HeadKind::None) return 0;
  const auto classes = static_cast<std::int64_t>(std::max(card.labels.size(), training.classes.size()));
  std::int64_t numbers = 0;
  for (const HeadPart& part : blankHead(card.head, card.hiddenSize, classes))
    numbers += static_cast<std::int64_t>(part.values.values.size());
  return numbers;
}

}  // namespace

RunEstimate estimateRun(const TrainingPlan& plan, const FrozenModel& model, const Examples& training, const Examples* validation) {
  RunEstimate estimate;
  const std::int64_t width = model.card().hiddenSize, rows = plan.numVirtualTokens * width, head = headNumbers(model, training);
  const std::int64_t submodules = plan.numTransformerSubmodules > 0 ? plan.numTransformerSubmodules : model.card().encoderDecoder ? 2 : 1;
  const std::int64_t network = networkNumbers(plan, width);
  estimate.trained = (network > 0 ? network : rows) + head;
  estimate.saved = rows * submodules + head;
  estimate.fileBytes = 4.0 * static_cast<double>(estimate.saved);
  estimate.cost = validationCost(plan, training, validation);
  estimate.steps = totalSteps(plan, static_cast<std::int64_t>(training.items.size()));
  estimate.workOfStep = estimate.cost.training / static_cast<double>(std::max<std::int64_t>(1, estimate.steps));
  estimate.memory = memoryOf(plan, model, shapeOf(model), lengthsOf(training), estimate.trained);
  return estimate;
}

std::optional<MemoryProblem> memoryProblem(const TrainingPlan& plan, const FrozenModel& model, const Examples& training, std::size_t left,
                                           std::size_t inAll) {
  if (model.device() != "cpu" || training.items.empty()) return std::nullopt;
  const Shape shape = shapeOf(model);
  const Lengths lengths = lengthsOf(training);
  const auto free = static_cast<double>(left);
  const auto network = networkNumbers(plan, model.card().hiddenSize);
  const auto trained = (network > 0 ? network : plan.numVirtualTokens * model.card().hiddenSize) + headNumbers(model, training);
  const auto needed = [&](const TrainingPlan& one) {
    const MemoryNeed need = memoryOf(one, model, shape, lengths, trained);
    const double packed = std::min(need.packed, std::max(0.0, free - static_cast<double>(inAll) / 3));
    return std::pair(need.activations + need.learned, need.activations + need.learned <= free - packed);
  };
  const auto [bytes, fits] = needed(plan);
  if (fits) return std::nullopt;
  MemoryProblem problem{"A step of " + counted(plan.batchSize, "example") + " needs about " + gigabytes(bytes) +
                            " of memory for what the way back keeps, and of the machine's (or the container's) only " + gigabytes(free) +
                            " are free.",
                        {},
                        {}};
  TrainingPlan other = plan;
  other.gradientCheckpointing = true;
  if (!plan.gradientCheckpointing && needed(other).second) {
    problem.remedy = "Switch gradient checkpointing on (--gradient-checkpointing): the same numbers, in less memory and more time.";
    problem.knob = "gradient_checkpointing";
    return problem;
  }
  for (const bool checkpointing : {plan.gradientCheckpointing, true}) {
    other = plan;
    other.gradientCheckpointing = checkpointing;
    while (other.batchSize > 1) {
      other.batchSize = (other.batchSize + 1) / 2;
      if (!needed(other).second) continue;
      const std::int64_t times = plan.gradientAccumulationSteps * ((plan.batchSize + other.batchSize - 1) / other.batchSize);
      problem.remedy =
          "Take batches of " + std::to_string(other.batchSize) + " and accumulate " + std::to_string(times) + " of them (--batch-size " +
          std::to_string(other.batchSize) + " --gradient-accumulation-steps " + std::to_string(times) + ")" +
          (checkpointing && !plan.gradientCheckpointing ? ", with --gradient-checkpointing" : "") + ": a step learns the same.";
      problem.knob = "batch_size";
      return problem;
    }
  }
  problem.remedy = "Not even a single example has room: allow fewer tokens of a text (--max-length), close other programs, or take a "
                   "smaller model.";
  return problem;
}

}  // namespace incipit
