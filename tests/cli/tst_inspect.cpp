// incipit-cli inspect: each view's figures, in JSON against those of other programs, and in words.
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

// Numbers of tests/fixtures/attention/<variant>.
class Figures {
 public:
  explicit Figures(const std::string& variant) : m_file(fixtures() / "attention" / variant / "reference.safetensors") {}
  double operator()(const std::string& name, std::int64_t index) const {
    const TensorEntry& entry = m_file.tensors().at(name);
    const std::byte* from = entry.bytes.data() + index * (entry.type == ElementType::F32 ? 4 : 8);
    if (entry.type == ElementType::F32) return valueOf<float>(from);
    return entry.type == ElementType::F64 ? valueOf<double>(from) : static_cast<double>(valueOf<std::int64_t>(from));
  }

 private:
  template <class T>
  static double valueOf(const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return static_cast<double>(value);
  }
  SafetensorsFile m_file;
};

// The texts of a reference as rows of token ids.
std::filesystem::path rowsOf(const std::string& variant) {
  const Figures figures(variant);
  std::string lines;
  for (int text = 0; text < 2; ++text) {
    std::vector<int> ids, labels;
    for (int i = 0; i < 11; ++i)
      if (figures("attention_mask", 11 * text + i) == 1) {
        ids.push_back(static_cast<int>(figures("input_ids", 11 * text + i)));
        if (variant != "t5") labels.push_back(static_cast<int>(figures("labels", 11 * text + i)));
      }
    for (int i = 0; variant == "t5" && i < 6; ++i)
      labels.push_back(static_cast<int>(figures("labels", 6 * text + i)));
    lines += Json{{"input_ids", ids}, {"labels", labels}}.dump() + "\n";
  }
  const auto file = scratch("rows-" + variant) / "rows.jsonl";
  write(file, lines);
  return file;
}

std::vector<std::string> inspect(const std::string& variant, const std::string& view) {
  return {"inspect",     (fixtures() / variant / "model").string(),
          "--prompt",    (fixtures() / variant / (variant == "t5" ? "adapter_sub1" : "adapter")).string(),
          "--view",      view,
          "--precision", "fp32",
          "--data",      rowsOf(variant).string()};
}

Outcome run(std::vector<std::string> arguments, const std::vector<std::string>& more = {}) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Outcome outcome = runCli(arguments);
  if (outcome.status != 0) fail("exit status " + std::to_string(outcome.status) + ": " + outcome.err, __FILE__, __LINE__);
  return outcome;
}

}  // namespace

TEST_CASE("influence prints a row a virtual token, with PEFT's figures") {
  for (const std::string variant : {"qwen2", "t5"}) {
    const Figures figures(variant);
    const auto rows = run(inspect(variant, "influence"), {"--json"}).jsonLines();
    CHECK_EQUAL(rows.size(), std::size_t{5});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto at = static_cast<std::int64_t>(i);
      CHECK_EQUAL(rows[i]["row"].get<std::size_t>(), i);
      CHECK_CLOSE(rows[i]["influence"].get<double>(), figures("influence", at), 1e-5);
      CHECK_CLOSE(rows[i]["gate"].get<double>(), figures("gate", at), 1e-4 * figures("gate", at) + 1e-6);
    }
  }
  const Outcome words = run(inspect("qwen2", "influence"), {"--pairs"});
  CHECK(words.out.find("first-order guess") != std::string::npos && words.out.find("together") != std::string::npos);
}

TEST_CASE("attention prints a table a layer, and how loud the prompt is") {
  const Figures figures("llama");
  const auto layers = run(inspect("llama", "attention"), {"--json"}).jsonLines();
  CHECK_EQUAL(layers.size(), std::size_t{2});
  for (std::int64_t layer = 0; layer < 2; ++layer) {
    const Json& heads = layers[static_cast<std::size_t>(layer)]["attentions"];
    CHECK_EQUAL(heads.size(), std::size_t{6});
    for (std::int64_t head = 0; head < 6; ++head)
      for (std::int64_t query = 0; query < 16; ++query) {
        double sum = 0;
        for (std::int64_t key = 0; key < 16; ++key) {
          const double weight = heads[static_cast<std::size_t>(head)][static_cast<std::size_t>(query)][static_cast<std::size_t>(key)];
          CHECK_CLOSE(weight, figures("attentions." + std::to_string(layer), (head * 16 + query) * 16 + key), 1e-5);
          sum += weight;
        }
        CHECK_CLOSE(sum, 1, 1e-5);
      }
  }
  const Outcome words = run(inspect("llama", "attention"), {"--row", "1"});
  CHECK(words.out.find("The sink is") != std::string::npos && words.out.find("Petrov") != std::string::npos);
  const auto both = run(inspect("t5", "attention"), {"--json"}).jsonLines();
  CHECK_EQUAL(both[0]["cross_attentions"][0].size(), std::size_t{6});
  CHECK_EQUAL(both[0]["decoder_attentions"][0][0].size(), std::size_t{6});
}

