// Folders that are no model, or not a sound one: each refused with a sentence.
#include "core/model/frozen_model.h"
#include "core/support/files.h"
#include "core/tensor/safetensors.h"
#include "core/tensor/tensor_file.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <cstring>
#include <nlohmann/json.hpp>

#include "tests/core/tensor/torch_archive.h"

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

std::filesystem::path copyOf(const std::string& variant, const std::string& name) {
  const auto folder = scratch(name);
  std::filesystem::copy(fixtures() / variant / "model", folder, std::filesystem::copy_options::recursive);
  return folder;
}

template <class Change>
std::filesystem::path withConfig(const std::string& variant, const std::string& name, Change change) {
  const auto folder = copyOf(variant, name);
  Json config = readJson(folder / "config.json");
  change(config);
  writeJson(folder / "config.json", config);
  return folder;
}

}  // namespace

TEST_CASE("what is not a model folder says what one holds") {
  CHECK_THROWS(openModel(fixtures() / "nowhere"), "is not a folder");
  CHECK_THROWS(openModel(scratch("empty")), "no config.json");
  const auto folder = scratch("no-weights");
  std::filesystem::copy_file(fixtures() / "gpt2" / "model" / "config.json", folder / "config.json");
  CHECK_THROWS(openModel(folder), "holds no weights (neither model.safetensors nor pytorch_model.bin)");
  writeFileAtomically(folder / "config.json", "{\"model_type\": \"gpt2\", ");
  CHECK_THROWS(openModel(folder), "not valid JSON");
}

TEST_CASE("an unsupported family is named, with the supported ones") {
  const auto folder = withConfig("gpt2", "mamba", [](Json& config) { config["model_type"] = "mamba"; });
  CHECK_THROWS(openModel(folder), "'mamba'");
  CHECK_THROWS(openModel(folder), "gpt2, llama");
  const ModelSummary summary = inspectModel(folder);
  CHECK(!summary.tunable);
  CHECK(summary.why.find("mamba") != std::string::npos);
}

TEST_CASE("values of config.json that are not implemented are refused, not ignored") {
  CHECK_THROWS(openModel(withConfig("llama", "ntk",
                                    [](Json& c) {
                                      c["rope_scaling"] = {{"rope_type", "ntk"}, {"factor", 4.0}};
                                    })),
               "'ntk'");
  CHECK_THROWS(openModel(withConfig("llama", "factor", [](Json& c) { c["rope_scaling"] = {{"rope_type", "llama3"}}; })), "lacks a number");
  CHECK_THROWS(openModel(withConfig("llama", "act", [](Json& c) { c["hidden_act"] = "swishmax"; })), "swishmax");
  CHECK_THROWS(openModel(withConfig("gpt2", "cross", [](Json& c) { c["add_cross_attention"] = true; })), "cross-attention");
  CHECK_THROWS(openModel(withConfig("llama", "heads", [](Json& c) { c["num_key_value_heads"] = 4; })), "cannot share");
  CHECK_THROWS(openModel(withConfig("llama", "kind", [](Json& c) { c["rms_norm_eps"] = "small"; })), "wrong kind");
  CHECK_THROWS(openModel(withConfig("llama", "negative", [](Json& c) { c["hidden_size"] = -48; })), "not a possible size");
}

