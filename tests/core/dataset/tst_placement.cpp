// Where the virtual tokens stand: how a template says it, what becomes of a row, and what cannot be meant.
#include "core/chat/chat_format.h"
#include "core/dataset/asked_text.h"
#include "core/dataset/examples.h"
#include "core/dataset/table.h"
#include "core/support/error.h"
#include "tests/core/dataset/small_tokenizer.h"
#include "tests/harness/harness.h"

#include <nlohmann/json.hpp>

using namespace incipit;
using namespace incipit::test;

namespace {

Table table(std::vector<std::string> columns, std::vector<std::vector<std::string>> rows) {
  return tableOfRows("data.csv", std::move(columns), std::move(rows));
}

// The text as the model reads it, "*" for each row of a prompt of `rows`.
std::string read(const Tokenizer& tokenizer, const std::vector<TokenId>& ids, const Places& places, std::int64_t rows) {
  std::string text;
  for (const std::int64_t item : interleaved(ids.size(), places, rows))
    text += item < 0 ? "*" : tokenizer.piece(ids[static_cast<std::size_t>(item)]);
  return text;
}

std::string read(const Tokenizer& tokenizer, const Example& example, std::int64_t rows) {
  return read(tokenizer, example.ids, example.places, rows);
}

DataSettings settingsOf(const std::string& textTemplate, bool labelled = true) {
  DataSettings settings;
  settings.inputColumn = "text";
  if (labelled) settings.labelColumn = "label";
  settings.textTemplate = textTemplate;
  return settings;
}

const Table rows = table({"text", "label"}, {{"so good", "yes"}, {"so very bad", "no"}});

DataSettings chatSettings(const std::string& source, const std::string& textTemplate, const std::string& system = {}) {
  DataSettings settings = settingsOf(textTemplate);
  settings.system = system;
  settings.chatTemplate = "default";
  settings.chat = std::make_shared<const ChatFormat>(ChatTemplate(source, "chat template 'test'"), nlohmann::ordered_json::object(),
                                                     placedText(system).marked(0), "2026-03-05");
  return settings;
}

constexpr const char* turns =
    "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}.\n{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

}  // namespace

TEST_CASE("all virtual tokens stand where the template has them, and shares of them in their order") {
  const SmallTokenizer tokenizer;
  const auto first = [&](const std::string& text, std::int64_t count, bool labelled = true) {
    return read(tokenizer, encode(rows, settingsOf(text, labelled), &tokenizer, 100).items[0], count);
  };
  CHECK_EQUAL(first("{text}{virtual_tokens}\nlabel:", 3), "<s>so good***\nlabel: yes</s>");
  CHECK_EQUAL(first("{text}\nlabel:{virtual_tokens}", 3), "<s>so good\nlabel:*** yes</s>");
  CHECK_EQUAL(first("{virtual_tokens:1}{text}{virtual_tokens:2} is", 3), "*<s>so good** is yes</s>");
  CHECK_EQUAL(first("Say {virtual_tokens}{text}", 2, false), "<s>Say **so good</s>");
  CHECK(encode(rows, settingsOf("{virtual_tokens}{text}"), &tokenizer, 100).items[0].places.empty());  // in front, as ever
  CHECK_EQUAL(first("{virtual_tokens}{text}", 2), "**<s>so good yes</s>");
  const Examples answered = encode(rows, settingsOf("{text}{virtual_tokens} ?"), &tokenizer, 100, {}, Reading::TextAndTarget);
  CHECK_EQUAL(read(tokenizer, answered.items[0], 2), "<s>so good** ?</s>");
  const auto [front, label] = rendered(rows, 0, settingsOf("{text}{virtual_tokens:2}\nlabel:"));
  CHECK_EQUAL(front + "|" + label, "so good{virtual_tokens:2}\nlabel:| yes");
  const Examples placed = encode(rows, settingsOf("{text}{virtual_tokens}\nlabel:"), &tokenizer, 100);
  CHECK_EQUAL(placed.example.textTemplate, "{text}{virtual_tokens}\nlabel:");
  CHECK(placed.example.placed);
  CHECK(!encode(rows, settingsOf("{text}"), &tokenizer, 100).example.placed);
}

