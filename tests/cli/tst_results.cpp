// What each command prints, in JSON and in words, on small models of known numbers.
#include "core/tensor/npy.h"
#include "core/tensor/safetensors.h"
#include "tests/cli/program.h"
#include "tests/cli/small_model.h"
#include "tests/harness/harness.h"

#include <cmath>
#include <cstring>

using namespace incipit;
using namespace incipit::test;
using Json = nlohmann::json;

namespace {

std::string adapter() { return (fixtures() / "gpt2" / "adapter").string(); }

std::vector<int> referenceIds(const std::string& name) {
  const SafetensorsFile file(fixtures() / "gpt2" / "reference.safetensors");
  const TensorEntry& entry = file.tensors().at(name);
  std::vector<int> ids;
  for (std::int64_t i = 0; i < entry.elements(); ++i) {
    std::int64_t id = 0;
    std::memcpy(&id, entry.bytes.data() + 8 * i, 8);
    ids.push_back(static_cast<int>(id));
  }
  return ids;
}

std::string joined(const std::vector<int>& ids) {
  std::string text;
  for (const int id : ids)
    text += (text.empty() ? "" : ",") + std::to_string(id);
  return text;
}

}  // namespace

TEST_CASE("info describes a model, and says of another why it cannot be tuned") {
  const Json json = runCli({"info", (fixtures() / "gpt2_sharded" / "model").string(), "--json"}).json();
  CHECK_EQUAL(json["family"].get<std::string>(), "gpt2");
  CHECK_EQUAL(json["hidden_size"].get<int>(), 32);
  CHECK_EQUAL(json["vocabulary_size"].get<int>(), 300);
  CHECK_EQUAL(json["context_length"].get<int>(), 64);
  CHECK_EQUAL(json["dtype"].get<std::string>(), "fp32");
  CHECK_EQUAL(json["files"].size(), std::size_t{5});
  CHECK_EQUAL(json["tunable"].get<bool>(), true);
  CHECK(!json.contains("why"));
  CHECK_EQUAL(json["rope_scaling"].get<std::string>(), "");

  const auto stretched = (fixtures() / "phi3_longrope" / "model").string();
  CHECK_EQUAL(runCli({"info", stretched, "--json"}).json()["rope_border"].get<int>(), 15);
  CHECK_EQUAL(runCli({"info", stretched, "--json"}).json()["context_length"].get<int>(), 64);
  CHECK(runCli({"info", stretched}).out.find("virtual tokens included, has at most 15 tokens") != std::string::npos);

  const auto folder = smallModel("other");
  changeConfig(folder, "model_type", "parrot");
  const Outcome other = runCli({"info", folder.string(), "--json"});
  CHECK_EQUAL(other.status, 0);
  CHECK_EQUAL(other.json()["tunable"].get<bool>(), false);
  CHECK(other.json()["why"].get<std::string>().find("'parrot'") != std::string::npos);
  CHECK(other.json()["why"].get<std::string>().find("llama") != std::string::npos);
  CHECK(runCli({"info", folder.string()}).out.find("Can be tuned  no.") != std::string::npos);
}

TEST_CASE("tokenize prints ids and pieces, a text a line, from a folder with only tokenizer files") {
  const std::string folder = (fixtures() / "tokenizers" / "gpt2_tiny").string();
  const Json json = runCli({"tokenize", folder, "--text", "the sea", "--json"}).json();
  CHECK_EQUAL(json["ids"].size(), json["tokens"].size());
  std::string text;
  for (const auto& token : json["tokens"])
    text += token.get<std::string>();
  CHECK_EQUAL(text, "the\u0120sea");

  const auto file = scratch("lines") / "lines.txt";
  write(file, "the sea\n\nthe end\n");
  const auto lines = runCli({"tokenize", folder, "--file", file.string(), "--json"}).jsonLines();
  CHECK_EQUAL(lines.size(), std::size_t{3});
  CHECK_EQUAL(lines[0], json);
  CHECK(lines[1]["ids"].empty());
}

