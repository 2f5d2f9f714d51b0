// Configurations that no fixture has, against the plain formulas: Qwen3, Falcon's other architectures, sequential and parallel halves,
// norms of heads, long-context rotations, other key/value layouts.
#include "core/support/error.h"
#include "tests/core/model/plain_decoder.h"

#include <ATen/ops/gelu.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/tensor.h>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

constexpr std::int64_t V = 23, H = 24, T = 9, layers = 2;
const std::vector<std::int64_t> ids{3, 17, 4, 4, 22, 0, 9, 11, 5};
static_assert(T == 9);

at::Tensor rows(const at::Tensor& embedding) { return embedding.index_select(0, at::tensor(ids, at::kLong)); }

at::Tensor geluTanh(const at::Tensor& x) { return at::gelu(x, "tanh"); }

std::string in(std::string_view layers, std::int64_t layer, const std::string& name) {
  return std::string(layers) + "." + std::to_string(layer) + "." + name;
}

// The model's logits of all rows are the formula's [T, V].
void compare(const std::string& what, const PlainDecoder& plain, MakeModel make, const std::string& prefix, const at::Tensor& expected) {
  const auto model = plain.open(make, prefix);
  Forest forest;
  forest.add(-1, T);
  const at::Tensor logits = model->logits(model->forward(model->embed(at::tensor(ids, at::kLong)), {forest}));
  const double worst = (logits - expected).abs().max().item<double>(), size = expected.abs().max().item<double>();
  if (!(worst < 2e-5 * std::max(1.0, size))) fail(what + ": logits differ by " + show(worst) + " of " + show(size), __FILE__, __LINE__);
  CHECK(worst < 2e-5 * std::max(1.0, size));

  // Only some rows in the last layer, as in training.
  const std::vector<std::int64_t> scored{2, 5, 8};
  const at::Tensor some = model->logits(model->forward(model->embed(at::tensor(ids, at::kLong)), {forest, 0, nullptr, &scored}));
  CHECK_CLOSE((some - expected.index_select(0, at::tensor(scored, at::kLong))).abs().max().item<double>(), 0, 2e-5 * std::max(1.0, size));
}

Json sizes(const char* family) {
  return {{"model_type", family},        {"vocab_size", V},          {"hidden_size", H},
          {"num_hidden_layers", layers}, {"num_attention_heads", 4}, {"max_position_embeddings", 32}};
}

// Llama's block around an attention that differs.
template <class Attend>
at::Tensor llamaLike(PlainDecoder& plain, std::int64_t inner, bool mlpBias, Attend attend) {
  at::Tensor x = rows(plain.weight("embed_tokens.weight", {V, H}));
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    const auto at = [&](const std::string& name) { return in("layers", layer, name); };
    x = x + attend(layer, plain.rmsNorm(x, at("input_layernorm")));
    const at::Tensor y = plain.rmsNorm(x, at("post_attention_layernorm"));
    x = x + plain.linear(silu(plain.linear(y, at("mlp.gate_proj"), inner, mlpBias)) * plain.linear(y, at("mlp.up_proj"), inner, mlpBias),
                         at("mlp.down_proj"), H, mlpBias);
  }
  return plain.linear(plain.rmsNorm(x, "norm"), "lm_head", V, false);
}

}  // namespace