TEST_CASE("every family refuses what it does not implement, and info says so without opening the weights") {
  const auto refused = [](const std::filesystem::path& folder, std::string_view sentence) {
    CHECK_THROWS(openModel(folder), sentence);
    const ModelSummary summary = inspectModel(folder);
    CHECK(!summary.tunable);
    CHECK(summary.why.find(sentence) != std::string::npos);
  };
  refused(withConfig("bert_seqcls", "one", [](Json& c) { c["id2label"] = {{"0", "score"}}; }), "with one label, for regression");
  refused(withConfig("gpt2_seqcls", "several", [](Json& c) { c["problem_type"] = "multi_label_classification"; }), "multi_label");
  refused(withConfig("gpt2_seqcls", "odd-problem", [](Json& c) { c["problem_type"] = 3; }), "problem_type '3'");
  refused(withConfig("bert_seqcls", "relative", [](Json& c) { c["position_embedding_type"] = "relative_key"; }), "relative_key");
  refused(withConfig("bert_seqcls", "decoder", [](Json& c) { c["is_decoder"] = true; }), "decoder of BERT's layout");
  refused(withConfig("bert_seqcls", "five", [](Json& c) { c["id2label"]["3"] = "four"; }), "classifier.weight");
  refused(withConfig("bert_seqcls", "tokens", [](Json& c) { c["architectures"] = {"BertForTokenClassification"}; }),
          "does not classify texts");
  CHECK_THROWS(openModel(withConfig("bert_seqcls", "gap", [](Json& c) { c["id2label"] = {{"0", "a"}, {"2", "b"}}; })), "one by one");
  refused(withConfig("llama", "quantised", [](Json& c) { c["quantization_config"] = {{"quant_method", "gptq"}}; }), "quantised (gptq)");
  refused(withConfig("llama", "inspected", [](Json& c) { c["rope_scaling"] = {{"rope_type", "ntk"}, {"factor", 4.0}}; }), "'ntk'");
  refused(withConfig("llama", "nested",
                     [](Json& c) {
                       c["rope_parameters"] = {{"full_attention", {{"rope_theta", 1e4}}}};
                     }),
          "not one object for all layers");
  refused(withConfig("mistral", "layers",
                     [](Json& c) {
                       c["layer_types"] = {"full_attention", "chunked_attention"};
                     }),
          "'chunked_attention'");
  refused(withConfig("mistral", "count", [](Json& c) { c["layer_types"] = {"full_attention"}; }), "1 layer_types for 2 layers");
  refused(withConfig("mistral", "window", [](Json& c) { c["sliding_window"] = 0; }), "has to be above zero");
  refused(withConfig("gpt_neo", "neo", [](Json& c) { c["attention_layers"] = {"global", "local", "global", "strided"}; }), "'strided'");
  refused(withConfig("gpt_neo", "few", [](Json& c) { c["attention_layers"] = {"global"}; }), "the attention of 1 layers");
  refused(withConfig("gpt_neo", "unseen", [](Json& c) { c["window_size"] = 0; }), "window_size = 0");
  refused(withConfig("gemma2", "cap", [](Json& c) { c["final_logit_softcapping"] = 0.0; }), "final_logit_softcapping");
  refused(withConfig("llama", "stretch", [](Json& c) { c["rope_scaling"] = {{"type", "linear"}, {"factor", 0}}; }), "a factor of 0");
  refused(withConfig("llama", "contradiction",
                     [](Json& c) {
                       c["rope_scaling"] = {{"rope_type", "dynamic"}, {"type", "linear"}, {"factor", 2.0}};
                     }),
          "'dynamic' and 'linear' at once");
  refused(withConfig("gptj", "rotary", [](Json& c) { c["rotary_dim"] = 7; }), "would rotate 7 of the 16 numbers");
  refused(withConfig("gptj", "none", [](Json& c) { c["rotary_dim"] = nullptr; }), "without a rotary_dim");
  refused(withConfig("falcon", "norms", [](Json& c) { c["num_ln_in_parallel_attn"] = 2; }), "do not go together");
  CHECK_THROWS(openModel(withConfig("falcon", "kind", [](Json& c) { c["multi_query"] = "yes"; })), "neither true nor false");
  refused(withConfig("gemma2", "both", [](Json& c) { c["use_bidirectional_attention"] = true; }), "both directions");
  refused(withConfig("phi", "share", [](Json& c) { c["partial_rotary_factor"] = 1.5; }), "would rotate 24 of the 16 numbers");
  refused(withConfig("bloom", "slim", [](Json& c) { c["n_layer"] = 3; }), "lack the tensor 'h.2.");
  refused(withConfig("bloom", "slices",
                     [](Json& c) {
                       c.update({{"slow_but_exact", true}, {"pretraining_tp", 2}});
                     }),
          "products in slices");
  refused(withConfig("opt_proj", "wide", [](Json& c) { c["word_embed_proj_dim"] = 32; }), "[300, 16]");
}

TEST_CASE("GPT-Neo's attention may be told layer by layer or as runs") {
  const auto logits = [](const std::filesystem::path& folder) {
    const auto model = openModel(folder, {Precision::Fp32, "cpu"});
    Forest forest;
    forest.add(-1, 12);
    return model->logits(model->forward(model->inputEmbedding().narrow(0, 3, 12), {forest}));
  };
  const auto runs = withConfig("gpt_neo", "runs", [](Json& c) { c.erase("attention_layers"); });
  const auto other = withConfig("gpt_neo", "other", [](Json& c) { c["attention_layers"] = {"local", "global", "local", "global"}; });
  const at::Tensor given = logits(fixtures() / "gpt_neo" / "model");
  CHECK(logits(runs).equal(given));
  CHECK(!logits(other).equal(given));
}