TEST_CASE("generate gives the reference's greedy tokens, with and without a prompt") {
  const std::string model = (fixtures() / "gpt2" / "model").string(), text = joined(referenceIds("gen.input_ids"));
  for (const bool tuned : {true, false}) {
    std::vector<std::string> arguments{"generate", model, "--ids", text, "--max-new-tokens", "12", "--precision", "fp32", "--json"};
    if (tuned) arguments.insert(arguments.end(), {"--prompt", adapter()});
    auto expected = referenceIds(tuned ? "gen.output_ids" : "gen_base.output_ids");
    expected.erase(expected.begin(), expected.begin() + 7);  // new tokens only
    const Json json = runCli(arguments).json();
    CHECK_EQUAL(json["ids"].get<std::vector<int>>(), expected);
    CHECK(json["text"].is_null());  // no tokenizer in that folder
  }
}

TEST_CASE("generate streams text, and the same seed gives the same text") {
  const std::string model = smallModel("stream").string();
  const std::vector<std::string> arguments{"generate", model,           "--text", "the sea", "--max-new-tokens",
                                           "8",        "--temperature", "1",      "--seed",  "7"};
  const Outcome first = runCli(arguments), second = runCli(arguments);
  CHECK_EQUAL(first.status, 0);
  CHECK(first.out.size() > 1 && first.out.ends_with('\n'));
  CHECK_EQUAL(first.out, second.out);
  auto inJson = arguments;
  inJson.push_back("--json");
  CHECK_EQUAL(runCli(inJson).json()["text"].get<std::string>() + "\n", first.out);
}

TEST_CASE("neighbours finds for a row that is a token's embedding that token") {
  const auto folder = scratch("rows");
  const std::string model = smallModel("near").string();
  const SafetensorsFile weights(std::filesystem::path(model) / "model.safetensors");
  const auto& embedding = weights.tensors().at("transformer.wte.weight");
  Matrix rows(2, 32);
  for (const std::int64_t token : {17, 250})
    std::memcpy(rows.row(token == 17 ? 0 : 1).data(), embedding.bytes.data() + token * 32 * 4, 32 * 4);
  writeNpy(folder / "rows.npy", rows);
  for (const char* metric : {"cosine", "euclidean"}) {
    const auto lines = runCli({"neighbours", model, "--prompt", (folder / "rows.npy").string(), "--k", "3", "--metric", metric,
                               "--precision", "fp32", "--json"})
                           .jsonLines();
    CHECK_EQUAL(lines.size(), std::size_t{2});
    CHECK_EQUAL(lines[0]["row"].get<int>(), 0);
    CHECK_EQUAL(lines[0]["neighbours"].size(), std::size_t{3});
    CHECK_EQUAL(lines[0]["neighbours"][0]["id"].get<int>(), 17);
    CHECK_EQUAL(lines[1]["neighbours"][0]["id"].get<int>(), 250);
    CHECK(!lines[0]["neighbours"][0]["token"].get<std::string>().empty());
    CHECK(lines[0]["norm"].get<double>() > 0);
  }
  CHECK(runCli({"neighbours", model, "--prompt", adapter()}).out.find("of random vectors") != std::string::npos);
  const Outcome moved = runCli({"neighbours", model, "--prompt", adapter(), "--movement"});
  CHECK_EQUAL(moved.status, 1);
  CHECK(moved.err.find("run folder") != std::string::npos);
}

TEST_CASE("evaluate scores a prompt and the bare model on the same rows") {
  const std::string model = smallModel("score").string();
  const auto data = scratch("scored") / "data.csv";
  write(data, "text,label\nthe sea is wide,wet\nthe sand is hot,dry\nthe waves are high,wet\n");
  const std::vector<std::string> bare{"evaluate", model,         "--data", data.string(), "--label-column",
                                      "label",    "--precision", "fp32",   "--json"};
  auto tuned = bare;
  tuned.insert(tuned.end(), {"--prompt", adapter()});
  const Json without = runCli(bare).json(), with = runCli(tuned).json();
  for (const Json& json : {without, with}) {
    CHECK_EQUAL(json["examples"].get<int>(), 3);
    CHECK_CLOSE(std::log(json["perplexity"].get<double>()), json["loss"].get<double>(), 1e-9);
    CHECK(json["accuracy"].get<double>() >= 0 && json["accuracy"].get<double>() <= 1);
  }
  CHECK(std::abs(without["loss"].get<double>() - with["loss"].get<double>()) > 1e-3);
}