TEST_CASE("Llama with biases, a head size of its own and linear scaling, in the words of transformers 4 and 5") {
  at::manual_seed(1);
  PlainDecoder plain(sizes("llama"));
  plain.config.update(
      {{"num_key_value_heads", 2}, {"head_dim", 8}, {"attention_bias", true}, {"mlp_bias", true}, {"intermediate_size", 20}});
  plain.config.update({{"rms_norm_eps", 1e-6}, {"rope_theta", 500.0}, {"rope_scaling", {{"type", "linear"}, {"factor", 2.5}}}});
  const at::Tensor expected = llamaLike(plain, 20, true, [&](std::int64_t layer, const at::Tensor& x) {
    const auto at = [&](const char* name) { return in("layers", layer, std::string("self_attn.") + name); };
    const std::vector<double> divisors(4, 2.5);
    const at::Tensor q = plainRotation(perHead(plain.linear(x, at("q_proj"), 32, true), 4), 8, 500, divisors);
    const at::Tensor k = plainRotation(perHead(plain.linear(x, at("k_proj"), 16, true), 2), 8, 500, divisors);
    const at::Tensor v = perHead(plain.linear(x, at("v_proj"), 16, true), 2);
    return plain.linear(plainAttention(q, k, v, {1 / std::sqrt(8.0), 0, 0, {}}), at("o_proj"), H, true);
  });
  compare("llama", plain, makeLlama, "model.", expected);
  plain.config.erase("rope_theta");
  plain.config.erase("rope_scaling");
  plain.config["rope_parameters"] = {{"rope_type", "linear"}, {"factor", 2.5}, {"rope_theta", 500.0}};
  compare("llama of transformers 5", plain, makeLlama, "model.", expected);
}

TEST_CASE("YaRN keeps fast frequencies, divides slow ones, and lengthens all") {
  at::manual_seed(14);
  PlainDecoder plain(sizes("llama"));
  plain.config.update(
      {{"num_key_value_heads", 4}, {"head_dim", 12}, {"intermediate_size", 20}, {"max_position_embeddings", 64}, {"rope_theta", 50.0}});
  plain.config["rope_scaling"] = {{"rope_type", "yarn"}, {"factor", 4.0}, {"original_max_position_embeddings", 16}, {"beta_fast", 2.0}};
  // Index at which a frequency turns n times in 16 positions: 12 ln(16 / (2 pi n)) / (2 ln 50); 0.37 for 2, 1.43 for 1. So the ramp runs
  // from index 0 to 2.
  const std::vector<double> divisors{1, 1 / (0.5 / 4 + 0.5), 4, 4, 4, 4};
  const double length = 0.1 * std::log(4.0) + 1;
  const at::Tensor expected = llamaLike(plain, 20, false, [&](std::int64_t layer, const at::Tensor& x) {
    const auto at = [&](const char* name) { return in("layers", layer, std::string("self_attn.") + name); };
    const at::Tensor q = plainRotation(perHead(plain.linear(x, at("q_proj"), 48, false), 4), 12, 50, divisors, length);
    const at::Tensor k = plainRotation(perHead(plain.linear(x, at("k_proj"), 48, false), 4), 12, 50, divisors, length);
    const at::Tensor v = perHead(plain.linear(x, at("v_proj"), 48, false), 4);
    return plain.linear(plainAttention(q, k, v, {1 / std::sqrt(12.0), 0, 0, {}}), at("o_proj"), H, false);
  });
  compare("llama yarn", plain, makeLlama, "model.", expected);
}

TEST_CASE("Qwen3 norms every head of queries and keys, and slides where layer_types say so") {
  at::manual_seed(2);
  PlainDecoder plain(sizes("qwen3"));
  plain.config.update({{"num_key_value_heads", 2}, {"head_dim", 8}, {"intermediate_size", 20}, {"sliding_window", 3}});
  plain.config.update({{"use_sliding_window", true}, {"layer_types", {"full_attention", "sliding_attention"}}});
  const at::Tensor expected = llamaLike(plain, 20, false, [&](std::int64_t layer, const at::Tensor& x) {
    const auto at = [&](const char* name) { return in("layers", layer, std::string("self_attn.") + name); };
    const at::Tensor q = plain.rmsNorm(perHead(plain.linear(x, at("q_proj"), 32, false), 4), at("q_norm"));
    const at::Tensor k = plain.rmsNorm(perHead(plain.linear(x, at("k_proj"), 16, false), 2), at("k_norm"));
    const at::Tensor v = perHead(plain.linear(x, at("v_proj"), 16, false), 2);
    const PlainScores how{1 / std::sqrt(8.0), layer == 1 ? 3 : 0, 0, {}};
    return plain.linear(plainAttention(plainRotation(q, 8, 10000), plainRotation(k, 8, 10000), v, how), at("o_proj"), H, false);
  });
  compare("qwen3", plain, makeQwen3, "model.", expected);
}

