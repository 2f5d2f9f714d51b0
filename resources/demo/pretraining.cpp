#include "resources/demo/pretraining.h"

#include "core/model/families/family.h"
#include "core/support/error.h"
#include "core/tensor/safetensors.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <numbers>

namespace incipit::demo {
namespace {

Json configOf(const Shape& shape) {
  return {{"architectures", {"LlamaForCausalLM"}},
          {"model_type", "llama"},
          {"attention_bias", false},
          {"attention_dropout", 0.0},
          {"bos_token_id", 0},
          {"eos_token_id", 0},
          {"hidden_act", "silu"},
          {"hidden_size", shape.hidden},
          {"initializer_range", 0.02},
          {"intermediate_size", shape.intermediate},
          {"max_position_embeddings", shape.context},
          {"mlp_bias", false},
          {"num_attention_heads", shape.heads},
          {"num_hidden_layers", shape.layers},
          {"num_key_value_heads", shape.keyValueHeads},
          {"pretraining_tp", 1},
          {"rms_norm_eps", 1e-5},
          {"rope_scaling", nullptr},
          {"rope_theta", 10000.0},
          {"tie_word_embeddings", true},
          {"torch_dtype", "bfloat16"},
          {"use_cache", true},
          {"vocab_size", shape.vocabulary}};
}

// N(0, deviation) from our own generator: the same start on every machine.
at::Tensor normal(Random& random, std::vector<std::int64_t> shape, double deviation) {
  at::Tensor tensor = at::empty(shape);
  float* values = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i)
    values[i] = static_cast<float>(random.normal() * deviation);
  return tensor;
}

constexpr std::int64_t unscored = -100;  // cross entropy's ignore_index

// Windows of context + 1 tokens as a forest of roots: inputs without their last token, targets without their first.
struct Windows {
  Forest forest;
  std::vector<std::int64_t> ids, targets;
  // Keywords in front of a shorter window: what stands at the beginning of the context tells what the text is about.
  void addWithKeywords(const std::vector<std::uint16_t>& keywords, const std::vector<std::uint16_t>& stream, std::size_t begin,
                       std::int64_t context) {
    const auto length = static_cast<std::int64_t>(keywords.size());
    forest.add(-1, context);
    for (std::int64_t i = 0; i < length; ++i) {
      ids.push_back(keywords[static_cast<std::size_t>(i)]);
      targets.push_back(i + 1 < length ? unscored : static_cast<std::int64_t>(stream[begin]));
    }
    for (std::size_t i = begin; i < begin + static_cast<std::size_t>(context - length); ++i) {
      ids.push_back(stream[i]);
      targets.push_back(stream[i + 1]);
    }
  }
  void add(const std::vector<std::uint16_t>& stream, std::size_t begin, std::int64_t length) {
    forest.add(-1, length);
    for (std::size_t i = begin; i < begin + static_cast<std::size_t>(length); ++i) {
      ids.push_back(stream[i]);
      targets.push_back(stream[i + 1]);
    }
  }
};

at::Tensor lossOf(const FrozenModel& model, const Windows& windows) {
  const at::Tensor hidden = model.forward(model.embed(at::tensor(windows.ids, at::kLong)), {windows.forest});
  return at::cross_entropy_loss(model.logits(hidden).to(at::kFloat), at::tensor(windows.targets, at::kLong));
}

std::span<const std::byte> bytesOf(const at::Tensor& tensor) { return {static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()}; }

}  // namespace

Pretraining::Pretraining(const Shape& shape, const Schedule& schedule, std::uint64_t seed)
    : m_shape(shape), m_schedule(schedule), m_random(seed) {
  m_card.name = "demo";
  m_card.family = "llama";
  m_card.vocabularySize = shape.vocabulary;
  m_card.hiddenSize = shape.hidden;
  m_card.layers = shape.layers;
  m_card.heads = shape.heads;
  m_card.keyValueHeads = shape.keyValueHeads;
  m_card.headSize = shape.hidden / shape.heads;
  m_card.intermediateSize = shape.intermediate;
  m_card.contextLength = shape.context;
  m_card.config = std::make_shared<Json>(configOf(shape));

  const double deviation = 0.02,
               residual = deviation / std::sqrt(2.0 * static_cast<double>(shape.layers));  // as GPT-2 scales its residual sums
  const std::int64_t h = shape.hidden, kv = shape.keyValueHeads * m_card.headSize, inner = shape.intermediate;
  const auto add = [&](const std::string& name, at::Tensor value) {
    m_parameters[name] = {value, at::zeros_like(value), at::zeros_like(value)};
    m_parameters[name].value.requires_grad_(true);
  };
  add("model.embed_tokens.weight", normal(m_random, {shape.vocabulary, h}, deviation));
  add("model.norm.weight", at::ones({h}));
  for (std::int64_t layer = 0; layer < shape.layers; ++layer) {
    const std::string at = "model.layers." + std::to_string(layer) + ".";
    add(at + "input_layernorm.weight", at::ones({h}));
    add(at + "post_attention_layernorm.weight", at::ones({h}));
    add(at + "self_attn.q_proj.weight", normal(m_random, {h, h}, deviation));
    add(at + "self_attn.k_proj.weight", normal(m_random, {kv, h}, deviation));
    add(at + "self_attn.v_proj.weight", normal(m_random, {kv, h}, deviation));
    add(at + "self_attn.o_proj.weight", normal(m_random, {h, h}, residual));
    add(at + "mlp.gate_proj.weight", normal(m_random, {inner, h}, deviation));
    add(at + "mlp.up_proj.weight", normal(m_random, {inner, h}, deviation));
    add(at + "mlp.down_proj.weight", normal(m_random, {h, inner}, residual));
  }
}