TEST_CASE("the lens prints logits a layer with --full and the best five without, and where the prompt speaks") {
  const Figures figures("gpt2");
  const auto layers = run(inspect("gpt2", "lens"), {"--json", "--full"}).jsonLines();
  const auto best = run(inspect("gpt2", "lens"), {"--json"}).jsonLines();
  CHECK_EQUAL(layers.size(), std::size_t{3});
  for (std::int64_t layer = 0; layer < 3; ++layer) {
    const Json& logits = layers[static_cast<std::size_t>(layer)]["logits"];
    CHECK_EQUAL(logits.size(), std::size_t{16});
    double worst = 0, most = -1e9;
    for (std::int64_t row = 0; row < 16; ++row)
      for (std::int64_t token = 0; token < 300; ++token) {
        const double value = logits[static_cast<std::size_t>(row)][static_cast<std::size_t>(token)];
        worst = std::max(worst, std::abs(value - figures("lens." + std::to_string(layer), row * 300 + token)));
        if (row == 0) most = std::max(most, value);
      }
    CHECK_CLOSE(worst, 0, 1e-4);
    const Json& first = best[static_cast<std::size_t>(layer)]["best"][0];
    CHECK_EQUAL(first.size(), std::size_t{5});
    CHECK_CLOSE(first[0]["logit"].get<double>(), most, 1e-5);
  }
  const Outcome words = run(inspect("gpt2", "lens"));
  CHECK(words.out.find("Where does the prompt speak?") != std::string::npos);
  CHECK_EQUAL(run(inspect("t5", "lens"), {"--json", "--full"}).jsonLines()[0]["logits"].size(), std::size_t{6});
}

TEST_CASE("a model that classifies shows its classes, and has nothing to say") {
  const std::string model = (fixtures() / "bert_seqcls" / "model").string(),
                    prompt = (fixtures() / "bert_seqcls" / "adapter_full").string();
  const Figures figures("bert_seqcls");
  std::string ids;
  for (int i = 0; i < 11; ++i)
    ids += (i == 0 ? "" : ",") + std::to_string(static_cast<int>(figures("input_ids", i)));
  const std::vector<std::string> base{"inspect", model, "--prompt", prompt, "--ids", ids, "--precision", "fp32"};
  const auto layers = run(base, {"--view", "lens", "--json", "--full"}).jsonLines();
  CHECK_EQUAL(layers.size(), std::size_t{3});
  for (std::int64_t layer = 0; layer < 3; ++layer)
    for (std::int64_t label = 0; label < 3; ++label)
      CHECK_CLOSE(layers[static_cast<std::size_t>(layer)]["logits"][0][static_cast<std::size_t>(label)].get<double>(),
                  figures("lens." + std::to_string(layer), label), 1e-5);
  CHECK(run(base, {"--view", "lens"}).out.find("bare model") != std::string::npos);
  auto asked = base;
  asked.insert(asked.end(), {"--view", "ask"});
  const Outcome refused = runCli(asked);
  CHECK_EQUAL(refused.status, 1);
  CHECK(refused.err.find("cannot say what a prompt means") != std::string::npos);
}

TEST_CASE("a run shows its health with the start it kept, and every other view of the loss and of words") {
  const auto folder = scratch("run");
  const std::string model = smallModel("inspected").string(), run1 = (folder / "run").string();
  const auto data = folder / "data.csv";
  write(data, "text,label\nthe sea is wide,wet\nthe sand is hot,dry\nthe waves are high,wet\nthe sun is up,dry\n");
  const Outcome trained = runCli({"train", model, "--train", data.string(), "--label-column", "label", "--num-virtual-tokens", "3",
                                  "--steps", "4", "--batch-size", "2", "--precision", "fp32", "--out", run1});
  CHECK_EQUAL(trained.status, 0);
  const auto view = [&](const std::string& name) {
    return std::vector<std::string>{"inspect", model, "--prompt", run1, "--view", name, "--precision", "fp32"};
  };
  const auto health = run(view("health"), {"--json"}).jsonLines();
  CHECK_EQUAL(health.size(), std::size_t{3});
  CHECK(health[0]["start"]["drift"].get<double>() > 0 && health[0]["effective_rank"].get<double>() > 1);
  CHECK_CLOSE(health[1]["cosines"][1].get<double>(), 1, 1e-5);
  CHECK(run(view("health")).out.find("Effective rank") != std::string::npos);

  const std::vector<std::string> onData{"--data", data.string(), "--json"};
  const Json around = run(view("landscape"), onData).json();
  const Json judged = runCli({"evaluate", model, "--prompt", run1, "--data", data.string(), "--precision", "fp32", "--json"}).json();
  CHECK_CLOSE(around["loss"].get<double>(), judged["loss"].get<double>(), 1e-5);
  CHECK_EQUAL(around["rounded"].size(), std::size_t{3});
  CHECK(around["plane"]["towards_start"].get<bool>());
  CHECK_CLOSE(around["plane"]["losses"][3][3].get<double>(), judged["loss"].get<double>(), 1e-5);

  // Words typed in give the score they were given.
  auto repairing = onData;
  repairing.insert(repairing.end(), {"--budget", "5", "--text", "the {sea}"});
  const auto words = run(view("words"), repairing).jsonLines();
  CHECK_EQUAL(words[0]["way"].get<std::string>(), "prompt");
  CHECK_CLOSE(words[0]["loss"].get<double>(), judged["loss"].get<double>(), 1e-6);
  std::size_t typed = 0;
  for (const Json& line : words) {
    if (!line.contains("template")) continue;
    ++typed;
    const Json again = runCli({"evaluate", model, "--data", data.string(), "--label-column", "label", "--template",
                               line["template"].get<std::string>(), "--precision", "fp32", "--json"})
                           .json();
    CHECK_CLOSE(again["loss"].get<double>(), line["loss"].get<double>(), 1e-6);
  }
  CHECK(typed >= 3);  // nearest, own and repaired

  const auto answers = run(view("ask"), onData).jsonLines();
  CHECK(answers.size() >= 4);
  CHECK(answers[0].contains("prompt") && answers[0].contains("random") && answers[0].contains("start"));
  const Outcome several =
      run({"inspect", model, "--prompt", run1, (std::filesystem::path(run1) / "adapter").string(), "--view", "similarity", "--json"});
  CHECK_CLOSE(several.jsonLines()[0]["best_rows"][1].get<double>(), 1, 1e-5);
}

