// Bad input, one by one: a sentence that names what is wrong, exit status 1, nothing half-written, never a crash.
#include "tests/cli/program.h"
#include "tests/cli/small_model.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace incipit::test;
namespace fs = std::filesystem;

namespace {

struct Setting {
  fs::path model, data, run;

  explicit Setting(const std::string& name)
      : model(smallModel(name)), data(model.parent_path() / "data.jsonl"), run(model.parent_path() / "run") {
    write(data, "{\"text\": \"the sea is wide\"}\n{\"text\": \"the sand is hot\"}\n");
  }
  Outcome train(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"train", model.string(),         "--train", data.string(), "--steps",
                                       "2",     "--num-virtual-tokens", "4",       "--out",       run.string()};
    // A flag that is given again replaces the first one.
    for (std::size_t i = 0; i < more.size(); i += 2) {
      const auto found = std::find(arguments.begin(), arguments.end(), more[i]);
      if (found == arguments.end())
        arguments.insert(arguments.end(), {more[i], more[i + 1]});
      else
        *(found + 1) = more[i + 1];
    }
    return runCli(arguments);
  }
};

// The work failed with one sentence (and a remedy) that says all of `words`, and left no run behind.
void expectRefused(const Outcome& outcome, const std::vector<std::string>& words, const fs::path& run = {}) {
  if (outcome.status != 1) fail("exit status " + std::to_string(outcome.status) + ", said: " + outcome.err, __FILE__, __LINE__);
  CHECK(outcome.out.empty());
  for (const std::string& word : words)
    if (outcome.err.find(word) == std::string::npos) fail("\"" + outcome.err + "\" does not say \"" + word + "\"", __FILE__, __LINE__);
  const std::string last = outcome.err.substr(outcome.err.rfind("incipit-cli: "));
  CHECK_EQUAL(std::count(last.begin(), last.end(), '\n'), std::ptrdiff_t{1});
  if (!run.empty()) CHECK(!fs::exists(run / "adapter"));
}

void truncate(const fs::path& file, std::uintmax_t bytes) { fs::resize_file(file, fs::file_size(file) - bytes); }

}  // namespace

TEST_CASE("the small model trains: what follows fails for its own reason") {
  const Setting setting("fine");
  const Outcome outcome = setting.train();
  if (outcome.status != 0) fail(outcome.err, __FILE__, __LINE__);
  CHECK(fs::exists(setting.run / "adapter" / "adapter_config.json"));
}

TEST_CASE("a folder that is not a model") {
  const Setting setting("nomodel");
  fs::remove(setting.model / "config.json");
  expectRefused(setting.train(), {"config.json", setting.model.string()}, setting.run);
  expectRefused(runCli({"info", (setting.model / "nowhere").string()}), {"nowhere"});
}

TEST_CASE("an unsupported family is named, with the supported ones") {
  const Setting setting("family");
  changeConfig(setting.model, "model_type", "parrot");
  expectRefused(setting.train(), {"parrot", "gpt2", "llama"}, setting.run);
}

TEST_CASE("a missing shard and a truncated one") {
  const Setting setting("shards");
  fs::remove(setting.model / "model.safetensors");
  for (const auto& entry : fs::directory_iterator(fixtures() / "gpt2_sharded" / "model"))
    fs::copy(entry.path(), setting.model, fs::copy_options::overwrite_existing);
  const fs::path shard = setting.model / "model-00003-of-00005.safetensors";
  truncate(shard, 1000);
  expectRefused(setting.train(), {"model-00003-of-00005.safetensors"}, setting.run);
  fs::remove(shard);
  expectRefused(setting.train(), {"model-00003-of-00005.safetensors"}, setting.run);
}

TEST_CASE("a tensor of a wrong shape") {
  const Setting setting("shape");
  changeConfig(setting.model, "n_positions", 128);
  expectRefused(setting.train(), {"wpe.weight", "64", "128"}, setting.run);
}