TEST_CASE("Qwen2 slides from max_window_layers on, and only where use_sliding_window says so") {
  at::manual_seed(3);
  PlainDecoder plain(sizes("qwen2"));
  plain.config.update({{"num_key_value_heads", 4}, {"intermediate_size", 20}, {"use_sliding_window", true}, {"sliding_window", 2}});
  plain.config["max_window_layers"] = 1;
  bool sliding = true;
  const auto attend = [&](std::int64_t layer, const at::Tensor& x) {
    const auto at = [&](const char* name) { return in("layers", layer, std::string("self_attn.") + name); };
    const at::Tensor q = plainRotation(perHead(plain.linear(x, at("q_proj"), H, true), 4), 6, 10000);
    const at::Tensor k = plainRotation(perHead(plain.linear(x, at("k_proj"), H, true), 4), 6, 10000);
    const at::Tensor v = perHead(plain.linear(x, at("v_proj"), H, true), 4);
    return plain.linear(plainAttention(q, k, v, {1 / std::sqrt(6.0), sliding && layer >= 1 ? 2 : 0, 0, {}}), at("o_proj"), H, false);
  };
  compare("qwen2 sliding", plain, makeQwen2, "model.", llamaLike(plain, 20, false, attend));
  sliding = false;
  plain.config["use_sliding_window"] = false;
  compare("qwen2", plain, makeQwen2, "model.", llamaLike(plain, 20, false, attend));
}

TEST_CASE("Phi-3's long variants stretch frequencies and lengthen them, inside their first context") {
  at::manual_seed(4);
  PlainDecoder plain(sizes("phi3"));
  const std::vector<double> shorter{1.0, 1.5, 4.0};
  plain.config.update({{"num_key_value_heads", 2}, {"intermediate_size", 20}, {"sliding_window", 4}, {"max_position_embeddings", 64}});
  plain.config.update({{"rms_norm_eps", 1e-6}, {"original_max_position_embeddings", 16}});
  plain.config["rope_scaling"] = {{"type", "longrope"}, {"short_factor", shorter}, {"long_factor", {2.0, 3.0, 8.0}}};
  at::Tensor x = rows(plain.weight("embed_tokens.weight", {V, H}));
  const double length = std::sqrt(1 + std::log(64.0 / 16) / std::log(16.0));
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    const auto at = [&](const std::string& name) { return in("layers", layer, name); };
    const auto parts =
        plain.linear(plain.rmsNorm(x, at("input_layernorm")), at("self_attn.qkv_proj"), 48, false).split_with_sizes({24, 12, 12}, 1);
    const at::Tensor q = plainRotation(perHead(parts[0], 4), 6, 10000, shorter, length),
                     k = plainRotation(perHead(parts[1], 2), 6, 10000, shorter, length);
    x = x + plain.linear(plainAttention(q, k, perHead(parts[2], 2), {1 / std::sqrt(6.0), 4, 0, {}}), at("self_attn.o_proj"), H, false);
    const auto halves = plain.linear(plain.rmsNorm(x, at("post_attention_layernorm")), at("mlp.gate_up_proj"), 40, false).chunk(2, 1);
    x = x + plain.linear(silu(halves[0]) * halves[1], at("mlp.down_proj"), H, false);
  }
  const at::Tensor expected = plain.linear(plain.rmsNorm(x, "norm"), "lm_head", V, false);
  for (const char* word : {"longrope", "su", "yarn"}) {  // the first files of Phi-3 say one of the others
    plain.config["rope_scaling"]["type"] = word;
    compare(std::string("phi3 ") + word, plain, makePhi3, "model.", expected);
  }
  CHECK_EQUAL(plain.open(makePhi3, "model.")->card().contextLength, std::int64_t{64});
}