// The map of a run's snapshots is drawn on one picture: its last step is where the adapter is, and what is laid out once is kept.
TEST_CASE("the map places a run's snapshots into a picture that is kept") {
  const std::string model = smallModel("mapped").string(), cache = scratch("map-cache").string();
  const auto folder = scratch("mapped-run");
  const std::string runFolder = (folder / "run").string();
  write(folder / "data.csv", "text,label\nthe sea is wide,wet\nthe sand is hot,dry\nthe waves are high,wet\nthe sun is up,dry\n");
  CHECK_EQUAL(runCli({"train", model, "--train", (folder / "data.csv").string(), "--label-column", "label", "--num-virtual-tokens", "3",
                      "--steps", "4", "--snapshot-every", "2", "--batch-size", "2", "--precision", "fp32", "--out", runFolder})
                  .status,
              0);
  Conditions conditions;
  conditions.environment = {"XDG_CACHE_HOME=" + cache};
  const auto map = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"inspect", model, "--prompt", runFolder, "--view", "map", "--precision", "fp32"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = runCli(arguments, conditions);
    if (outcome.status != 0) fail(outcome.err, __FILE__, __LINE__);
    return outcome;
  };
  for (const std::string method : {"pca", "tsne", "umap"}) {
    const Outcome first = map({"--method", method, "--json", "--snapshots"});
    CHECK(first.err.find("Laying out 300 tokens") != std::string::npos);
    const auto rows = first.jsonLines();
    const Json& said = rows.back();
    CHECK_EQUAL(said["tokens"].get<int>(), 300);
    CHECK(said["kept"]["neighbours"].get<double>() >= 0 && said["kept"]["trustworthiness"].get<double>() <= 1);
    CHECK_EQUAL(rows.size(), std::size_t{3 + 3 + 3 + 1});  // after steps 2 and 4, the kept prompt, what is said of the picture
    CHECK_EQUAL(rows[0]["step"].get<int>(), 2);
    CHECK(!rows[rows.size() - 2].contains("step"));
    const Outcome again = map({"--method", method, "--json", "--full"});
    CHECK(again.err.find("Laying out") == std::string::npos);
    CHECK_EQUAL(again.jsonLines().size(), std::size_t{3 + 300 + 1});
    CHECK_EQUAL(again.jsonLines()[2]["x"].get<double>(), rows[rows.size() - 2]["x"].get<double>());
  }
  CHECK(map({}).out.find("by chance") != std::string::npos);
}

TEST_CASE("what a view lacks is said") {
  const std::string model = (fixtures() / "gpt2" / "model").string(), prompt = (fixtures() / "gpt2" / "adapter").string();
  const auto said = [&](const std::vector<std::string>& more, int status) {
    std::vector<std::string> arguments{"inspect", model, "--prompt", prompt};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = runCli(arguments);
    CHECK_EQUAL(outcome.status, status);
    return outcome.err;
  };
  CHECK(said({"--view", "influence"}, 1).find("--data") != std::string::npos);
  CHECK(said({"--view", "attention"}, 1).find("--text") != std::string::npos);
  CHECK(said({"--view", "similarity"}, 1).find("two or more") != std::string::npos);
  CHECK(said({"--view", "words", "--data", rowsOf("gpt2").string()}, 1).find("tokenizer") != std::string::npos);
  CHECK(!said({"--view", "dreams"}, 2).empty());
  CHECK(said({"--view", "lens", "--ids", "5,6", "--answer", "yes"}, 1).find("encoder-decoder") != std::string::npos);
}
