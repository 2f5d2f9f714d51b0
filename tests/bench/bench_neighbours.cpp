// Nearest tokens of 100 virtual tokens in a vocabulary of 128,000 x 4,096 (bf16, a file of a gigabyte). Target: under a second on two
// cores.
#include "core/inspection/neighbours.h"
#include "core/model/frozen_model.h"
#include "core/support/compute.h"
#include "core/support/files.h"
#include "core/support/json.h"
#include "core/support/random.h"
#include "core/tensor/safetensors.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <span>

using namespace incipit;

namespace {

constexpr std::int64_t vocabulary = 128000, width = 4096;

// A Llama of one small layer below a large vocabulary.
void writeModel(const std::filesystem::path& folder) {
  std::vector<std::uint16_t> numbers(static_cast<std::size_t>(vocabulary * width));
  std::mt19937 engine(1);  // bf16 of about 0.01 to 0.03, either sign
  for (auto& number : numbers) {
    const auto bits = engine();
    number = static_cast<std::uint16_t>((bits & 0x80ff) | 0x3c00);
  }
  const auto bytesOf = [&](std::int64_t count) { return std::as_bytes(std::span(numbers).first(static_cast<std::size_t>(count))); };
  std::vector<TensorToWrite> tensors;
  const auto add = [&](const std::string& name, std::vector<std::int64_t> shape) {
    std::int64_t count = 1;
    for (const auto size : shape)
      count *= size;
    tensors.push_back({"model." + name, ElementType::BF16, std::move(shape), bytesOf(count)});
  };
  add("embed_tokens.weight", {vocabulary, width});
  add("norm.weight", {width});
  for (const char* norm : {"input_layernorm", "post_attention_layernorm"})
    add("layers.0." + std::string(norm) + ".weight", {width});
  for (const char* name : {"q_proj", "k_proj", "v_proj"})
    add("layers.0.self_attn." + std::string(name) + ".weight", {64, width});
  add("layers.0.self_attn.o_proj.weight", {width, 64});
  for (const char* name : {"gate_proj", "up_proj"})
    add("layers.0.mlp." + std::string(name) + ".weight", {16, width});
  add("layers.0.mlp.down_proj.weight", {width, 16});
  makeFolder(folder);
  writeSafetensors(folder / "model.safetensors", std::move(tensors));
  writeJson(folder / "config.json", {{"model_type", "llama"},
                                     {"architectures", {"LlamaForCausalLM"}},
                                     {"hidden_size", width},
                                     {"num_hidden_layers", 1},
                                     {"num_attention_heads", 1},
                                     {"num_key_value_heads", 1},
                                     {"head_dim", 64},
                                     {"intermediate_size", 16},
                                     {"vocab_size", vocabulary},
                                     {"max_position_embeddings", 64},
                                     {"rms_norm_eps", 1e-5},
                                     {"tie_word_embeddings", true}});
}

double secondsOf(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

long peakMemoryMiB() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (long kilobytes = 0; word == "VmHWM:" && status >> kilobytes) return kilobytes / 1024;
  return 0;
}

}  // namespace

int main() {
  useThreads(0);
  const auto folder = std::filesystem::temp_directory_path() / "incipit-bench-neighbours";
  writeModel(folder);
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak counts from here, not from the writing of the file
  {
    const auto model = openModel(folder, {Precision::Fp32, "cpu"});
    SoftPrompt prompt;
    prompt.rows = Matrix(100, width);
    Random random(2);
    for (float& value : prompt.rows.values)
      value = static_cast<float>(0.02 * random.normal());
    std::shared_ptr<const VocabularyIndex> index;
    const double indexing = secondsOf([&] { index = indexVocabulary(model); });
    std::vector<double> seconds;
    for (int run = 0; run < 5; ++run)
      seconds.push_back(secondsOf([&] { nearestTokens(prompt, *index, 5); }));
    std::sort(seconds.begin(), seconds.end());
    std::printf("neighbours: 100 virtual tokens in 128,000 x 4,096: median %.2f s, fastest %.2f s (target 1 s); norms once %.2f s; "
                "%ld MiB at most\n",
                seconds[2], seconds[0], indexing, peakMemoryMiB());
  }
  std::filesystem::remove_all(folder);
}
