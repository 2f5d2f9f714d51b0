#include "core/model/random_model.h"

#include "core/support/error.h"
#include "core/support/files.h"
#include "core/support/json.h"
#include "core/support/random.h"
#include "core/tensor/safetensors.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

// All tensors are windows of one block of random numbers: drawing 124 million would take longer than measuring with them.
class RandomTensors {
 public:
  RandomTensors() : m_block(blockSize) {
    Random random(1);
    for (float& value : m_block)
      value = static_cast<float>(0.02 * random.normal());
  }

  void add(const std::string& name, std::vector<std::int64_t> shape, bool norm = false) {
    std::int64_t elements = 1;
    for (const auto size : shape)
      elements *= size;
    std::vector<float>& values = m_values.emplace_back(static_cast<std::size_t>(elements));
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = norm ? 1.0f : m_block[(m_next + i) % blockSize];
    m_next += values.size() % blockSize + 1;
    m_tensors.push_back({name, ElementType::F32, std::move(shape), std::as_bytes(std::span(values))});
  }

  std::vector<TensorToWrite> take() { return std::move(m_tensors); }

 private:
  static constexpr std::size_t blockSize = (1 << 20) - 3;
  std::vector<float> m_block;
  std::size_t m_next = 0;
  std::vector<std::vector<float>> m_values;
  std::vector<TensorToWrite> m_tensors;
};

Json gpt2Config(const ModelSizes& sizes) {
  const std::int64_t h = sizes.hiddenSize;
  return {{"model_type", "gpt2"},
          {"architectures", {"GPT2LMHeadModel"}},
          {"n_layer", sizes.layers},
          {"n_head", sizes.heads},
          {"n_embd", h},
          {"n_positions", sizes.contextLength},
          {"n_ctx", sizes.contextLength},
          {"vocab_size", sizes.vocabularySize},
          {"torch_dtype", "float32"},
          {"layer_norm_epsilon", 1e-5},
          {"activation_function", "gelu_new"},
          {"resid_pdrop", 0.0},
          {"embd_pdrop", 0.0},
          {"attn_pdrop", 0.0}};
}

std::vector<TensorToWrite> gpt2Tensors(RandomTensors& tensors, const ModelSizes& sizes) {
  const std::int64_t h = sizes.hiddenSize;
  tensors.add("transformer.wte.weight", {sizes.vocabularySize, h});
  tensors.add("transformer.wpe.weight", {sizes.contextLength, h});
  for (std::int64_t layer = 0; layer < sizes.layers; ++layer) {
    const std::string at = "transformer.h." + std::to_string(layer) + ".";
    for (const char* norm : {"ln_1", "ln_2"}) {
      tensors.add(at + norm + ".weight", {h}, true);
      tensors.add(at + norm + ".bias", {h});
    }
    tensors.add(at + "attn.c_attn.weight", {h, 3 * h});
    tensors.add(at + "attn.c_attn.bias", {3 * h});
    tensors.add(at + "attn.c_proj.weight", {h, h});
    tensors.add(at + "attn.c_proj.bias", {h});
    tensors.add(at + "mlp.c_fc.weight", {h, 4 * h});
    tensors.add(at + "mlp.c_fc.bias", {4 * h});
    tensors.add(at + "mlp.c_proj.weight", {4 * h, h});
    tensors.add(at + "mlp.c_proj.bias", {h});
  }
  tensors.add("transformer.ln_f.weight", {h}, true);
  tensors.add("transformer.ln_f.bias", {h});
  return tensors.take();
}

Json t5Config(const ModelSizes& sizes) {
  return {{"model_type", "t5"},
          {"architectures", {"T5ForConditionalGeneration"}},
          {"is_encoder_decoder", true},
          {"num_layers", sizes.layers},
          {"num_decoder_layers", sizes.layers},
          {"num_heads", sizes.heads},
          {"d_model", sizes.hiddenSize},
          {"d_kv", sizes.hiddenSize / sizes.heads},
          {"d_ff", 4 * sizes.hiddenSize},
          {"n_positions", sizes.contextLength},
          {"vocab_size", sizes.vocabularySize},
          {"feed_forward_proj", "relu"},
          {"relative_attention_num_buckets", 32},
          {"relative_attention_max_distance", 128},
          {"layer_norm_epsilon", 1e-6},
          {"dropout_rate", 0.0},
          {"decoder_start_token_id", 0},
          {"pad_token_id", 0},
          {"eos_token_id", 1},
          {"torch_dtype", "float32"}};
}

std::vector<TensorToWrite> t5Tensors(RandomTensors& tensors, const ModelSizes& sizes) {
  const std::int64_t h = sizes.hiddenSize;
  tensors.add("shared.weight", {sizes.vocabularySize, h});
  const auto attention = [&](const std::string& at, const std::string& name) {
    for (const char* part : {"q", "k", "v", "o"})
      tensors.add(at + name + "." + part + ".weight", {h, h});
    tensors.add(at + "layer_norm.weight", {h}, true);
  };
  for (const std::string stack : {"encoder", "decoder"}) {
    for (std::int64_t layer = 0; layer < sizes.layers; ++layer) {
      const std::string at = stack + ".block." + std::to_string(layer) + ".layer.";
      attention(at + "0.", "SelfAttention");
      if (layer == 0) tensors.add(at + "0.SelfAttention.relative_attention_bias.weight", {32, sizes.heads});
      if (stack == "decoder") attention(at + "1.", "EncDecAttention");
      const std::string feed = at + (stack == "decoder" ? "2." : "1.");
      tensors.add(feed + "DenseReluDense.wi.weight", {4 * h, h});
      tensors.add(feed + "DenseReluDense.wo.weight", {h, 4 * h});
      tensors.add(feed + "layer_norm.weight", {h}, true);
    }
    tensors.add(stack + ".final_layer_norm.weight", {h}, true);
  }
  return tensors.take();
}

}  // namespace

const std::vector<ModelSizes>& knownSizes() {
  using enum ModelSizes::Layout;
  static const std::vector<ModelSizes> sizes{
      {Gpt2, "gpt2-small", 12, 12, 768, 50257, 1024}, {Gpt2, "tiny", 6, 4, 256, 8192, 512}, {T5, "t5-small", 6, 8, 512, 32128, 512}};
  return sizes;
}

const ModelSizes& sizesOf(std::string_view name) {
  std::string names;
  for (const ModelSizes& sizes : knownSizes()) {
    if (sizes.name == name) return sizes;
    names += (names.empty() ? "" : ", ") + std::string(sizes.name);
  }
  throw PlanError("There are no sizes called '" + std::string(name) + "'.", "Known: " + names + ".");
}

void writeRandomModel(const std::filesystem::path& folder, const ModelSizes& sizes) {
  const bool t5 = sizes.layout == ModelSizes::Layout::T5;
  RandomTensors tensors;
  makeFolder(folder);
  writeSafetensors(folder / "model.safetensors", t5 ? t5Tensors(tensors, sizes) : gpt2Tensors(tensors, sizes));
  writeFileAtomically(folder / "config.json", (t5 ? t5Config(sizes) : gpt2Config(sizes)).dump(2) + "\n");
}

}  // namespace incipit