std::shared_ptr<const FrozenModel> Pretraining::model(bool training) const {
  const at::AutoGradMode mode(training);
  const Precision precision = resolve(Precision::Auto, "cpu");
  std::map<std::string, at::Tensor> tensors;
  for (const auto& [name, parameter] : m_parameters)
    tensors[name] = parameter.value.to(precision == Precision::Bf16 ? at::kBFloat16 : at::kFloat);
  return makeLlama(m_card, Weights::of(std::move(tensors)), {precision, "cpu"});
}

double Pretraining::learningRate() const {
  const double total = static_cast<double>(m_schedule.totalTokens) / static_cast<double>(m_schedule.batch * m_shape.context);
  const double step = static_cast<double>(m_step + 1);
  const double rise = std::min(1.0, step / static_cast<double>(m_schedule.warmup));
  const double along = std::min(1.0, step / total);
  return m_schedule.peakRate * rise * (0.02 + 0.98 * 0.5 * (1 + std::cos(std::numbers::pi * along)));
}

bool Pretraining::tells(std::uint16_t id, std::size_t streamSize) const {
  constexpr std::int64_t commonest = 700;  // rarer than once in so many tokens: the commonest words stand in every text
  return id >= 257 && m_schedule.isWord[id] && m_counts[id] < static_cast<std::int64_t>(streamSize) / commonest;
}

std::vector<std::uint16_t> Pretraining::keywordsOf(const std::vector<std::uint16_t>& stream, std::size_t begin) {
  if (m_counts.empty()) {
    m_counts.assign(static_cast<std::size_t>(m_shape.vocabulary), 0);
    for (const auto id : stream)
      ++m_counts[id];
  }
  // Rare words tell more than common ones; a word that comes twice is a keyword once.
  const std::size_t wanted = 4 + m_random.below(21);
  std::vector<std::uint16_t> keywords;
  for (int attempt = 0; attempt < 200 && keywords.size() < wanted; ++attempt) {
    const std::uint16_t id = stream[begin + m_random.below(static_cast<std::uint64_t>(m_shape.context) - 30)];
    if (!tells(id, stream.size()) || std::find(keywords.begin(), keywords.end(), id) != keywords.end()) continue;
    keywords.push_back(id);
  }
  if (keywords.empty()) keywords.push_back(0);
  return keywords;
}

// Short pieces from anywhere, each followed by "About the" and a word that stands near the piece but not in it: the model learns to
// say what a piece is about by association, which is what a classification asks of it.
std::vector<std::uint16_t> Pretraining::topicsOf(const std::vector<std::uint16_t>& stream) {
  constexpr std::size_t around = 150;
  std::vector<std::uint16_t> text;
  while (text.size() <= static_cast<std::size_t>(m_shape.context)) {
    const std::size_t length = 20 + m_random.below(40);
    const std::size_t begin = around + m_random.below(stream.size() - 2 * around - length);
    std::uint16_t topic = 0;
    for (int attempt = 0; attempt < 50 && topic == 0; ++attempt) {
      const std::size_t offset = m_random.below(2 * around);
      const std::uint16_t id = stream[offset < around ? begin - 1 - offset : begin + length + offset - around];
      if (tells(id, stream.size()) &&
          std::find(stream.begin() + static_cast<std::ptrdiff_t>(begin), stream.begin() + static_cast<std::ptrdiff_t>(begin + length),
                    id) == stream.begin() + static_cast<std::ptrdiff_t>(begin + length))
        topic = id;
    }
    text.insert(text.end(), stream.begin() + static_cast<std::ptrdiff_t>(begin),
                stream.begin() + static_cast<std::ptrdiff_t>(begin + length));
    text.insert(text.end(), m_schedule.topicMark.begin(), m_schedule.topicMark.end());
    text.push_back(topic);
    text.push_back(m_schedule.topicEnd);
  }
  return text;
}