TEST_CASE("a safetensors header that lies about sizes") {
  const Setting setting("liar");
  const fs::path file = setting.model / "model.safetensors";
  std::ifstream in(file, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  in.close();
  const auto place = bytes.find("[0,");
  bytes.replace(place, 3, "[9,");
  write(file, bytes);
  expectRefused(setting.train(), {"model.safetensors"}, setting.run);
  bytes.replace(0, 8, "\xff\xff\xff\xff\xff\xff\xff\x7f");  // a header longer than any file
  write(file, bytes);
  expectRefused(setting.train(), {"model.safetensors"}, setting.run);
}

TEST_CASE("a tokenizer that does not match the vocabulary") {
  const Setting setting("vocabulary");
  std::ifstream in(setting.model / "vocab.json");
  auto vocabulary = nlohmann::json::parse(in);
  for (auto& [token, id] : vocabulary.items())
    id = id.get<int>() + 1000;
  write(setting.model / "vocab.json", vocabulary.dump());
  expectRefused(setting.train(), {"vocabulary"}, setting.run);
}

TEST_CASE("an empty data file, one that is not there, one of broken rows") {
  const Setting setting("empty");
  write(setting.data, "");
  expectRefused(setting.train(), {"data.jsonl"}, setting.run);
  fs::remove(setting.data);
  expectRefused(setting.train(), {"data.jsonl"}, setting.run);
  write(setting.data, "{\"text\": \"the sea\"}\n{\"text\": \n");
  expectRefused(setting.train(), {"data.jsonl", "2"}, setting.run);
}

TEST_CASE("a row without the column, and a column that is not there") {
  const Setting setting("column");
  write(setting.data, "{\"text\": \"the sea\", \"label\": \"wet\"}\n{\"text\": \"the sand\"}\n");
  expectRefused(setting.train({"--label-column", "label"}), {"label", "2"}, setting.run);
  write(setting.data, "{\"text\": \"the sea\"}\n");
  expectRefused(setting.train({"--label-column", "mood"}), {"mood", "text"}, setting.run);
}

TEST_CASE("text longer than the context is counted and reported, never silently dropped") {
  const Setting setting("long");
  std::string text;
  for (int i = 0; i < 200; ++i)
    text += "sea ";
  write(setting.data, "{\"text\": \"" + text + "\"}\n{\"text\": \"the sand is hot\"}\n");
  const Outcome outcome = setting.train();
  CHECK_EQUAL(outcome.status, 0);
  CHECK(outcome.err.find("1 row") != std::string::npos && outcome.err.find("longer than the context") != std::string::npos);
}

TEST_CASE("more virtual tokens than the context holds") {
  const Setting setting("many");
  expectRefused(setting.train({"--num-virtual-tokens", "64"}), {"64 virtual tokens", "context"}, setting.run);
  expectRefused(setting.train({"--num-virtual-tokens", "0"}), {"at least one virtual token"}, setting.run);
}

TEST_CASE("an empty init text") {
  const Setting setting("text");
  expectRefused(setting.train({"--prompt-tuning-init", "TEXT"}), {"init text is empty"}, setting.run);
}

TEST_CASE("a learning rate of zero, an absurd one, and one that breaks the run") {
  const Setting setting("rate");
  expectRefused(setting.train({"--learning-rate", "0"}), {"learning rate", "0.03"}, setting.run);
  expectRefused(setting.train({"--learning-rate", "1e9"}), {"learning rate"}, setting.run);
  expectRefused(setting.train({"--learning-rate", "nan"}), {"learning rate"}, setting.run);
}

TEST_CASE("an output folder that cannot be written, and one that holds another run") {
  const Setting setting("out");
  write(setting.model.parent_path() / "file", "");
  expectRefused(setting.train({"--out", (setting.model.parent_path() / "file" / "run").string()}), {"file"}, setting.run);
  CHECK_EQUAL(setting.train().status, 0);
  const auto before = fs::last_write_time(setting.run / "events.jsonl");
  const Outcome second = setting.train();
  CHECK_EQUAL(second.status, 1);
  CHECK(second.err.find("holds another run") != std::string::npos);
  CHECK(fs::last_write_time(setting.run / "events.jsonl") == before);
}

TEST_CASE("a full disk") {
  if (access("/dev/full", W_OK) != 0) SKIP("this system has no /dev/full");
  const Setting setting("full");
  expectRefused(runCli({"export", (fixtures() / "gpt2" / "model").string(), "--prompt", (fixtures() / "gpt2" / "adapter").string(),
                        "--format", "npy", "--out", "/proc/incipit/prompt.npy"}),
                {"/proc/incipit"});
  // A run whose event file meets the end of the disk.
  fs::create_directories(setting.run);
  fs::create_symlink("/dev/full", setting.run / "events.jsonl");
  const Outcome outcome = setting.train();
  CHECK_EQUAL(outcome.status, 1);
  CHECK(outcome.err.find("incipit-cli: ") != std::string::npos);
}

TEST_CASE("a plan with a key that is none, and an adapter of another model") {
  const Setting setting("plan");
  const auto plan = setting.model.parent_path() / "plan.json";
  write(plan, "{\"learning_rat\": 0.1, \"train\": \"" + setting.data.string() + "\"}");
  expectRefused(runCli({"train", setting.model.string(), "--plan", plan.string()}), {"learning_rat", "Did you mean 'learning_rate'?"});
  write(plan, "{\"steps\": \"many\"}");
  expectRefused(runCli({"train", setting.model.string(), "--plan", plan.string()}), {"steps", "many"});

  write(plan, "{\"version\": 99, \"train\": \"x\"}");
  expectRefused(runCli({"train", setting.model.string(), "--plan", plan.string()}), {"version 99", "up to version 1"});
  write(plan, "{\"steps\": 1.18e20}");
  expectRefused(runCli({"train", setting.model.string(), "--plan", plan.string()}), {"steps", "whole number"});
  write(plan, "{\"learning_rate\": " + std::string(80'000, '[') + std::string(80'000, ']') + "}");
  expectRefused(runCli({"train", setting.model.string(), "--plan", plan.string()}), {"plan.json"});
  const auto with = [&](const char* flag, const char* value) {
    return runCli({"train", setting.model.string(), "--train", setting.data.string(), flag, value, "--out", setting.run.string()});
  };
  expectRefused(with("--epochs", "9223372036854775807"), {"epochs", "1,000,000,000"});
  expectRefused(with("--gradient-accumulation-steps", "1000000000"), {"100,000 batches"});

  const auto wide = setting.model.parent_path() / "wide.json";
  write(wide, "[[1, 2, 3], [4, 5, 6]]");
  expectRefused(runCli({"neighbours", setting.model.string(), "--prompt", wide.string()}), {"3 numbers", "32"});
  expectRefused(runCli({"generate", setting.model.string(), "--text", "sea", "--prompt", (setting.model / "none").string()}), {"none"});
}

TEST_CASE("generation without a text and without room") {
  const Setting setting("room");
  expectRefused(runCli({"generate", setting.model.string()}), {"text"});
  expectRefused(runCli({"generate", setting.model.string(), "--ids", "5000"}), {"5000"});
  std::string ids = "1";
  for (int i = 0; i < 70; ++i)
    ids += ",1";
  expectRefused(runCli({"generate", setting.model.string(), "--ids", ids}), {"64"});
}

namespace {

std::string nested(const std::string& before, const std::string& behind) {
  constexpr std::size_t levels = 80000;
  return before + std::string(levels, '[') + std::string(levels, ']') + behind;
}

}  // namespace

TEST_CASE("JSON nested as deep as a well, wherever JSON is read") {
  const Setting setting("deep");
  const std::string model = setting.model.string();
  write(setting.data, nested("{\"text\": ", "}\n"));
  expectRefused(setting.train(), {"data.jsonl", "levels deep"}, setting.run);
  write(setting.data, "{\"text\": \"the sea\"}\n");
  const fs::path plan = setting.model.parent_path() / "plan.json";
  write(plan, nested("{\"model\": ", "}"));
  expectRefused(runCli({"train", "--plan", plan.string()}), {"plan.json", "levels deep"});
  fs::create_directories(setting.model.parent_path() / "adapter");
  write(setting.model.parent_path() / "adapter" / "adapter_config.json", nested("{\"peft_type\": ", "}"));
  expectRefused(runCli({"neighbours", model, "--prompt", (setting.model.parent_path() / "adapter").string()}), {"levels deep"});
  write(setting.model / "generation_config.json", nested("{\"eos_token_id\": ", "}"));
  expectRefused(setting.train(), {"generation_config.json", "levels deep"}, setting.run);
  fs::remove(setting.model / "generation_config.json");
  write(setting.model / "tokenizer.json", nested("{\"model\": ", "}"));
  expectRefused(runCli({"tokenize", model, "--text", "a"}), {"tokenizer.json", "levels deep"});
}

TEST_CASE("what used to be something that the program did not expect") {
  const Setting setting("unexpected");
  write(setting.data, "{\"text\": 1e999}\n");
  expectRefused(setting.train(), {"data.jsonl", "too large"}, setting.run);
  write(setting.data, "{\"text\": \"the sea\"}\n");
  const fs::path bad = setting.model.parent_path() / "run\xFF";
  expectRefused(setting.train({"--out", bad.string()}), {"not UTF-8"}, bad);
  CHECK(!fs::exists(bad));
  std::ofstream(setting.model / "merges.txt", std::ios::app) << "x \xFF\n";
  expectRefused(setting.train(), {"merges.txt", "not UTF-8"}, setting.run);
  fs::remove(setting.model / "model.safetensors");
  fs::create_symlink("model.safetensors", setting.model / "model.safetensors");
  expectRefused(setting.train(), {"model.safetensors", "symbolic links"}, setting.run);
}

TEST_CASE("a processor that is none") {
  Conditions conditions;
  conditions.environment = {"INCIPIT_CPU=nonsense"};
  expectRefused(runCli({"info", (fixtures() / "gpt2" / "model").string()}, conditions), {"INCIPIT_CPU", "'nonsense'", "avx2"});
}

TEST_CASE("a pipe in place of a file is refused, not waited for") {
  const Setting setting("pipe");
  fs::remove(setting.data);
  CHECK_EQUAL(mkfifo(setting.data.c_str(), 0666), 0);
  expectRefused(setting.train(), {"data.jsonl", "is a pipe"}, setting.run);
}
