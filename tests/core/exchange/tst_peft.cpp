// PEFT's adapter folder: the very bytes PEFT writes, older versions read, wrong ones refused.
#include "core/exchange/peft.h"
#include "core/support/files.h"
#include "core/support/json.h"
#include "core/tensor/safetensors.h"
#include "tests/core/causal_variants.h"
#include "tests/core/class_variants.h"
#include "tests/core/encoder_decoder_variants.h"
#include "tests/harness/harness.h"

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

using namespace incipit;

namespace {

SoftPrompt small() {
  SoftPrompt prompt;
  prompt.rows = Matrix(2, 3);
  prompt.rows.values = {1, 2, 3, 4, 5, 6};
  prompt.origin = {"org/model", "gpt2", "abc", 300, 4, 8, PromptInit::ClassLabels, "", ""};
  return prompt;
}

// A written adapter with one key of its configuration changed (or taken out, with a discarded value).
std::filesystem::path withKey(const std::string& key, const Json& value) {
  const auto folder = test::scratch("peft") / "changed";
  writePeftAdapter(folder, small());
  Json config = readJson(folder / "adapter_config.json");
  if (value.is_discarded())
    config.erase(key);
  else
    config[key] = value;
  writeJson(folder / "adapter_config.json", config);
  return folder;
}

const Json absent = Json(Json::value_t::discarded);

}  // namespace

TEST_CASE("an adapter of PEFT, read and written, is byte for byte the same") {
  for (const auto& variant : test::causalVariants)
    for (const char* name : {"adapter", "adapter_init"}) {
      const auto theirs = test::fixtures() / variant / name;
      const auto ours = test::scratch("peft") / variant / name;
      const SoftPrompt prompt = readPeftAdapter(theirs);
      CHECK_EQUAL(prompt.length(), 5);
      CHECK_EQUAL(prompt.origin.modelName, "model");
      const auto files = writePeftAdapter(ours, prompt);
      CHECK_EQUAL(files[0], ours / "adapter_config.json");
      std::string config = readFile(theirs / "adapter_config.json");
      const std::string newer = "\"peft_version\": \"0.21.2\"";  // we name the version whose form we write
      if (const auto at = config.find(newer); at != std::string::npos) config.replace(at, newer.size(), "\"peft_version\": \"0.20.0\"");
      CHECK_EQUAL(readFile(ours / "adapter_config.json"), config);
      CHECK_EQUAL(readFile(ours / "adapter_model.safetensors"), readFile(theirs / "adapter_model.safetensors"));
    }
}

TEST_CASE("an adapter with a trained head, read and written, is byte for byte the same") {
  for (const auto& variant : test::classAdaptersOfPeft) {
    const auto theirs = test::fixtures() / variant / "adapter_full", ours = test::scratch("peft") / variant;
    const SoftPrompt prompt = readPeftAdapter(theirs);
    CHECK_EQUAL(classesOf(prompt.head), 3);
    writePeftAdapter(ours, prompt);
    CHECK_EQUAL(readFile(ours / "adapter_model.safetensors"), readFile(theirs / "adapter_model.safetensors"));
    Json config = readJson(theirs / "adapter_config.json");  // PEFT adds the names of heads each time a configuration is made
    std::set<std::string> once;
    std::erase_if(config["modules_to_save"].get_ref<Json::array_t&>(), [&](const Json& name) { return !once.insert(name).second; });
    CHECK_EQUAL(readFile(ours / "adapter_config.json"), prettyJson(config));
  }
}

TEST_CASE("an adapter of P-tuning holds the rows that its network yields, and becomes one of prompt tuning") {
  for (const std::string name : {"gpt2_mlp", "gpt2_lstm", "llama_mlp", "llama_lstm", "t5_mlp", "t5_lstm"}) {
    const SafetensorsFile reference(test::fixtures() / "ptuning" / name / "reference.safetensors");
    const auto& trained = reference.tensors().at("rows.final").bytes;
    const SoftPrompt prompt = readPeftAdapter(test::fixtures() / "ptuning" / name / "adapter");
    CHECK_EQUAL(prompt.rows.values.size() * sizeof(float), trained.size());
    CHECK(std::memcmp(prompt.rows.values.data(), trained.data(), trained.size()) == 0);
    const auto ours = test::scratch("peft") / name;
    writePeftAdapter(ours, prompt);
    CHECK_EQUAL(readJson(ours / "adapter_config.json").at("peft_type"), "PROMPT_TUNING");
    CHECK(readPeftAdapter(ours).rows == prompt.rows);
  }
}

