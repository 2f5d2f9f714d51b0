// Where a model folder keeps its chat templates, errors in a person's words, and times that stand still.
#include "core/chat/chat_template.h"
#include "core/chat/model_template.h"
#include "core/support/files.h"
#include "tests/harness/harness.h"

#include <nlohmann/json.hpp>

using namespace incipit;
using namespace incipit::test;
using OrderedJson = nlohmann::ordered_json;

namespace {

std::string names(const std::filesystem::path& folder) {
  std::string text;
  for (const ChatTemplateFile& one : chatTemplatesOf(folder))
    text += one.name + "=" + one.source + ";";
  return text;
}

std::string said(const OrderedJson& chat, const std::string& source) { return ChatTemplate(source, "chat template 'x'").render(chat).text; }

const OrderedJson greeting = {{"messages", {{{"role", "user"}, {"content", "Hi"}}}}};

}  // namespace

TEST_CASE("a model's own files come before its configuration") {
  const auto folder = scratch("templates");
  CHECK_EQUAL(names(folder), "");
  writeFileAtomically(folder / "chat_template.json", R"({"chat_template": "processor"})");
  CHECK_EQUAL(names(folder), "default=processor;");
  writeFileAtomically(folder / "tokenizer_config.json",
                      R"({"chat_template": "config", "bos_token": "<s>", "eos_token": {"content": "</s>"}})");
  CHECK_EQUAL(names(folder), "default=config;");
  writeFileAtomically(
      folder / "tokenizer_config.json",
      R"({"chat_template": [{"name": "tool_use", "template": "T"}, {"name": "default", "template": "D"}], "bos_token": "<s>"})");
  CHECK_EQUAL(names(folder), "default=D;tool_use=T;");
  writeFileAtomically(folder / "special_tokens_map.json", R"({"bos_token": "other", "eos_token": {"content": "</s>"}})");
  CHECK_EQUAL(specialTokenTexts(folder).dump(), R"({"bos_token":"<s>","eos_token":"</s>"})");
  writeFileAtomically(folder / "chat_template.jinja", "file");
  std::filesystem::create_directory(folder / "additional_chat_templates");
  writeFileAtomically(folder / "additional_chat_templates" / "rag.jinja", "R");
  CHECK_EQUAL(names(folder), "default=file;rag=R;");
}

TEST_CASE("auto, none, a name and a file choose a template") {
  const auto folder = scratch("chosen"), bare = scratch("bare");
  writeFileAtomically(folder / "tokenizer_config.json",
                      R"({"chat_template": [{"name": "default", "template": "D"}, {"name": "rag", "template": "R"}]})");
  CHECK_EQUAL(chosenChatTemplate(folder, "auto")->source, "D");
  CHECK_EQUAL(chosenChatTemplate(folder, "rag")->source, "R");
  CHECK(!chosenChatTemplate(folder, "none"));
  CHECK(!chosenChatTemplate(bare, "auto"));
  writeFileAtomically(bare / "own.jinja", "F");
  CHECK_EQUAL(chosenChatTemplate(folder, (bare / "own.jinja").string())->source, "F");
  CHECK_THROWS(chosenChatTemplate(folder, "missing"), "auto, none, or one of: default, rag");
}

TEST_CASE("errors name the template, the line and what to try") {
  CHECK_THROWS(said(greeting, "a\n{{ 'b' | sparkle }}"),
               "The chat template 'x' cannot be read: there is no filter named 'sparkle' (line 2).");
  CHECK_THROWS(said(greeting, "{{ raise_exception('Only pairs, please') }}"), "refuses this chat: \"Only pairs, please\"");
  CHECK_THROWS(said(greeting, "a\n\n{{ messages[0].nothing.more }}"), "has no attribute 'nothing' (line 3)");
  CHECK_THROWS(said(greeting, "{% include 'x' %}"), "the tag 'include' is not carried out");
  CHECK_THROWS(said(greeting, "{% for x in range(99999) %}{% for y in range(99999) %}{% endfor %}{% endfor %}"),
               "more steps than any real template");
}

TEST_CASE("messages are prepared as transformers prepares them") {
  OrderedJson chat = {{"messages", {{{"role", "assistant"}, {"content", nullptr}, {"thinking", "hm"}}}}};
  CHECK_EQUAL(said(chat, "{{ messages }}"), "[{'thinking': 'hm', 'role': 'assistant', 'reasoning_content': 'hm'}]");
  chat["now"] = "2026-03-05T14:07:09";
  CHECK_EQUAL(said(chat, "{{ strftime_now('%d %b %Y, %A') }}"), "05 Mar 2026, Thursday");
  CHECK_EQUAL(said(greeting, "{{ bos_token is defined }}{{ tools is none }}{{ add_generation_prompt }}"), "FalseTrueFalse");
}

TEST_CASE("what cannot be told apart from another number is refused") {
  CHECK_THROWS(parseChat(R"({"messages": [], "variables": {"n": 123456789012345678901234567890}})", "chat.json"), "more than 64 bits");
  CHECK_EQUAL(parseChat(R"({"a": 1.2345678901234567890123, "b": "123456789012345678901234567890", "c": 1e30})", "chat.json").size(),
              std::size_t{3});
}