TEST_CASE("what config.json leaves out is what transformers takes") {
  const auto bare = [](const char* variant, std::initializer_list<const char*> keys) {
    return readCard(withConfig(variant, std::string("bare-") + variant, [&](Json& c) {
      for (const char* key : keys)
        c.erase(key);
    }));
  };
  CHECK_EQUAL(bare("gpt2", {"n_positions"}).contextLength, std::int64_t{1024});
  CHECK_EQUAL(bare("gemma", {"head_dim"}).headSize, std::int64_t{256});
  CHECK_EQUAL(readCard(withConfig("mistral", "nulls", [](Json& c) { c["head_dim"] = c["num_key_value_heads"] = nullptr; })).keyValueHeads,
              std::int64_t{6});
  CHECK_EQUAL(bare("gpt_neox", {"tie_word_embeddings"}).tiedEmbeddings, false);
  CHECK_EQUAL(bare("opt", {"tie_word_embeddings", "word_embed_proj_dim"}).tiedEmbeddings, true);
  CHECK_EQUAL(bare("gpt_bigcode", {"multi_query"}).keyValueHeads, std::int64_t{1});
  CHECK_EQUAL(bare("falcon", {"multi_query", "num_kv_heads"}).keyValueHeads, std::int64_t{1});
  CHECK_EQUAL(bare("falcon", {}).intermediateSize, std::int64_t{128});
  CHECK_EQUAL(bare("opt_proj", {}).hiddenSize, std::int64_t{16});  // as wide as a virtual token
  CHECK_EQUAL(bare("opt_proj", {}).headSize, std::int64_t{8});
  const ModelCard longest = readCard(withConfig("phi3", "first-context", [](Json& c) {
    c.erase("original_max_position_embeddings");
    c.update({{"max_position_embeddings", 131072}, {"rope_scaling", {{"type", "longrope"}}}});
  }));
  CHECK_EQUAL(longest.contextLength, std::int64_t{131072});
  CHECK_EQUAL(longest.ropeBorder, std::int64_t{4096});
}

TEST_CASE("weights that do not fit config.json name the tensor and both shapes") {
  const auto folder = withConfig("gpt2", "narrow", [](Json& config) { config["vocab_size"] = 301; });
  CHECK_THROWS(openModel(folder), "'wte.weight'");
  CHECK_THROWS(openModel(folder), "[300, 32]");
  CHECK_THROWS(openModel(withConfig("gpt2", "deep", [](Json& config) { config["n_layer"] = 3; })), "lack the tensor 'h.2.");
}

TEST_CASE("a BERT saved for masked words alone has no pooler, and is told so") {
  const auto folder = withConfig("bert_seqcls", "masked", [](Json& c) {
    c["architectures"] = {"BertForMaskedLM"};
    c.erase("id2label");
  });
  const SafetensorsFile whole(fixtures() / "bert_seqcls" / "model" / "model.safetensors");
  std::vector<TensorToWrite> kept;
  for (const auto& [name, entry] : whole.tensors())
    if (!name.starts_with("bert.pooler.") && !name.starts_with("classifier.")) kept.push_back({name, entry.type, entry.shape, entry.bytes});
  writeSafetensors(folder / "model.safetensors", kept);
  CHECK_THROWS(openModel(folder), "'masked' (BertForMaskedLM) has no pooler");
  CHECK_THROWS(openModel(folder), "or a RoBERTa, which needs none");
  const ModelSummary summary = inspectModel(folder);
  CHECK(!summary.tunable && summary.why.find("has no pooler") != std::string::npos);
}

TEST_CASE("a missing or truncated shard is named") {
  const auto missing = copyOf("gpt2_sharded", "missing");
  std::filesystem::remove(missing / "model-00003-of-00005.safetensors");
  CHECK_THROWS(openModel(missing), "'model-00003-of-00005.safetensors'");
  const auto truncated = copyOf("gpt2_sharded", "truncated");
  const auto shard = truncated / "model-00002-of-00005.safetensors";
  std::filesystem::resize_file(shard, std::filesystem::file_size(shard) - 100);
  CHECK_THROWS(openModel(truncated), "model-00002-of-00005.safetensors");
  const auto outside = copyOf("gpt2_sharded", "outside");
  Json index = readJson(outside / "model.safetensors.index.json");
  index["weight_map"].begin().value() = "../../secret";
  writeJson(outside / "model.safetensors.index.json", index);
  CHECK_THROWS(openModel(outside), "outside the folder");
}

