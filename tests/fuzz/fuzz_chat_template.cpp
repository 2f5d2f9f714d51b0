// A chat template and the chat it is to render: a template comes with a model from anywhere, the chat from a table's rows.
#include "core/chat/chat_template.h"
#include "tests/fuzz/fuzz.h"

#include <nlohmann/json.hpp>

namespace incipit::fuzz {

void target(std::string_view input) {
  static const auto usual = parseChat(R"({"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi\n"},
    {"role": "assistant", "content": "Hello, Zoë."}], "tools": [{"type": "function", "function": {"name": "f", "parameters": {"x": 1.5}}}],
    "add_generation_prompt": true, "variables": {"bos_token": "<s>", "eos_token": "</s>"}, "now": "2026-03-05T14:07:09"})",
                                      "the usual chat");
  const auto words = parts(input, 2);
  taken([&] {
    const ChatTemplate chatTemplate(words[0], "the chat template");
    const RenderedChat rendered = chatTemplate.render(words[1].empty() ? usual : parseChat(words[1], "the chat"));
    if (rendered.answersDisplaced) return;
    std::size_t before = 0;
    for (const auto& answer : rendered.answers) {
      require(before <= answer.begin && answer.begin <= answer.end && answer.end <= rendered.text.size(),
              "answers stand in the text, in order");
      before = answer.end;
    }
  });
}

}  // namespace incipit::fuzz