double Pretraining::step(const std::vector<std::uint16_t>& stream) {
  if (m_counts.empty()) {
    m_counts.assign(static_cast<std::size_t>(m_shape.vocabulary), 0);
    for (const auto id : stream)
      ++m_counts[id];
  }
  Windows windows;
  const auto places = stream.size() - static_cast<std::size_t>(m_shape.context) - 1;
  for (std::int64_t i = 0; i < m_schedule.batch; ++i) {
    const std::size_t begin = m_random.below(places);
    const double kind = m_random.uniform();
    if (kind < m_schedule.keywordShare) {
      windows.addWithKeywords(keywordsOf(stream, begin), stream, begin, m_shape.context);
    } else if (kind < m_schedule.keywordShare + m_schedule.topicShare) {
      windows.add(topicsOf(stream), 0, m_shape.context);
    } else {
      windows.add(stream, begin, m_shape.context);
    }
  }
  const at::Tensor loss = lossOf(*model(true), windows);
  loss.backward();

  const at::NoGradGuard noGrad;
  double squares = 0;
  for (auto& [name, parameter] : m_parameters)
    squares += parameter.value.grad().square().sum().item<double>();
  const double clip = std::min(1.0, m_schedule.maxGradNorm / (std::sqrt(squares) + 1e-6)), rate = learningRate();
  ++m_step;
  const double beta1 = 0.9, beta2 = 0.95;
  const double unbias1 = 1 - std::pow(beta1, static_cast<double>(m_step)), unbias2 = 1 - std::pow(beta2, static_cast<double>(m_step));
  for (auto& [name, parameter] : m_parameters) {
    const at::Tensor gradient = parameter.value.grad() * clip;
    parameter.first.mul_(beta1).add_(gradient, 1 - beta1);
    parameter.second.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
    if (parameter.value.dim() > 1) parameter.value.mul_(1 - rate * m_schedule.weightDecay);
    parameter.value.addcdiv_(parameter.first, (parameter.second / unbias2).sqrt_().add_(1e-8), -rate / unbias1);
    parameter.value.mutable_grad() = at::Tensor();
  }
  return loss.item<double>();
}

double Pretraining::evaluate(const std::vector<std::uint16_t>& stream) const {
  const at::NoGradGuard noGrad;
  const auto trained = model(false);
  double sum = 0;
  std::int64_t tokens = 0;
  for (std::size_t begin = 0; begin + 1 < stream.size();) {
    Windows windows;
    for (int i = 0; i < 16 && begin + 1 < stream.size(); ++i) {
      const auto length = std::min<std::size_t>(static_cast<std::size_t>(m_shape.context), stream.size() - begin - 1);
      windows.add(stream, begin, static_cast<std::int64_t>(length));
      begin += length;
    }
    const auto count = static_cast<std::int64_t>(windows.targets.size());
    sum += lossOf(*trained, windows).item<double>() * static_cast<double>(count);
    tokens += count;
  }
  return sum / static_cast<double>(tokens);
}

void Pretraining::saveCheckpoint(const std::filesystem::path& file) const {
  std::vector<TensorToWrite> tensors;
  for (const auto& [name, parameter] : m_parameters) {
    const std::vector<std::int64_t> shape = parameter.value.sizes().vec();
    tensors.push_back({"value." + name, ElementType::F32, shape, bytesOf(parameter.value)});
    tensors.push_back({"first." + name, ElementType::F32, shape, bytesOf(parameter.first)});
    tensors.push_back({"second." + name, ElementType::F32, shape, bytesOf(parameter.second)});
  }
  writeSafetensors(file, std::move(tensors), {{"step", std::to_string(m_step)}, {"random", m_random.state()}});
}

void Pretraining::restoreCheckpoint(const std::filesystem::path& file) {
  const at::NoGradGuard noGrad;
  const SafetensorsFile saved(file);
  const auto restore = [&](const std::string& name, at::Tensor& tensor) {
    const auto found = saved.tensors().find(name);
    if (found == saved.tensors().end() || found->second.bytes.size() != tensor.nbytes())
      throw FormatError("'" + file.string() + "' is a checkpoint of another model.", "Remove it to begin anew.");
    std::memcpy(tensor.data_ptr(), found->second.bytes.data(), tensor.nbytes());
  };
  for (auto& [name, parameter] : m_parameters) {
    restore("value." + name, parameter.value);
    restore("first." + name, parameter.first);
    restore("second." + name, parameter.second);
  }
  m_step = std::stoll(saved.metadata().at("step"));
  m_random.restore(saved.metadata().at("random"));
}

void Pretraining::writeModel(const std::filesystem::path& folder) const {
  makeFolder(folder);
  const at::NoGradGuard noGrad;
  std::vector<at::Tensor> kept;
  std::vector<TensorToWrite> tensors;
  for (const auto& [name, parameter] : m_parameters) {
    kept.push_back(parameter.value.to(at::kBFloat16).contiguous());
    tensors.push_back({name, ElementType::BF16, parameter.value.sizes().vec(), bytesOf(kept.back())});
  }
  writeSafetensors(folder / "model.safetensors", std::move(tensors));
  writeJson(folder / "config.json", *m_card.config);
  writeJson(folder / "generation_config.json", {{"bos_token_id", 0}, {"eos_token_id", 0}});
}

}  // namespace incipit::demo