TEST_CASE("shards of pytorch_model.bin, and a weight that PyTorch saved as a transposed view") {
  const auto folder = scratch("bin-shards");
  std::filesystem::copy_file(fixtures() / "gpt2" / "model" / "config.json", folder / "config.json");
  const TensorFile original = readTensorFile(fixtures() / "gpt2" / "model" / "model.safetensors");
  std::vector<std::pair<std::string, std::string>> shards[2];
  std::vector<Member> storages[2];
  Json map;
  for (const auto& [name, entry] : original.tensors) {
    const int shard = map.size() % 2 == 0 ? 0 : 1;
    std::vector<std::int32_t> shape(entry.shape.begin(), entry.shape.end()), strides(shape.size(), 1);
    for (std::size_t i = shape.size(); i-- > 1;)
      strides[i - 1] = strides[i] * shape[i];
    std::string bytes(reinterpret_cast<const char*>(entry.bytes.data()), entry.bytes.size());
    if (name.ends_with("wte.weight")) {
      const auto rows = static_cast<std::size_t>(shape[0]), columns = static_cast<std::size_t>(shape[1]);
      for (std::size_t i = 0; i < rows * columns; ++i)
        std::memcpy(&bytes[4 * (i % columns * rows + i / columns)], entry.bytes.data() + 4 * i, 4);
      strides = {1, shape[0]};
    }
    shards[shard].emplace_back(name, tensor(storage("FloatStorage", name, static_cast<std::int32_t>(entry.elements())), 0, shape, strides));
    storages[shard].push_back({name, bytes});
    map[name] = "pytorch_model-0000" + std::to_string(shard + 1) + "-of-00002.bin";
  }
  for (int shard : {0, 1})
    writeFileAtomically(folder / ("pytorch_model-0000" + std::to_string(shard + 1) + "-of-00002.bin"),
                        torchZip(dictionary(shards[shard]), storages[shard]));
  writeJson(folder / "pytorch_model.bin.index.json", {{"weight_map", map}});

  const auto model = openModel(folder, {Precision::Fp32, "cpu"}), twin = openModel(fixtures() / "gpt2" / "model", {Precision::Fp32, "cpu"});
  CHECK(at::equal(model->inputEmbedding(), twin->inputEmbedding()));
  CHECK(model->inputEmbedding().is_contiguous());
  CHECK_EQUAL(model->weights().size(), twin->weights().size());
  CHECK_EQUAL(inspectModel(folder).parameters, inspectModel(fixtures() / "gpt2" / "model").parameters);
  std::filesystem::remove(folder / "pytorch_model-00002-of-00002.bin");
  CHECK_THROWS(openModel(folder), "'pytorch_model-00002-of-00002.bin'");
}

TEST_CASE("weights are views of the mapped file, not copies") {
  for (const char* variant : {"llama", "gpt2_bin"}) {
    const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
    const void* embedding = model->inputEmbedding().data_ptr();
    bool found = false;
    for (const auto& [name, tensor] : model->weights())
      found = found || tensor.data_ptr() == embedding;
    CHECK(found);
  }
}

TEST_CASE("an id that the vocabulary has not is refused before memory is read for it") {
  const auto model = openModel(fixtures() / "gpt2" / "model", {Precision::Fp32, "cpu"});
  const std::int64_t last = model->card().vocabularySize - 1;
  CHECK_EQUAL(model->embed(at::tensor(std::vector<std::int64_t>{0, last}, at::kLong)).size(0), std::int64_t{2});
  for (const std::int64_t id : {last + 1, std::int64_t{-1}, std::int64_t{1} << 40})
    CHECK_THROWS(model->embed(at::tensor(std::vector<std::int64_t>{0, id}, at::kLong)),
                 "has no token " + std::to_string(id) + ": its vocabulary ends at " + std::to_string(last));
}

TEST_CASE("a summary tells family, sizes and files without opening the weights") {
  const ModelSummary summary = inspectModel(fixtures() / "llama_bf16" / "model");
  CHECK(summary.tunable);
  CHECK_EQUAL(summary.card.family, "llama");
  CHECK_EQUAL(summary.storedType, "bf16");
  CHECK_EQUAL(summary.card.contextLength, std::int64_t{128});
  CHECK_EQUAL(summary.weightFiles.size(), std::size_t{1});
}