TEST_CASE("an empty value does not move what stands behind it in front of all") {
  const SmallTokenizer tokenizer;
  const Table data = table({"title", "text"}, {{"", "so good"}});
  CHECK_EQUAL(read(tokenizer, encode(data, settingsOf("{title}{virtual_tokens}{text}", false), &tokenizer, 100).items[0], 2),
              "<s>**so good</s>");
}

TEST_CASE("a column of that name wins, and it is said") {
  const SmallTokenizer tokenizer;
  const Table data = table({"text", "virtual_tokens", "label"}, {{"so good", " seven", "yes"}});
  const Examples examples = encode(data, settingsOf("{text}{virtual_tokens}"), &tokenizer, 100);
  CHECK_EQUAL(read(tokenizer, examples.items[0], 1), "*<s>so good seven yes</s>");
  CHECK_EQUAL(examples.notes.size(), std::size_t{1});
  CHECK(examples.notes[0].find("is the column of that name") != std::string::npos);
  CHECK(!examples.example.placed);
}

TEST_CASE("a text that is too long is cut in front of its places, and a row without room for them is left out") {
  const SmallTokenizer tokenizer;
  const Table data = table({"text", "label"}, {{"a b c d e f g", "yes"}, {"h", "no"}});
  const Examples labelled = encode(data, settingsOf("Text: {text}{virtual_tokens} Answer:"), &tokenizer, 7);
  CHECK_EQUAL(read(tokenizer, labelled.items[0], 2), "<s>Text: a b** Answer: yes</s>");
  CHECK_EQUAL(labelled.truncated, 1);
  const Examples whole = encode(data, settingsOf("Say {text}{virtual_tokens} and so on", false), &tokenizer, 8);
  CHECK_EQUAL(read(tokenizer, whole.items[0], 2), "<s>Say a b** and so on</s>");
  const Table one = table({"text", "note", "label"}, {{"a", "b", "yes"}, {"a", "b b b b b b b b", "no"}});
  const Examples few = encode(one, settingsOf("{note}{virtual_tokens} {text}"), &tokenizer, 6);
  CHECK_EQUAL(few.items.size(), std::size_t{1});  // the other's note alone is longer: its places would go with it
  CHECK_EQUAL(few.unusable, 1);
  CHECK_THROWS(encode(data, settingsOf("one two three {virtual_tokens} four {text}"), &tokenizer, 4), "cutting it would cut them away");
}

TEST_CASE("places that cannot be meant are refused in a sentence") {
  const SmallTokenizer tokenizer;
  const auto refused = [&](const std::string& text, const std::string& why, bool labelled = true) {
    CHECK_THROWS(encode(rows, settingsOf(text, labelled), &tokenizer, 100), why.c_str());
  };
  refused("{text}{virtual_tokens", "never closes: '{virtual_tokens'");
  refused("{virtual_tokens {text}", "never closes");
  refused("{virtual_tokens}{text}{virtual_tokens}", "stands 2 times");
  refused("{virtual_tokens:2}{text}{virtual_tokens}", "means all of them, and others are placed besides");
  refused("{text}{virtual_tokens:0}", "gives no number of virtual tokens");
  refused("{text}{virtual_tokens:many}", "gives no number of virtual tokens");
  refused("{virtual_tokens}", "names no column");
  refused("{text} {label}{virtual_tokens}", "shows the model the answer");
  DataSettings unended = settingsOf("{text}{virtual_tokens}", false);
  unended.endOfText = false;
  CHECK_THROWS(encode(rows, unended, &tokenizer, 100), "stand behind everything that is learned");
  const Table ids = tableOfTokenised("ids.jsonl", {{{1, 2}, {1, 2}}});
  CHECK_THROWS(encode(ids, settingsOf("{text}{virtual_tokens}"), nullptr, 9), "are tokens already");
  CHECK_THROWS(interleaved(3, {{0, 2}, {2, 3}}, 6), "shares out 2 + 3 = 5 virtual tokens, and the prompt has 6");
}