TEST_CASE("a saved adapter holds the prompt that was trained, in every family") {
  for (const auto& variant : test::causalVariants) {
    const SafetensorsFile reference(test::fixtures() / variant / "reference.safetensors");
    const auto& trained = reference.tensors().at("prompt.final").bytes;
    const SoftPrompt prompt = readPeftAdapter(test::fixtures() / variant / "adapter");
    CHECK_EQUAL(prompt.rows.values.size() * sizeof(float), trained.size());
    CHECK(std::memcmp(prompt.rows.values.data(), trained.data(), trained.size()) == 0);
  }
}

TEST_CASE("adapters of encoder-decoder models, for one submodule and for two, are byte for byte the same") {
  for (const auto& variant : test::encoderDecoderVariants)
    for (const std::string sub : {"sub1", "sub2"}) {
      const SafetensorsFile reference(test::fixtures() / variant / "reference.safetensors");
      for (const std::string name : {"adapter_", "adapter_init_"}) {
        const auto theirs = test::fixtures() / variant / (name + sub), ours = test::scratch("peft") / variant / (name + sub);
        const SoftPrompt prompt = readPeftAdapter(theirs);
        CHECK_EQUAL(prompt.length(), 5);
        CHECK_EQUAL(prompt.unusedRows.rows, sub == "sub2" ? 5 : 0);
        CHECK(prompt.origin.task == PromptTask::Seq2SeqLm);
        writePeftAdapter(ours, prompt);
        for (const char* file : {"adapter_config.json", "adapter_model.safetensors"})
          CHECK_EQUAL(readFile(ours / file), readFile(theirs / file));
        CHECK_EQUAL(readPeftAdapter(ours), prompt);
        const auto& trained = reference.tensors().at(sub + (name == "adapter_" ? ".prompt.final" : ".prompt.init")).bytes;
        CHECK(std::memcmp(prompt.rows.values.data(), trained.data(), prompt.rows.values.size() * sizeof(float)) == 0);
      }
    }
}

TEST_CASE("what PEFT does not say about submodules is read from the rows") {
  const auto folder = test::scratch("peft") / "seq2seq";
  SoftPrompt prompt = small();
  prompt.origin.task = PromptTask::Seq2SeqLm;
  prompt.unusedRows = Matrix(2, 3);
  prompt.unusedRows.values = {7, 8, 9, 10, 11, 12};
  writePeftAdapter(folder, prompt);
  CHECK(readFile(folder / "README.md").find("AutoModelForSeq2SeqLM.from_pretrained") != std::string::npos);
  CHECK(readFile(folder / "README.md").find("use_cache") == std::string::npos);
  Json config = readJson(folder / "adapter_config.json");
  const auto with = [&](const char* key, const Json& value) {
    Json changed = config;
    changed[key] = value;
    writeJson(folder / "adapter_config.json", changed);
    return readPeftAdapter(folder);
  };
  CHECK_EQUAL(with("num_transformer_submodules", nullptr), prompt);
  CHECK_THROWS(with("num_transformer_submodules", 1), "'num_virtual_tokens' is 2");
  CHECK_THROWS(with("num_transformer_submodules", 3), "but a SEQ_2_SEQ_LM model has two");
  CHECK_THROWS(with("num_virtual_tokens", 4), "for 2 submodules");
  CHECK_THROWS(with("task_type", "CAUSAL_LM"), "encoder-decoder");
}