TEST_CASE("evaluate --baselines holds a run's prompt against simply asking, with the run's own training rows") {
  const std::string model = smallModel("asked").string();
  const auto folder = scratch("baselines");
  const std::string train = (folder / "train.csv").string(), data = (folder / "data.csv").string(), run = (folder / "run").string();
  write(train, "text,label\nthe tide,wet\nthe dune,dry\na wave,wet\na rock,dry\n");
  write(data, "text,label\nthe sea,wet\nthe sand,dry\nthe rain,wet\n");
  CHECK_EQUAL(runCli({"train",
                      model,
                      "--train",
                      train,
                      "--label-column",
                      "label",
                      "--steps",
                      "2",
                      "--batch-size",
                      "2",
                      "--num-virtual-tokens",
                      "2",
                      "--prompt-tuning-init",
                      "TEXT",
                      "--prompt-tuning-init-text",
                      "wet or dry",
                      "--precision",
                      "fp32",
                      "--out",
                      run})
                  .status,
              0);
  const Json baselines =
      runCli({"evaluate", model, "--prompt", run, "--data", data, "--precision", "fp32", "--baselines", "--json"}).json()["baselines"];
  CHECK_EQUAL(baselines.size(), std::size_t{4});
  const Json bare = runCli({"evaluate", model, "--data", data, "--label-column", "label", "--precision", "fp32", "--json"}).json();
  CHECK_CLOSE(baselines["bare_model"]["loss"]["value"].get<double>(), bare["loss"].get<double>(), 1e-6);
  CHECK(baselines["few_shot"]["shots"].get<int>() > 0);
  CHECK(std::abs(baselines["few_shot"]["loss"]["value"].get<double>() - bare["loss"].get<double>()) > 1e-4);
  CHECK(std::abs(baselines["start_text"]["loss"]["value"].get<double>() - bare["loss"].get<double>()) > 1e-4);
  CHECK_CLOSE(baselines["majority_class"]["accuracy"]["value"].get<double>(), 2.0 / 3, 1e-9);
  const Outcome text = runCli({"evaluate", model, "--data", data, "--label-column", "label", "--baselines"});
  CHECK(text.out.find("Training examples in the context: left out.") != std::string::npos);
}

TEST_CASE("a prompt goes out in every format and comes back as the same PEFT folder") {
  const auto folder = scratch("formats");
  const std::string model = (fixtures() / "gpt2" / "model").string();
  const SafetensorsFile original(fixtures() / "gpt2" / "adapter" / "adapter_model.safetensors");
  const auto& wanted = original.tensors().at("prompt_embeddings").bytes;
  for (const std::string format : {"peft", "npy", "kobold", "json", "safetensors"}) {
    const std::string out = (folder / (format == "kobold" ? "kobold.zip" : format == "peft" ? "peft" : "prompt." + format)).string();
    const Outcome exported = runCli({"export", model, "--prompt", adapter(), "--format", format, "--out", out, "--json"});
    CHECK_EQUAL(exported.status, 0);
    CHECK(!exported.json()["files"].empty());
    const std::string back = (folder / ("back-" + format)).string();
    CHECK_EQUAL(runCli({"import", model, out, "--out", back}).status, 0);
    const SafetensorsFile file(std::filesystem::path(back) / "adapter_model.safetensors");
    const auto& found = file.tensors().at("prompt_embeddings").bytes;
    CHECK(std::equal(found.begin(), found.end(), wanted.begin(), wanted.end()));
  }
}

