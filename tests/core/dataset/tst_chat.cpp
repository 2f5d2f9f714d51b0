// Rows in a chat template: the text is the user's, the label the assistant's, and only the answer's tokens are learned.
#include "core/chat/chat_format.h"
#include "core/dataset/examples.h"
#include "core/dataset/placement.h"
#include "core/dataset/shots.h"
#include "core/dataset/table.h"
#include "core/support/files.h"
#include "tests/harness/harness.h"

#include <nlohmann/json.hpp>

using namespace incipit;
using namespace incipit::test;

namespace {

constexpr const char* turns =
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}</s>\n{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

std::shared_ptr<const ChatFormat> format(const std::string& source, const std::string& system = {}) {
  return std::make_shared<const ChatFormat>(ChatTemplate(source, "chat template 'test'"), nlohmann::ordered_json::object(), system,
                                            "2026-03-05");
}

DataSettings settingsOf(const std::string& source, const std::string& system = {}) {
  DataSettings settings;
  settings.inputColumn = "text";
  settings.labelColumn = "label";
  settings.chat = format(source, system);
  settings.chatTemplate = "default";
  return settings;
}

Table tableOf(std::vector<std::vector<std::string>> rows) { return tableOfRows("rows.csv", {"text", "label"}, std::move(rows)); }

std::string scored(const Tokenizer& tokenizer, const Example& example) {
  std::vector<TokenId> ids;
  for (std::size_t i = 0; i < example.ids.size(); ++i)
    if (example.labels[i] != notScored) ids.push_back(example.ids[i]);
  return tokenizer.decode(ids, ShowSpecial::Yes);
}

std::shared_ptr<const Tokenizer> tiny() { return openTokenizer(fixtures() / "tokenizers" / "gpt2_tiny"); }

}  // namespace

TEST_CASE("a row is the chat's own text without more special tokens, and the answer with its end is learned") {
  const auto tokenizer = tiny();
  const Table table = tableOf({{"the sea", "good"}, {"a ship", "bad"}});
  const Examples examples = encode(table, settingsOf(turns, "Be brief."), tokenizer.get(), 500);
  CHECK_EQUAL(examples.items.size(), std::size_t{2});
  const std::string whole = "<system>Be brief.</s>\n<user>the sea</s>\n<assistant>good</s>\n";
  CHECK_EQUAL(examples.items[0].ids, tokenizer->encode(whole, SpecialTokens::Leave));
  CHECK_EQUAL(scored(*tokenizer, examples.items[0]), "good</s>\n");
  CHECK_EQUAL(examples.classes, (std::vector<std::string>{"good", "bad"}));
  CHECK_EQUAL(tokenizer->decode(examples.classTokens[1]), "bad");
  CHECK_EQUAL(examples.settings.chatTemplate, "default");
  const auto [front, label] = rendered(table, 0, settingsOf(turns));
  CHECK_EQUAL(front, "<user>the sea</s>\n<assistant>");
  CHECK_EQUAL(label, "good</s>\n");
}

TEST_CASE("what a template marks as the assistant's is learned, and nothing else") {
  const auto tokenizer = tiny();
  const std::string marked =
      "{% for m in messages %}[{{ m.role }}] {% if m.role == 'assistant' %}{% generation %}{{ m.content }}!{% endgeneration %} end"
      "{% else %}{{ m.content }}{% endif %}\n{% endfor %}{% if add_generation_prompt %}[assistant] {% endif %}";
  const Examples examples = encode(tableOf({{"the sea", "good"}}), settingsOf(marked), tokenizer.get(), 500);
  CHECK_EQUAL(scored(*tokenizer, examples.items[0]), "good!");
}

TEST_CASE("a template whose answer does not go on from its question is refused") {
  const auto tokenizer = tiny();
  const std::string turned = "{% if add_generation_prompt %}Q: {{ messages[0].content }}{% else %}A: {{ messages[1].content }}{% endif %}";
  CHECK_THROWS(encode(tableOf({{"the sea", "good"}}), settingsOf(turned), tokenizer.get(), 500),
               "which tokens are the answer's is not clear");
}

TEST_CASE("a text that is too long loses its end, not the chat around it") {
  const auto tokenizer = tiny();
  std::string sea;
  for (int i = 0; i < 60; ++i)
    sea += "the sea ";
  const Examples examples = encode(tableOf({{sea, "good"}}), settingsOf(turns), tokenizer.get(), 60);
  const std::string read = tokenizer->decode(examples.items[0].ids, ShowSpecial::Yes);
  CHECK_EQUAL(examples.truncated, std::int64_t{1});
  CHECK_EQUAL(examples.items[0].ids.size(), std::size_t{60});
  CHECK(read.starts_with("<user>the sea the sea"));
  CHECK(read.ends_with("</s>\n<assistant>good</s>\n"));
}