TEST_CASE("Phi with norms of heads and shared keys") {
  at::manual_seed(5);
  PlainDecoder plain(sizes("phi"));
  plain.config.update({{"num_key_value_heads", 2}, {"intermediate_size", 20}, {"qk_layernorm", true}, {"partial_rotary_factor", 0.7}});
  at::Tensor x = rows(plain.weight("embed_tokens.weight", {V, H}));
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    const auto at = [&](const std::string& name) { return in("layers", layer, name); };
    const at::Tensor y = plain.layerNorm(x, at("input_layernorm"));
    const at::Tensor q = plain.layerNorm(perHead(plain.linear(y, at("self_attn.q_proj"), H, true), 4), at("self_attn.q_layernorm"));
    const at::Tensor k = plain.layerNorm(perHead(plain.linear(y, at("self_attn.k_proj"), H / 2, true), 2), at("self_attn.k_layernorm"));
    const at::Tensor v = perHead(plain.linear(y, at("self_attn.v_proj"), H / 2, true), 2);
    const at::Tensor mixed = plainAttention(plainRotation(q, 4, 10000), plainRotation(k, 4, 10000), v, {1 / std::sqrt(6.0), 0, 0, {}});
    x = x + plain.linear(mixed, at("self_attn.dense"), H, true) +
        plain.linear(geluTanh(plain.linear(y, at("mlp.fc1"), 20, true)), at("mlp.fc2"), H, true);
  }
  compare("phi", plain, makePhi, "model.", plain.linear(plain.layerNorm(x, "final_layernorm"), "lm_head", V, true));
}

TEST_CASE("StableLM with parallel halves and a norm for every head") {
  at::manual_seed(6);
  PlainDecoder plain(sizes("stablelm"));
  plain.config.update({{"num_key_value_heads", 2}, {"intermediate_size", 20}, {"qk_layernorm", true}, {"use_parallel_residual", true}});
  plain.config["partial_rotary_factor"] = 0.34;
  const auto normed = [&](const at::Tensor& x, const std::string& name) {  // [n, T, d]
    std::vector<at::Tensor> heads;
    for (std::int64_t head = 0; head < x.size(0); ++head)
      heads.push_back(PlainDecoder::standardized(x[head], 1e-5) *
                      plain.weight(name + ".norms." + std::to_string(head) + ".weight", {6}, 1));
    return at::stack(heads);
  };
  at::Tensor x = rows(plain.weight("embed_tokens.weight", {V, H}));
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    const auto at = [&](const std::string& name) { return in("layers", layer, name); };
    const at::Tensor y = plain.layerNorm(x, at("input_layernorm"));
    const at::Tensor q = normed(perHead(plain.linear(y, at("self_attn.q_proj"), H, false), 4), at("self_attn.q_layernorm"));
    const at::Tensor k = normed(perHead(plain.linear(y, at("self_attn.k_proj"), H / 2, false), 2), at("self_attn.k_layernorm"));
    const at::Tensor v = perHead(plain.linear(y, at("self_attn.v_proj"), H / 2, false), 2);
    const at::Tensor mixed = plainAttention(plainRotation(q, 2, 10000), plainRotation(k, 2, 10000), v, {1 / std::sqrt(6.0), 0, 0, {}});
    x = x + plain.linear(mixed, at("self_attn.o_proj"), H, false) +
        plain.linear(silu(plain.linear(y, at("mlp.gate_proj"), 20, false)) * plain.linear(y, at("mlp.up_proj"), 20, false),
                     at("mlp.down_proj"), H, false);
  }
  compare("stablelm", plain, makeStableLm, "model.", plain.linear(plain.layerNorm(x, "norm"), "lm_head", V, false));
}

