// The demo model while it is being made: fp32 master weights of a small Llama, trained with AdamW through core's own layers.
#pragma once

#include "core/model/frozen_model.h"
#include "core/support/random.h"

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace incipit::demo {

struct Shape {
  std::int64_t vocabulary = 4096, hidden = 256, layers = 4, heads = 8, keyValueHeads = 4, intermediate = 640, context = 256;
};

// Knobs of the pre-training; the defaults are the ones the shipped model was made with.
struct Schedule {
  double peakRate = 3e-3;     // AdamW, betas 0.9 / 0.95, decay 0.1 on matrices
  std::int64_t warmup = 100;  // steps
  std::int64_t batch = 16;    // sequences of `context` tokens a step
  std::int64_t totalTokens = 20'000'000;
  double weightDecay = 0.1;
  double maxGradNorm = 1.0;
  // Share of the windows that begin with 4 to 24 of their own rarer words in random order. It teaches so small a model to be led by
  // what stands in front of the text, as large models learn by themselves: a soft prompt has something to hold on to.
  double keywordShare = 0.4;
  // Share of the windows made of short pieces with "About the <word>" behind each, the word from the piece's surroundings.
  double topicShare = 0.3;
  std::vector<std::uint16_t> topicMark;  // tokens of "\n\nAbout the"
  std::uint16_t topicEnd = 0;            // "."
  std::vector<bool> isWord;              // of every token: begins a word (a space, then letters)
};

class Pretraining {
 public:
  Pretraining(const Shape& shape, const Schedule& schedule, std::uint64_t seed);

  // One step on `batch` random windows of the stream; returns the mean loss in nats a token.
  double step(const std::vector<std::uint16_t>& stream);
  // Mean nats a token over consecutive windows of the stream.
  double evaluate(const std::vector<std::uint16_t>& stream) const;

  std::int64_t stepsDone() const { return m_step; }
  std::int64_t tokensDone() const { return m_step * m_schedule.batch * m_shape.context; }
  bool finished() const { return tokensDone() >= m_schedule.totalTokens; }

  // Everything needed to go on: masters, moments, step, random state, in one safetensors file.
  void saveCheckpoint(const std::filesystem::path& file) const;
  void restoreCheckpoint(const std::filesystem::path& file);
  // config.json, generation_config.json and model.safetensors (bf16) in the Hugging Face layout.
  void writeModel(const std::filesystem::path& folder) const;

 private:
  struct Parameter {
    at::Tensor value, first, second;  // fp32 master and AdamW's moments
  };
  // The masters in the precision of computation, as a model that core's families open; differentiable when `training`.
  std::shared_ptr<const FrozenModel> model(bool training) const;
  double learningRate() const;
  bool tells(std::uint16_t id, std::size_t streamSize) const;
  std::vector<std::uint16_t> topicsOf(const std::vector<std::uint16_t>& stream);
  std::vector<std::uint16_t> keywordsOf(const std::vector<std::uint16_t>& stream, std::size_t begin);

  Shape m_shape;
  Schedule m_schedule;
  ModelCard m_card;
  Random m_random;
  std::map<std::string, Parameter> m_parameters;
  std::vector<std::int64_t> m_counts;  // of every token in the stream, for keywords
  std::int64_t m_step = 0;
};

}  // namespace incipit::demo
