// incipit-cli chat render: carries chat templates out.
#include "app/cli/commands.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/chat/chat_template.h"
#include "core/chat/model_template.h"
#include "core/hub/find_model.h"
#include "core/support/files.h"
#include "core/support/parse_json.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

namespace incipit::cli {
namespace {

using OrderedJson = nlohmann::ordered_json;

struct Flags {
  std::string model, cases, messages, chosen = "auto";
  bool addGenerationPrompt = false, json = false;
};

void print(const OrderedJson& value) {
  std::cout << value.dump(-1, ' ', /*ensure_ascii=*/false, OrderedJson::error_handler_t::replace) << '\n';
}

OrderedJson spansOf(const RenderedChat& rendered) {
  OrderedJson spans = OrderedJson::array();
  const auto letters = [&](std::size_t bytes) {
    return std::count_if(rendered.text.begin(), rendered.text.begin() + static_cast<std::ptrdiff_t>(std::min(bytes, rendered.text.size())),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  };
  for (const auto& span : rendered.answers)
    spans.push_back({letters(span.begin), letters(span.end)});
  return spans;
}

OrderedJson answerTo(std::string_view line, const std::string& origin, const std::filesystem::path& folder) {
  JsonProblem problem;
  const auto test = parseJsonAs<OrderedJson>(line, problem);
  if (!test.is_object() || !test.contains("template") || !test["template"].is_string())
    throw FormatError("'" + origin + "' is not a case.", "Each line is an object with \"template\" and \"messages\".");
  OrderedJson answer = OrderedJson::object();
  answer["id"] = test.contains("id") ? test["id"] : OrderedJson();
  try {
    const std::string file = test["template"].get<std::string>();
    const ChatTemplate chatTemplate(readFile(folder / file), "chat template '" + file + "'");
    const RenderedChat rendered = chatTemplate.render(parseChat(line, origin));
    answer["output"] = rendered.text;
    if (chatTemplate.marksAnswers()) answer["assistant_spans"] = spansOf(rendered);
  } catch (const ChatTemplateError& error) {
    using Kind = ChatTemplateError::Kind;
    answer["error"]["kind"] = error.kind() == Kind::Raised ? "raised" : error.kind() == Kind::Refused ? "refused" : "failed";
    answer["error"]["message"] = error.message();
  }
  return answer;
}

// Each case on its own: one that cannot be rendered is a line of the result, not the end.
int renderCases(const Flags& flags) {
  const std::string content = readFile(flags.cases);
  std::size_t number = 0;
  for (std::size_t start = 0; start < content.size();) {
    const std::size_t end = std::min(content.find('\n', start), content.size());
    const std::string_view line = std::string_view(content).substr(start, end - start);
    start = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    print(answerTo(line, flags.cases + ":" + std::to_string(number), std::filesystem::path(flags.cases).parent_path()));
  }
  return 0;
}

int renderMessages(const Flags& flags) {
  const auto folder = findModel(flags.model);
  const auto found = chosenChatTemplate(folder, flags.chosen);
  if (!found)
    throw ModelError("'" + flags.model + "' has no chat template: it is not an instruct model.", "Give one with --chat-template FILE.");
  OrderedJson chat = parseChat(readFile(flags.messages), flags.messages);
  if (chat.is_array()) chat = OrderedJson{{"messages", std::move(chat)}};
  if (!chat.is_object() || !chat.contains("messages"))
    throw FormatError("'" + flags.messages + "' holds no messages.", "It is a list of objects with \"role\" and \"content\".");
  OrderedJson variables = specialTokenTexts(folder);
  if (chat.contains("variables")) variables.update(chat["variables"]);
  chat["variables"] = std::move(variables);
  if (flags.addGenerationPrompt) chat["add_generation_prompt"] = true;
  const RenderedChat rendered = ChatTemplate(found->source, "chat template '" + found->file.string() + "'").render(chat);
  if (flags.json)
    print({{"output", rendered.text}, {"assistant_spans", spansOf(rendered)}});
  else
    std::cout << rendered.text << '\n';
  return 0;
}

}  // namespace

void addChat(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* chat = program.add_subcommand("chat", "The chat templates of instruct models");
  chat->require_subcommand(1);
  CLI::App* command = chat->add_subcommand("render", "Messages as the text an instruct model reads");
  CLI::Option* model = command->add_option("MODEL", flags->model, "Whose chat template")->type_name("");
  CLI::Option* messages = command->add_option("--messages", flags->messages, "JSON: a list of {\"role\", \"content\"}")->type_name("FILE");
  command->add_option("--chat-template", flags->chosen, "auto: the model's own; a name among its own, or a .jinja file")
      ->capture_default_str();
  command->add_flag("--add-generation-prompt", flags->addGenerationPrompt, "End where the answer begins");
  command
      ->add_option("--cases", flags->cases, "JSON Lines of chats, each with a \"template\" relative to the file; a line of JSON for each")
      ->type_name("FILE")
      ->excludes(model)
      ->excludes(messages);
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] {
    if (flags->cases.empty() && (flags->model.empty() || flags->messages.empty()))
      throw CLI::RequiredError("MODEL and --messages, or --cases");
    chosen = [flags] { return flags->cases.empty() ? renderMessages(*flags) : renderCases(*flags); };
  });
}

}  // namespace incipit::cli