TEST_CASE("GPT-NeoX one half behind the other, without attention's biases") {
  at::manual_seed(7);
  PlainDecoder plain(sizes("gpt_neox"));
  plain.config.update({{"intermediate_size", 20}, {"use_parallel_residual", false}, {"attention_bias", false}, {"rotary_pct", 1.0}});
  plain.config.update({{"rotary_emb_base", 77}, {"hidden_act", "gelu_new"}});
  at::Tensor x = rows(plain.weight("embed_in.weight", {V, H}));
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    const auto at = [&](const std::string& name) { return in("layers", layer, name); };
    const at::Tensor all =
        plain.linear(plain.layerNorm(x, at("input_layernorm")), at("attention.query_key_value"), 3 * H, false).reshape({T, 4, 3, 6});
    const auto part = [&](std::int64_t which) { return all.select(2, which).transpose(0, 1); };  // [n, T, d]
    const at::Tensor mixed =
        plainAttention(plainRotation(part(0), 6, 77), plainRotation(part(1), 6, 77), part(2), {1 / std::sqrt(6.0), 0, 0, {}});
    x = x + plain.linear(mixed, at("attention.dense"), H, false);
    const at::Tensor y = plain.layerNorm(x, at("post_attention_layernorm"));
    x = x + plain.linear(geluTanh(plain.linear(y, at("mlp.dense_h_to_4h"), 20, true)), at("mlp.dense_4h_to_h"), H, true);
  }
  compare("gpt_neox", plain, makeGptNeoX, "gpt_neox.", plain.linear(plain.layerNorm(x, "final_layer_norm"), "embed_out", V, false));
}

TEST_CASE("Falcon's new architecture: grouped keys, and one norm or two for halves side by side") {
  at::manual_seed(8);
  for (const int norms : {2, 1}) {
    PlainDecoder plain(sizes("falcon"));
    plain.config.update({{"new_decoder_architecture", true}, {"num_kv_heads", 2}, {"ffn_hidden_size", 20}, {"rope_theta", 300.0}});
    if (norms == 1) plain.config["num_ln_in_parallel_attn"] = 1;
    at::Tensor x = rows(plain.weight("word_embeddings.weight", {V, H}));
    for (std::int64_t layer = 0; layer < layers; ++layer) {
      const auto at = [&](const std::string& name) { return in("h", layer, name); };
      const at::Tensor a = plain.layerNorm(x, at(norms == 2 ? "ln_attn" : "input_layernorm"));
      const at::Tensor m = norms == 2 ? plain.layerNorm(x, at("ln_mlp")) : a;
      const at::Tensor all = plain.linear(a, at("self_attention.query_key_value"), 48, false).reshape({T, 2, 4, 6});  // q q k v, twice
      const at::Tensor q = all.narrow(2, 0, 2).reshape({T, 4, 6}).transpose(0, 1), k = all.select(2, 2).transpose(0, 1),
                       v = all.select(2, 3).transpose(0, 1);
      const at::Tensor mixed = plainAttention(plainRotation(q, 6, 300), plainRotation(k, 6, 300), v, {1 / std::sqrt(6.0), 0, 0, {}});
      x = x + plain.linear(mixed, at("self_attention.dense"), H, false) +
          plain.linear(gelu(plain.linear(m, at("mlp.dense_h_to_4h"), 20, false)), at("mlp.dense_4h_to_h"), H, false);
    }
    const at::Tensor head = plain.weight("word_embeddings.weight", {V, H});
    compare("falcon, norms " + show(norms), plain, makeFalcon, "transformer.", at::matmul(plain.layerNorm(x, "ln_f"), head.t()));
  }
}

TEST_CASE("Falcon RW: ALiBi, biases, a key for every query, one half behind the other") {
  at::manual_seed(9);
  PlainDecoder plain(sizes("falcon"));
  plain.config.update({{"alibi", true}, {"multi_query", false}, {"parallel_attn", false}, {"bias", true}, {"num_kv_heads", 4}});
  at::Tensor x = rows(plain.weight("word_embeddings.weight", {V, H}));
  const double scale = 1 / std::sqrt(6.0);
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    const auto at = [&](const std::string& name) { return in("h", layer, name); };
    const at::Tensor all =
        plain.linear(plain.layerNorm(x, at("input_layernorm")), at("self_attention.query_key_value"), 3 * H, true).reshape({T, 4, 3, 6});
    const auto part = [&](std::int64_t which) { return all.select(2, which).transpose(0, 1); };
    // The slopes of four heads are 1/4, 1/16, 1/64 and 1/256; Falcon scales them with the scores.
    x = x + plain.linear(plainAttention(part(0), part(1), part(2), {scale, 0, 0, {scale / 4, scale / 16, scale / 64, scale / 256}}),
                         at("self_attention.dense"), H, true);
    const at::Tensor y = plain.layerNorm(x, at("post_attention_layernorm"));
    x = x + plain.linear(gelu(plain.linear(y, at("mlp.dense_h_to_4h"), 4 * H, true)), at("mlp.dense_4h_to_h"), H, true);
  }
  compare("falcon rw", plain, makeFalcon, "transformer.",
          at::matmul(plain.layerNorm(x, "ln_f"), plain.weight("word_embeddings.weight", {V, H}).t()));
}

