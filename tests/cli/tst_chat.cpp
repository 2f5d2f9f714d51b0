// Chat templates from the terminal: shown, trained in, asked in, and written down in plan.json.
#include "tests/cli/program.h"
#include "tests/cli/small_model.h"
#include "tests/harness/harness.h"

using namespace incipit::test;
using Json = nlohmann::json;

namespace {

constexpr const char* turns =
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}!{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

std::filesystem::path instructModel(const std::string& name) {
  const auto folder = smallModel(name);
  write(folder / "chat_template.jinja", turns);
  return folder;
}

Json planOf(const std::filesystem::path& run) {
  std::ifstream in(run / "plan.json");
  return Json::parse(in);
}

}  // namespace

TEST_CASE("chat render gives a line a case: the text, the template's own words, or what is not carried out") {
  const auto folder = scratch("cases");
  write(folder / "turns.jinja", turns);
  write(folder / "no.jinja", "{{ raise_exception('Not like this') }}");
  write(folder / "odd.jinja", "{% include 'x' %}");
  std::string cases;
  for (const char* file : {"turns.jinja", "no.jinja", "odd.jinja"})
    cases += Json{{"id", file}, {"template", file}, {"messages", {{{"role", "user"}, {"content", "Hi"}}}}}.dump() + "\n";
  write(folder / "cases.jsonl", cases);
  const auto lines = runCli({"chat", "render", "--cases", (folder / "cases.jsonl").string()}).jsonLines();
  CHECK_EQUAL(lines.size(), std::size_t{3});
  CHECK_EQUAL(lines[0]["output"].get<std::string>(), "<user>Hi!");
  CHECK_EQUAL(lines[1]["error"]["kind"].get<std::string>(), "raised");
  CHECK_EQUAL(lines[1]["error"]["message"].get<std::string>(), "Not like this");
  CHECK_EQUAL(lines[2]["error"]["kind"].get<std::string>(), "refused");

  const auto model = instructModel("render");
  write(folder / "messages.json", R"([{"role": "user", "content": "Hi"}])");
  const Outcome shown =
      runCli({"chat", "render", model.string(), "--messages", (folder / "messages.json").string(), "--add-generation-prompt"});
  CHECK_EQUAL(shown.out, "<user>Hi!<assistant>\n");
}

TEST_CASE("a run in a chat says so, learns the answer with its end, and plan.json has the template") {
  const auto model = instructModel("chat"), folder = scratch("run");
  write(folder / "rows.csv", "text,label\nsea,yes\nship,no\n");
  const std::vector<std::string> flags = {
      "train", model.string(), "--train", (folder / "rows.csv").string(), "--label-column", "label", "--num-virtual-tokens", "2", "--steps",
      "1",     "--batch-size", "2"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), flags.begin(), flags.end());
    return runCli(more);
  };
  const Outcome chat = with({"--out", (folder / "a").string()});
  CHECK_EQUAL(chat.status, 0);
  CHECK(chat.err.find("stand in the chat template") != std::string::npos);
  CHECK(chat.err.find("<user>sea!<assistant>«yes!»") != std::string::npos);
  CHECK_EQUAL(planOf(folder / "a")["chat_template"].get<std::string>(), "default");
  const Outcome plain = with({"--out", (folder / "b").string(), "--chat-template", "none"});
  CHECK(plain.err.find("<user>") == std::string::npos);
  CHECK_EQUAL(planOf(folder / "b")["chat_template"].get<std::string>(), "none");
  CHECK(with({"--out", (folder / "c").string(), "--chat-template", "none", "--system", "x"}).err.find("no chat template") !=
        std::string::npos);

  // Asked as it was trained, unless a flag says otherwise.
  const auto asked = [&](const std::string& run, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"generate", model.string(), "--prompt",         (folder / run).string(),
                                      "--text",   "sea",          "--max-new-tokens", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return runCli(words).err.find("stands in the chat template") != std::string::npos;
  };
  CHECK(asked("a"));
  CHECK(!asked("a", {"--chat-template", "none"}));
  CHECK(!asked("b"));
}

TEST_CASE("rows of messages are trained as chats; a text without an answer says why its chat template is not used") {
  const auto model = instructModel("chats"), folder = scratch("chats_run");
  const Json chat = {{{"role", "user"}, {"content", "sea"}}, {{"role", "assistant"}, {"content", "yes"}}};
  write(folder / "rows.jsonl", Json{{"messages", chat}}.dump() + "\n");
  write(folder / "text.csv", "text,label\nsea,yes\nship,no\n");
  const auto trained = [&](const std::string& data, const std::string& out) {
    return runCli({"train", model.string(), "--train", (folder / data).string(), "--num-virtual-tokens", "2", "--steps", "1", "--out",
                   (folder / out).string()});
  };
  const Outcome chats = trained("rows.jsonl", "chats");
  CHECK_EQUAL(chats.status, 0);
  CHECK(chats.err.find("stand in the chat template") != std::string::npos);
  CHECK(chats.err.find("<user>sea!<assistant>«yes!»") != std::string::npos);
  CHECK_EQUAL(planOf(folder / "chats")["chat_template"].get<std::string>(), "default");
  const Outcome text = trained("text.csv", "text");
  CHECK_EQUAL(text.status, 0);
  CHECK(text.err.find("The chat template is not used: without a label column") != std::string::npos);
  CHECK(text.err.find("'label' looks like a label column") != std::string::npos);
  CHECK_EQUAL(planOf(folder / "text")["chat_template"].get<std::string>(), "none");
}