TEST_CASE("hub list shows the models of the cache, one object a line") {
  const auto cache = scratch("cache");
  const auto snapshot = cache / "models--someone--small" / "snapshots" / "0123";
  std::filesystem::create_directories(snapshot);
  std::filesystem::copy(fixtures() / "gpt2" / "model", snapshot);
  Conditions conditions;
  conditions.environment = {"HF_HUB_CACHE=" + cache.string()};
  const auto lines = runCli({"hub", "list", "--json"}, conditions).jsonLines();
  CHECK_EQUAL(lines.size(), std::size_t{1});
  CHECK_EQUAL(lines[0]["name"].get<std::string>(), "someone/small");
  CHECK(lines[0]["bytes"].get<long>() > 100000);
  CHECK_EQUAL(runCli({"info", "someone/small", "--json"}, conditions).json()["name"].get<std::string>(), "someone/small");
}

TEST_CASE("wrong usage is told from failed work, and help is not a failure") {
  CHECK_EQUAL(runCli({}).status, 2);
  CHECK_EQUAL(runCli({"dance"}).status, 2);
  CHECK_EQUAL(runCli({"info"}).status, 2);
  CHECK_EQUAL(runCli({"train", "demo"}).status, 2);
  CHECK_EQUAL(runCli({"train", "demo", "--train", "x", "--optimizer", "adam"}).status, 2);
  CHECK_EQUAL(runCli({"train", "demo", "--train", "x", "--steps", "3", "--epochs", "2"}).status, 2);
  CHECK_EQUAL(runCli({"train", "demo", "--train", "x", "--steps", "many"}).status, 2);
  CHECK_EQUAL(runCli({"tokenize", "demo"}).status, 2);
  const Outcome version = runCli({"--version"});
  CHECK_EQUAL(version.status, 0);
  CHECK_EQUAL(version.out, std::string("incipit-cli ") + INCIPIT_VERSION + "\n");
  for (const char* command : {"info", "tokenize", "train", "resume", "evaluate", "generate", "neighbours", "export", "import", "hub"}) {
    const Outcome help = runCli({command, "--help"});
    CHECK_EQUAL(help.status, 0);
    CHECK(help.out.find("--") != std::string::npos);
  }
}

TEST_CASE("a Gemma prompt made elsewhere is taken for the newest, said, and --gemma-prompt decides otherwise; export writes either") {
  const std::string model = (fixtures() / "gemma" / "model").string(), older = (fixtures() / "gemma" / "adapter").string();
  const auto folder = scratch("gemma"), rows = folder / "rows.jsonl";
  write(rows, "{\"input_ids\": [5, 7, 9, 11, 13], \"labels\": [5, 7, 9, 11, 13]}\n");
  const auto lossOf = [&](std::vector<std::string> flags) {
    std::vector<std::string> command{"evaluate", model, "--data", rows.string(), "--precision", "fp32", "--json", "--prompt"};
    command.insert(command.end(), flags.begin(), flags.end());
    const Outcome outcome = runCli(command);
    CHECK_EQUAL(outcome.status, 0);
    return std::pair(outcome.json()["loss"].get<double>(), outcome.err);
  };
  const auto [assumed, said] = lossOf({older});
  CHECK(said.find("taken as scaled, as transformers 5") != std::string::npos);
  const auto [right, silent] = lossOf({older, "--gemma-prompt", "unscaled"});
  CHECK_EQUAL(silent, "");
  CHECK(std::abs(assumed - right) > 1e-3);
  for (const std::string transformers : {"5", "4"}) {
    const std::string out = (folder / ("for-" + transformers)).string();
    CHECK_EQUAL(
        runCli({"export", model, "--prompt", older, "--gemma-prompt", "unscaled", "--transformers", transformers, "--out", out}).status, 0);
    CHECK_CLOSE(lossOf({out}).first, right, 1e-6);
    CHECK_EQUAL(lossOf({out}).second.find("unscaled") != std::string::npos, transformers == "4");
  }
  const Outcome other = runCli({"generate", (fixtures() / "gpt2" / "model").string(), "--ids", "5", "--gemma-prompt", "scaled"});
  CHECK_EQUAL(other.status, 1);
  CHECK(other.err.find("is not a Gemma") != std::string::npos);
}