TEST_CASE("rows of ids and texts without an answer stand without a chat") {
  const auto tokenizer = tiny();
  DataSettings settings = settingsOf(turns);
  settings.labelColumn.clear();
  const Examples examples = encode(tableOf({{"the sea", "good"}}), settings, tokenizer.get(), 500);
  CHECK_EQUAL(examples.settings.chatTemplate, "none");
  CHECK_EQUAL(tokenizer->decode(examples.items[0].ids), "the sea");
}

TEST_CASE("rows of messages are whole chats, and what the assistant says is learned, every time it says something") {
  const auto tokenizer = tiny();
  const std::string chat = R"([{"role": "user", "content": "the sea"}, {"role": "assistant", "content": "good"},
    {"role": "user", "content": "a ship"}, {"role": "assistant", "content": "bad"}])";
  const Table table = tableOfRows("rows.csv", {"messages"}, {{chat}, {R"([{"role": "user", "content": "nobody answers"}])"}, {""}});
  DataSettings settings;
  settings.chat = format(turns, "Be brief.");
  settings.chatTemplate = "auto";
  const Examples examples = encode(table, settings, tokenizer.get(), 500);
  CHECK_EQUAL(examples.items.size(), std::size_t{1});
  CHECK_EQUAL(examples.unusable, 2);
  CHECK_EQUAL(examples.settings.inputColumn, "messages");
  CHECK(examples.settings.chat != nullptr);
  const std::string whole = "<system>Be brief.</s>\n<user>the sea</s>\n<assistant>good</s>\n<user>a ship</s>\n<assistant>bad</s>\n";
  CHECK_EQUAL(tokenizer->decode(examples.items[0].ids, ShowSpecial::Yes), whole);
  CHECK_EQUAL(scored(*tokenizer, examples.items[0]), "good</s>\nbad</s>\n");
  const auto [front, label] = rendered(table, 0, settings);
  CHECK_EQUAL(front + "|" + label, whole.substr(0, whole.size() - 8) + "|bad</s>\n");

  settings.chat = format(turns, placedText("{virtual_tokens} Be brief.").marked(0));
  settings.system = "{virtual_tokens} Be brief.";
  const Examples placed = encode(table, settings, tokenizer.get(), 500);
  const Example first = placed.items[0];
  CHECK_EQUAL(first.places.size(), std::size_t{1});
  CHECK_EQUAL(tokenizer->decode(std::vector<TokenId>(first.ids.begin(), first.ids.begin() + first.places[0].at), ShowSpecial::Yes),
              "<system>");
  CHECK_EQUAL(scored(*tokenizer, placed.items[0]), "good</s>\nbad</s>\n");

  // One that is too long loses its end.
  settings.system.clear();
  settings.chat = format(turns);
  const std::size_t upToGood = tokenizer->encode("<user>the sea</s>\n<assistant>good", SpecialTokens::Leave).size();
  CHECK_EQUAL(scored(*tokenizer, encode(table, settings, tokenizer.get(), static_cast<std::int64_t>(upToGood)).items[0]), "good");

  settings.chat = nullptr;
  CHECK_THROWS(encode(table, settings, tokenizer.get(), 500), "there is no chat template to write them with");
  settings.chat = format(turns);
  settings.textTemplate = "Say: {messages}";
  CHECK_THROWS(encode(table, settings, tokenizer.get(), 500), "the template would put them into another one");
}

