// Rows in a chat template: the text is the user's, the label the assistant's, and only the answer's tokens are learned.
#include "core/chat/chat_format.h"
#include "core/dataset/examples.h"
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

Table tableOf(std::vector<std::vector<std::string>> rows) {
  Table table;
  table.file = "rows.csv";
  table.columns = {"text", "label"};
  table.rows = std::move(rows);
  return table;
}

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