TEST_CASE("BLOOM with residuals behind the norm and a number of heads that is not a power of two") {
  at::manual_seed(10);
  PlainDecoder plain(
      {{"model_type", "bloom"}, {"vocab_size", V}, {"n_embed", H}, {"n_layer", layers}, {"num_attention_heads", 6}, {"seq_length", 7}});
  plain.config["apply_residual_connection_post_layernorm"] = true;
  at::Tensor x = plain.layerNorm(rows(plain.weight("word_embeddings.weight", {V, H})), "word_embeddings_layernorm");
  // Four heads' slopes, then every second one of eight heads' (1/2, 1/8).
  const std::vector<double> slopes{1 / 4.0, 1 / 16.0, 1 / 64.0, 1 / 256.0, 1 / 2.0, 1 / 8.0};
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    const auto at = [&](const std::string& name) { return in("h", layer, name); };
    const at::Tensor z = plain.layerNorm(x, at("input_layernorm"));
    const at::Tensor all = plain.linear(z, at("self_attention.query_key_value"), 3 * H, true).reshape({T, 6, 3, 4});
    const auto part = [&](std::int64_t which) { return all.select(2, which).transpose(0, 1); };
    x = z + plain.linear(plainAttention(part(0), part(1), part(2), {0.5, 0, 0, slopes}), at("self_attention.dense"), H, true);
    const at::Tensor y = plain.layerNorm(x, at("post_attention_layernorm"));
    x = y + plain.linear(geluTanh(plain.linear(y, at("mlp.dense_h_to_4h"), 4 * H, true)), at("mlp.dense_4h_to_h"), H, true);
  }
  compare("bloom", plain, makeBloom, "transformer.",
          at::matmul(plain.layerNorm(x, "ln_f"), plain.weight("word_embeddings.weight", {V, H}).t()));
}

TEST_CASE("OPT without biases, weights of norms and a last norm, its head apart") {
  at::manual_seed(11);
  PlainDecoder plain(sizes("opt"));
  plain.config.update(
      {{"ffn_dim", 20}, {"enable_bias", false}, {"layer_norm_elementwise_affine", false}, {"_remove_final_layer_norm", true}});
  plain.config["tie_word_embeddings"] = false;
  at::Tensor x = rows(plain.weight("embed_tokens.weight", {V, H})) + plain.weight("embed_positions.weight", {34, H}).narrow(0, 2, T);
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    const auto at = [&](const std::string& name) { return in("layers", layer, name); };
    const at::Tensor y = PlainDecoder::standardized(x, 1e-5);
    const auto part = [&](const char* name) { return perHead(plain.linear(y, at(std::string("self_attn.") + name), H, false), 4); };
    x = x + plain.linear(plainAttention(part("q_proj"), part("k_proj"), part("v_proj"), {1 / std::sqrt(6.0), 0, 0, {}}),
                         at("self_attn.out_proj"), H, false);
    x = x + plain.linear(relu(plain.linear(PlainDecoder::standardized(x, 1e-5), at("fc1"), 20, false)), at("fc2"), H, false);
  }
  compare("opt", plain, makeOpt, "model.decoder.", plain.linear(x, "lm_head", V, false));
}