TEST_CASE("the initial text is written as Python escapes it") {
  SoftPrompt prompt = small();
  prompt.origin.init = PromptInit::Text;
  prompt.origin.initText = "gr\xC3\xBC\xC3\x9F \"dich\"\n";
  prompt.origin.tokenizerName = "org/tokenizer";
  const auto folder = test::scratch("peft") / "text";
  writePeftAdapter(folder, prompt);
  const std::string config = readFile(folder / "adapter_config.json");
  CHECK(config.find(R"("prompt_tuning_init": "TEXT",)") != std::string::npos);
  CHECK(config.find(R"("prompt_tuning_init_text": "gr\u00fc\u00df \"dich\"\n",)") != std::string::npos);
  CHECK(config.find(R"("tokenizer_name_or_path": "org/tokenizer")") != std::string::npos);
  CHECK_EQUAL(readPeftAdapter(folder), prompt);
}

TEST_CASE("what PEFT has no key for survives in a note beside it, and only while it is about the same numbers") {
  const auto folder = test::scratch("peft") / "note";
  writePeftAdapter(folder, small());
  CHECK_EQUAL(readPeftAdapter(folder), small());
  const Json config = readJson(folder / "adapter_config.json");
  CHECK_EQUAL(config["prompt_tuning_init"], Json("RANDOM"));
  std::vector<float> others(6, 0.5f);
  writeSafetensors(folder / "adapter_model.safetensors",
                   {{"prompt_embeddings", ElementType::F32, {2, 3}, std::as_bytes(std::span(others))}});
  const SoftPrompt prompt = readPeftAdapter(folder);
  CHECK_EQUAL(prompt.origin.weightFingerprint, "");
  CHECK_EQUAL(prompt.origin.modelName, "org/model");
}

TEST_CASE("adapters of other PEFT versions: missing keys take defaults, unknown keys are ignored") {
  const SoftPrompt old = readPeftAdapter(test::fixtures() / "peft_0.15/gpt2/adapter");
  CHECK_EQUAL(old.rows, readPeftAdapter(test::fixtures() / "gpt2/adapter").rows);
  for (const char* key : {"auto_mapping", "num_virtual_tokens", "token_dim", "num_transformer_submodules", "task_type", "num_layers"})
    CHECK_EQUAL(readPeftAdapter(withKey(key, absent)).rows, small().rows);
  CHECK_EQUAL(readPeftAdapter(withKey("from_the_future", {1, 2})).rows, small().rows);
}

TEST_CASE("adapters from before safetensors: adapter_model.bin holds the same rows") {
  for (const char* theirs : {"gpt2/adapter_bin", "peft_0.15/gpt2/adapter_bin"})
    CHECK_EQUAL(readPeftAdapter(test::fixtures() / theirs).rows, readPeftAdapter(test::fixtures() / "gpt2/adapter").rows);
}

TEST_CASE("an fp16 tensor is read as fp32") {
  const auto folder = withKey("revision", nullptr);
  const std::vector<std::uint16_t> halves = {0x3C00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600};
  writeSafetensors(folder / "adapter_model.safetensors",
                   {{"prompt_embeddings", ElementType::F16, {2, 3}, std::as_bytes(std::span(halves))}});
  CHECK_EQUAL(readPeftAdapter(folder).rows, small().rows);
}

TEST_CASE("wrong adapters are refused with file and key") {
  CHECK_THROWS(readPeftAdapter(withKey("peft_type", "LORA")), "'peft_type' is LORA, not PROMPT_TUNING");
  CHECK_THROWS(readPeftAdapter(withKey("peft_type", absent)), "there is no 'peft_type'");
  CHECK_THROWS(readPeftAdapter(withKey("task_type", "TOKEN_CLS")), "'task_type' is TOKEN_CLS");
  CHECK_THROWS(readPeftAdapter(withKey("num_transformer_submodules", 2)), "encoder-decoder");
  CHECK_THROWS(readPeftAdapter(withKey("num_virtual_tokens", 7)),
               "'num_virtual_tokens' is 7, but the tensor prompt_embeddings has the shape [2, 3]");
  CHECK_THROWS(readPeftAdapter(withKey("token_dim", 4)), "'token_dim' is 4");
  CHECK_THROWS(readPeftAdapter(withKey("token_dim", "3")), "'token_dim' should be a whole number");
  CHECK_THROWS(readPeftAdapter(withKey("base_model_name_or_path", 3)), "'base_model_name_or_path' should be a text");

  auto folder = withKey("revision", nullptr);
  const std::vector<float> six(6, 1.f);
  const auto bytes = std::as_bytes(std::span(six));
  writeSafetensors(folder / "adapter_model.safetensors", {{"lora_A", ElementType::F32, {2, 3}, bytes}});
  CHECK_THROWS(readPeftAdapter(folder), "no tensor 'prompt_embeddings' but 'lora_A'");
  writeSafetensors(folder / "adapter_model.safetensors", {{"prompt_embeddings", ElementType::F32, {6}, bytes}});
  CHECK_THROWS(readPeftAdapter(folder), "F32 of shape [6], not a table");
  writeSafetensors(folder / "adapter_model.safetensors", {{"prompt_embeddings", ElementType::F32, {0, 3}, {}}});
  CHECK_THROWS(readPeftAdapter(folder), "'num_virtual_tokens' is 2");
  writeFileAtomically(folder / "adapter_model.safetensors", "short");
  CHECK_THROWS(readPeftAdapter(folder), "not a sound safetensors file");
  std::filesystem::remove(folder / "adapter_model.safetensors");
  CHECK_THROWS(readPeftAdapter(folder), "has no adapter_model.safetensors");
  writeFileAtomically(folder / "adapter_model.bin", "PK");
  CHECK_THROWS(readPeftAdapter(folder), "does not begin as a file that torch.save wrote");
  writeFileAtomically(folder / "adapter_config.json", "{\"peft_type\": ");
  CHECK_THROWS(readPeftAdapter(folder), "not valid JSON");
  CHECK_THROWS(readPeftAdapter(test::scratch("peft") / "nowhere"), "adapter_config.json");
}

TEST_CASE("numbers that are not finite are neither written nor read") {
  SoftPrompt prompt = small();
  prompt.rows.values[4] = NAN;
  CHECK_THROWS(writePeftAdapter(test::scratch("peft") / "nan", prompt), "row 1, column 1");
  const auto folder = withKey("revision", nullptr);
  writeSafetensors(folder / "adapter_model.safetensors",
                   {{"prompt_embeddings", ElementType::F32, {2, 3}, std::as_bytes(std::span(prompt.rows.values))}});
  CHECK_THROWS(readPeftAdapter(folder), "a value that is not a number in row 1, column 1");
}

TEST_CASE("the model card has the front matter the Hub reads") {
  const auto folder = test::scratch("peft") / "card";
  writePeftAdapter(folder, small());
  const std::string card = readFile(folder / "README.md");
  CHECK(card.starts_with("---\nbase_model: \"org/model\"\nlibrary_name: peft\npipeline_tag: text-generation\n"));
  CHECK(card.find("2 virtual tokens of 3 numbers") != std::string::npos);
  CHECK(card.find("max_new_tokens=50, use_cache=False)") != std::string::npos);  // PEFT 0.21 with transformers 5
}

TEST_CASE("the model card tells template, labels, figures and a real row, and its lines go through that template") {
  const auto folder = test::scratch("peft") / "told";
  SoftPrompt prompt = small();
  prompt.origin.use = {
      "{column 1} says {{so}}:", {{"column 1", "a \"sea\"\nand ``` more"}}, "wet", {"dry", "wet"}, "rows.csv", 40, 9, 1.25, 0.5};
  writePeftAdapter(folder, prompt);
  CHECK_EQUAL(readPeftAdapter(folder), prompt);  // and all of it comes back
  const std::string card = readFile(folder / "README.md");
  for (const char* told : {"`rows.csv` for 40 steps", "| validation loss (nats) | 1.2500 |", "| accuracy | 50.0 % |",
                           "| validation rows | 9 |", "answer: wet", "taught: dry, wet.", "template = \"{column 1} says {{so}}:\"",
                           R"(template.format(**{"column 1": "a \"sea\"\nand ``` more"}))", "max_new_tokens=8"})
    if (card.find(told) == std::string::npos) test::fail(std::string("the card lacks: ") + told, __FILE__, __LINE__);
}
