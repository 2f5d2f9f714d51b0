// Virtual tokens among the text from the terminal: trained, judged, asked, exported, and refused.
#include "tests/cli/program.h"
#include "tests/cli/small_model.h"
#include "tests/harness/harness.h"

using namespace incipit::test;
using Json = nlohmann::json;

namespace {

const std::string places = "{text}{virtual_tokens:1} is{virtual_tokens:3}\nlabel:";

struct Place {
  std::filesystem::path model = smallModel("placed"), folder = scratch("placed_run"), data = folder / "rows.csv";
  Place() { write(data, "text,label\nthe sea,yes\na ship,no\nthe sail,yes\na rope,no\n"); }

  Outcome train(const std::string& textTemplate, const std::string& out, std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"train",      model.string(), "--train", data.string(), "--label-column",       "label",
                                      "--template", textTemplate,   "--steps", "2",           "--num-virtual-tokens", "4",
                                      "--out",      path(out)};
    words.insert(words.end(), more.begin(), more.end());
    return runCli(words);
  }
  std::string path(const std::string& name) const { return (folder / name).string(); }
};

bool says(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("a run with the prompt among its text says where, keeps it, and everything that reads its adapter puts it there") {
  const Place at;
  const Outcome trained = at.train(places, "run");
  CHECK_EQUAL(trained.status, 0);
  CHECK(says(trained.err, "the sea[1 virtual token] is[3 virtual tokens]"));
  CHECK(says(trained.err, "can only put them in front"));
  std::ifstream plan(at.folder / "run" / "plan.json");
  CHECK_EQUAL(Json::parse(plan)["template"].get<std::string>(), places);

  const std::string adapter = at.path("run/adapter");
  const auto evaluated = [&](const std::string& prompt, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"evaluate",       at.model.string(), "--prompt", prompt,  "--data",
                                      at.data.string(), "--label-column",  "label",    "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return runCli(words);
  };
  const double ofRun = evaluated(at.path("run")).json()["loss"].get<double>();
  const Outcome ofAdapter = evaluated(adapter);
  CHECK_CLOSE(ofAdapter.json()["loss"].get<double>(), ofRun, 1e-9);
  CHECK(says(ofAdapter.err, "stands among the text, as it was trained"));
  const Outcome inFront = evaluated(adapter, {"--template", "{text} is\nlabel:"});
  CHECK(says(inFront.err, "puts it in front"));
  CHECK(std::abs(inFront.json()["loss"].get<double>() - ofRun) > 1e-4);

  const auto ids = [&](const std::string& text, const std::string& prompt) {
    return runCli({"generate", at.model.string(), "--prompt", prompt, "--text", text, "--max-new-tokens", "6", "--json"});
  };
  const Outcome likeTrained = ids("the sea is\nlabel:", adapter), put = ids("the sea", adapter);
  CHECK_EQUAL(put.json()["ids"], likeTrained.json()["ids"]);
  CHECK(says(put.err, "stands in the template that the prompt was trained in") && !says(likeTrained.err, "stands in the template"));
  CHECK_EQUAL(ids("the sea{virtual_tokens:1} is{virtual_tokens:3}\nlabel:", adapter).json()["ids"], put.json()["ids"]);
  CHECK(says(ids("the sea{virtual_tokens:2}", adapter).err, "shares out 2 virtual tokens, and the prompt has 4"));

  for (const std::string format : {"peft", "npy", "json"}) {
    const Outcome out = runCli({"export", at.model.string(), "--prompt", adapter, "--format", format, "--out", at.path("as_" + format)});
    CHECK_EQUAL(out.status, 0);
    CHECK(says(out.err, "can only put them in front of it"));
  }
  CHECK_CLOSE(evaluated(at.path("as_json")).json()["loss"].get<double>(), ofRun, 1e-9);
  std::ifstream card(at.folder / "as_peft" / "README.md");
  CHECK(says(std::string(std::istreambuf_iterator<char>(card), {}), "were trained among the text"));

  CHECK_EQUAL(at.train("{text}\nlabel:", "front").status, 0);
  CHECK_EQUAL(runCli({"export", at.model.string(), "--prompt", at.path("front"), "--out", at.path("as_usual")}).err, "");
  const Outcome both = evaluated(at.path("run"), {"--compare", at.path("front/adapter")});
  CHECK_CLOSE(both.json()["loss"].get<double>(), ofRun, 1e-9);
}

TEST_CASE("a run goes on, and is done again, with its prompt in the same places") {
  const Place at;
  CHECK_EQUAL(at.train(places, "run").status, 0);
  CHECK_EQUAL(runCli({"resume", at.path("run"), "--steps", "4"}).status, 0);
  CHECK_EQUAL(runCli({"train", "--plan", at.path("run/plan.json"), "--out", at.path("again"), "--json"}).status, 0);
}

TEST_CASE("shares that do not add up, and places that are never closed, are refused before anything is trained") {
  const Place at;
  const auto refused = [&](const std::string& textTemplate, const std::string& why) {
    const Outcome outcome = at.train(textTemplate, "refused");
    CHECK_EQUAL(outcome.status, 1);
    if (!says(outcome.err, why)) fail("it says: " + outcome.err, __FILE__, __LINE__);
    CHECK(!std::filesystem::exists(at.folder / "refused" / "plan.json"));
  };
  refused("{text}{virtual_tokens:1}{virtual_tokens:2}:", "shares out 1 + 2 = 3 virtual tokens, and the prompt has 4");
  refused("{text}{virtual_tokens", "never closes");
  refused("{virtual_tokens}{text}{virtual_tokens}", "stands 2 times");
}