TEST_CASE("GPT-BigCode with a key for every query") {
  at::manual_seed(12);
  PlainDecoder plain(
      {{"model_type", "gpt_bigcode"}, {"vocab_size", V}, {"n_embd", H}, {"n_layer", layers}, {"n_head", 4}, {"n_positions", 32}});
  plain.config.update({{"multi_query", false}, {"n_inner", 20}, {"scale_attn_weights", false}, {"activation_function", "relu"}});
  at::Tensor x = rows(plain.weight("wte.weight", {V, H})) + plain.weight("wpe.weight", {32, H}).narrow(0, 0, T);
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    const auto at = [&](const std::string& name) { return in("h", layer, name); };
    const at::Tensor all = plain.linear(plain.layerNorm(x, at("ln_1")), at("attn.c_attn"), 3 * H, true).reshape({T, 4, 3, 6});
    const auto part = [&](std::int64_t which) { return all.select(2, which).transpose(0, 1); };
    x = x + plain.linear(plainAttention(part(0), part(1), part(2), {1, 0, 0, {}}), at("attn.c_proj"), H, true);
    x = x + plain.linear(relu(plain.linear(plain.layerNorm(x, at("ln_2")), at("mlp.c_fc"), 20, true)), at("mlp.c_proj"), H, true);
  }
  compare("gpt_bigcode", plain, makeGptBigCode, "transformer.",
          at::matmul(plain.layerNorm(x, "ln_f"), plain.weight("wte.weight", {V, H}).t()));
}

TEST_CASE("GPT-2 that scales by layer") {
  at::manual_seed(13);
  PlainDecoder plain({{"model_type", "gpt2"}, {"vocab_size", V}, {"n_embd", H}, {"n_layer", layers}, {"n_head", 4}, {"n_positions", 32}});
  plain.config.update({{"scale_attn_by_inverse_layer_idx", true}, {"n_inner", 20}, {"activation_function", "tanh"}});
  const auto transposed = [&](const at::Tensor& x, const std::string& name, std::int64_t out) {
    return at::matmul(x, plain.weight(name + ".weight", {x.size(1), out})) + plain.weight(name + ".bias", {out});
  };
  at::Tensor x = rows(plain.weight("wte.weight", {V, H})) + plain.weight("wpe.weight", {32, H}).narrow(0, 0, T);
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    const auto at = [&](const std::string& name) { return in("h", layer, name); };
    const auto parts = transposed(plain.layerNorm(x, at("ln_1")), at("attn.c_attn"), 3 * H).split(H, 1);
    const PlainScores how{1 / std::sqrt(6.0) / static_cast<double>(layer + 1), 0, 0, {}};
    x = x + transposed(plainAttention(perHead(parts[0], 4), perHead(parts[1], 4), perHead(parts[2], 4), how), at("attn.c_proj"), H);
    x = x + transposed(transposed(plain.layerNorm(x, at("ln_2")), at("mlp.c_fc"), 20).tanh(), at("mlp.c_proj"), H);
  }
  compare("gpt2", plain, makeGpt2, "", at::matmul(plain.layerNorm(x, "ln_f"), plain.weight("wte.weight", {V, H}).t()));
}

TEST_CASE("a classifier of a family whose head has a bias has neither") {
  using Case = std::pair<const char*, MakeModel>;
  for (const auto& [family, make] : {Case{"phi", makePhi}, Case{"gptj", makeGptJ}}) {
    const auto writer = openModel(fixtures() / family / "model", {Precision::Fp32, "cpu"});
    std::map<std::string, at::Tensor> tensors;
    for (const auto& [name, tensor] : writer->weights())
      if (!name.starts_with("lm_head")) tensors[name] = tensor;
    const std::int64_t h = writer->card().hiddenSize;
    tensors["score.weight"] = at::ones({3, h});
    const auto folder = scratch(std::string(family) + "-classifier");
    Json config = readJson(fixtures() / family / "model" / "config.json");
    config.update({{"architectures", {"XForSequenceClassification"}}, {"id2label", {{"0", "a"}, {"1", "b"}, {"2", "c"}}}});
    writeJson(folder / "config.json", config);
    const auto classifier = make(readCard(folder), Weights::of(std::move(tensors)), {Precision::Fp32, "cpu"});
    CHECK_EQUAL(classesOf(classifier->head()), std::int64_t{3});
    Forest forest;
    forest.add(-1, 12);
    const at::Tensor x = writer->inputEmbedding().narrow(0, 3, 12);
    CHECK(classifier->forward(x, {forest}).equal(writer->forward(x, {forest})));
  }
}
