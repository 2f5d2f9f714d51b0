#include "core/model/random_model.h"

#include "core/support/error.h"
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

}  // namespace

const std::vector<ModelSizes>& knownSizes() {
  static const std::vector<ModelSizes> sizes{{"gpt2-small", 12, 12, 768, 50257, 1024}, {"tiny", 6, 4, 256, 8192, 512}};
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
  const std::int64_t h = sizes.hiddenSize;
  const Json config{{"model_type", "gpt2"},
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
  RandomTensors tensors;
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
  makeFolder(folder);
  writeSafetensors(folder / "model.safetensors", tensors.take());
  writeFileAtomically(folder / "config.json", config.dump(2) + "\n");
}

}  // namespace incipit