TEST_CASE("in a chat they stand within the user's words, or the system's") {
  const SmallTokenizer tokenizer;
  const auto first = [&](const DataSettings& settings, std::int64_t count) {
    return read(tokenizer, encode(rows, settings, &tokenizer, 100).items[0], count);
  };
  CHECK_EQUAL(first(chatSettings(turns, "{text}{virtual_tokens} ?"), 2), "<user>so good** ?.\n<assistant>yes.\n");
  CHECK_EQUAL(first(chatSettings(turns, "{text} {virtual_tokens:1}", "Be {brief} {virtual_tokens:2}"), 3),
              "<system>Be {brief} **.\n<user>so good *.\n<assistant>yes.\n");
  const auto [front, label] = rendered(rows, 0, chatSettings(turns, "{text}{virtual_tokens} ?"));
  CHECK_EQUAL(front, "<user>so good{virtual_tokens} ?.\n<assistant>");
  CHECK_EQUAL(label, "yes.\n");
  const Examples examples = encode(rows, chatSettings(turns, "{text}", "{virtual_tokens} Be brief."), &tokenizer, 100);
  CHECK_EQUAL(examples.example.system, "{virtual_tokens} Be brief.");
  CHECK(examples.example.placed);
  // A long text loses its end, the places around it stay.
  const Table longer = table({"text", "label"}, {{"a b c d e f g h i j k l m n", "yes"}});
  CHECK_EQUAL(
      read(tokenizer,
           encode(longer, chatSettings(turns, "{virtual_tokens:1} {text} {virtual_tokens:1}!", "{virtual_tokens:1} S"), &tokenizer, 15)
               .items[0],
           3),
      "<system>* S.\n<user>* a b c d *!.\n<assistant>yes.\n");
}

TEST_CASE("a role that the chat template leaves out, or writes twice, is said") {
  const SmallTokenizer tokenizer;
  const std::string noSystem = "{% for m in messages if m.role != 'system' %}<{{ m.role }}>{{ m.content }}\n{% endfor %}{% if "
                               "add_generation_prompt %}<assistant>{% endif %}";
  CHECK_THROWS(encode(rows, chatSettings(noSystem, "{text}", "{virtual_tokens} Be brief."), &tokenizer, 100),
               "leaves out the place of virtual tokens that the system text has");
  const std::string twice =
      "{{ messages[0].content }} {{ messages[0].content }}{% if add_generation_prompt %}|{% else %}|{{ messages[1].content }}{% endif %}";
  CHECK_THROWS(encode(rows, chatSettings(twice, "{text}{virtual_tokens}"), &tokenizer, 100), "writes twice the place");
}

TEST_CASE("a text that is asked says where they stand, or reads like the template, or is put into it") {
  const SmallTokenizer tokenizer;
  const auto asked = [&](const std::string& text, const std::string& placedTemplate = {}) {
    const AskedText result = askedText(text, nullptr, {}, tokenizer, placedTemplate);
    return read(tokenizer, result.ids, result.places, 2) + (result.inTemplate ? " (in template)" : "");
  };
  CHECK_EQUAL(asked("so good"), "**<s>so good</s>");
  CHECK_EQUAL(asked("so{virtual_tokens} good"), "<s>so** good</s>");
  CHECK_EQUAL(asked("{virtual_tokens:1}so good{virtual_tokens:1}"), "*<s>so good*</s>");
  const std::string trained = "Text: {text}{virtual_tokens}\nlabel:";
  CHECK_EQUAL(asked("Text: so good\nlabel:", trained), "<s>Text: so good**\nlabel:</s>");
  CHECK_EQUAL(asked("so good", trained), "<s>Text: so good**\nlabel:</s> (in template)");
  CHECK_EQUAL(asked("so{virtual_tokens} good", trained), "<s>so** good</s>");
}

TEST_CASE("a text that can be put into no one column is refused, with what to write") {
  const SmallTokenizer tokenizer;
  CHECK_THROWS(askedText("so good", nullptr, {}, tokenizer, "{a}{virtual_tokens}\nand: {b}\nlabel:"), "does not read like its template");
  const AskedText like = askedText("so good\nand: that\nlabel:", nullptr, {}, tokenizer, "{a}{virtual_tokens}\nand: {b}\nlabel:");
  CHECK_EQUAL(read(tokenizer, like.ids, like.places, 1), "<s>so good*\nand: that\nlabel:</s>");
  CHECK_THROWS(askedText("so {virtual_tokens good", nullptr, {}, tokenizer), "is never closed");
}