TEST_CASE("in a whole chat a template marks the assistant's words itself, or writes each answer as it was asked, or is refused") {
  const auto tokenizer = tiny();
  const Table table =
      tableOfRows("rows.csv", {"messages"},
                  {{R"([{"role": "user", "content": "sea"}, {"role": "assistant", "content": "good"}, {"role": "user", "content": "ship"},
                     {"role": "assistant", "content": "bad"}])"}});
  DataSettings settings;
  settings.chatTemplate = "auto";
  settings.chat =
      format("{% for m in messages %}[{{ m.role }}] {% if m.role == 'assistant' %}{% generation %}{{ m.content }}!{% endgeneration %}"
             "{% else %}{{ m.content }}{% endif %}\n{% endfor %}{% if add_generation_prompt %}[assistant] {% endif %}");
  CHECK_EQUAL(scored(*tokenizer, encode(table, settings, tokenizer.get(), 500).items[0]), "good!bad!");
  settings.chat =
      format("{% for m in messages %}<{{ m.role }}>{% if m.role == 'user' or loop.last %}{{ m.content }}{% endif %}\n{% endfor %}"
             "{% if add_generation_prompt %}<assistant>{% endif %}");
  CHECK_THROWS(encode(table, settings, tokenizer.get(), 500), "writes an answer of the chat otherwise when the chat goes on");
  const Table lists = tableOfRows("rows.csv", {"messages"}, {{R"([{"role": "user", "content": "sea"}, 3])"}, {"[3]"}});
  settings.inputColumn = "messages";
  const Examples words = encode(lists, settings, tokenizer.get(), 500);  // no list of messages: text like any other
  CHECK(words.settings.chat == nullptr);
}

TEST_CASE("a chat template that is meant and not used is said, with the reason") {
  const auto tokenizer = tiny();
  const Table table = tableOf({{"the sea", "good"}, {"a ship", "bad"}});
  DataSettings settings = settingsOf(turns, "Be brief.");
  settings.labelColumn.clear();
  settings.system = "Be brief.";
  const Examples examples = encode(table, settings, tokenizer.get(), 500);
  CHECK_EQUAL(examples.settings.chatTemplate, "none");
  CHECK_EQUAL(examples.notes.size(), std::size_t{1});
  CHECK(examples.notes[0].find("without a label column there is no answer") != std::string::npos);
  CHECK(examples.notes[0].find("the system text is left out; 'label' looks like a label column") != std::string::npos);
  CHECK(encode(table, settingsOf(turns), tokenizer.get(), 500).notes.empty());
}

TEST_CASE("examples stand as earlier turns of the chat, where a template can write them, and are refused where it cannot") {
  const auto tokenizer = tiny();
  const Table table = tableOf({{"the sea", "good"}, {"a {ship}", "bad"}, {"rain", "bad"}});
  const DataSettings settings = completed(settingsOf(turns, "Be brief."), table);
  const std::vector<Shot> shots = {shotOf(table, 0, settings), shotOf(table, 1, settings)};
  CHECK_EQUAL(shots[1].asked, "a {ship}");
  CHECK_EQUAL(shots[1].answer, "bad");
  DataSettings said = settings;
  said.system = "Be brief.";
  const Examples examples = encode(table, withShots(said, table, shots), tokenizer.get(), 5000);
  const std::string whole = "<system>Be brief.</s>\n<user>the sea</s>\n<assistant>good</s>\n<user>a {ship}</s>\n<assistant>bad</s>\n"
                            "<user>rain</s>\n<assistant>bad</s>\n";
  CHECK_EQUAL(tokenizer->decode(examples.items[2].ids, ShowSpecial::Yes), whole);
  CHECK_EQUAL(scored(*tokenizer, examples.items[2]), "bad</s>\n");  // the examples' answers are not learned
  // Marked answers: the last one is the row's.
  const std::string marked = "{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}{{ m.content }}</s>"
                             "{% endgeneration %}{% else %}{{ m.content }}</s>{% endif %}\n{% endfor %}"
                             "{% if add_generation_prompt %}<assistant>{% endif %}";
  const Examples one = encode(table, withShots(completed(settingsOf(marked), table), table, shots), tokenizer.get(), 5000);
  CHECK_EQUAL(scored(*tokenizer, one.items[2]), "bad</s>");
  // A template for a single question.
  const std::string single = "{% if messages|length > 2 %}{{ raise_exception('only one question') }}{% endif %}" + std::string(turns);
  CHECK_THROWS(encode(table, withShots(completed(settingsOf(single), table), table, shots), tokenizer.get(), 5000), "only one question");
}

TEST_CASE("examples without a chat are put by the row's own template, a blank line behind each, braces and all") {
  const auto tokenizer = tiny();
  const Table table = tableOf({{"the sea", "good"}, {"a {ship}", "bad"}});
  DataSettings settings;
  settings.inputColumn = "text";
  settings.labelColumn = "label";
  settings.textTemplate = "{virtual_tokens}Text {{1}}: {text}\nMood:";
  const std::vector<Shot> shots = {shotOf(table, 1, settings)};
  const Examples examples = encode(table, withShots(settings, table, shots), tokenizer.get(), 5000);
  CHECK_EQUAL(tokenizer->decode(examples.items[0].ids), "Text {1}: a {ship}\nMood: bad\n\nText {1}: the sea\nMood: good");
  CHECK(examples.items[0].places.empty());
}
