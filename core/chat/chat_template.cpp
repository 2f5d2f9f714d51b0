#include "core/chat/chat_template.h"

#include "core/chat/evaluator.h"
#include "core/chat/json_values.h"
#include "core/chat/parser.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"
#include "core/chat/scopes.h"
#include "core/support/parse_json.h"

#include <ctime>
#include <nlohmann/json.hpp>

namespace incipit {

struct ChatTemplate::Parts {
  chat::Tree tree;
};

namespace {

using chat::Trouble;

ChatTemplateError errorOf(const chat::Problem& problem, int line, const std::string& origin) {
  using Kind = ChatTemplateError::Kind;
  const std::string message = problem.what(), where = line > 0 ? " (line " + std::to_string(line) + ")" : "";
  if (problem.trouble == Trouble::Raised)
    return {Kind::Raised, message, "The " + origin + " refuses this chat: \"" + message + "\".",
            "These are the template's own words; change the chat to fit them."};
  if (problem.trouble == Trouble::Refused)
    return {Kind::Refused, message, "The " + origin + " cannot be carried out: " + message + where + ".",
            "Choose another template or none (--chat-template)."};
  const bool syntax = problem.trouble == Trouble::Syntax;
  return {Kind::Failed, message, "The " + origin + (syntax ? " cannot be read: " : " fails: ") + message + where + ".",
          "Mend the template, or choose another or none (--chat-template)."};
}

// "2026-03-05T14:07:09" with the day of the week and of the year.
std::tm timeFrom(const std::string& text) {
  std::tm time{};
  if (!strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &time))
    throw DataError("'" + text + "' is not a time.", "Write it as 2026-03-05T14:07:09.");
  const std::time_t seconds = timegm(&time);
  gmtime_r(&seconds, &time);
  return time;
}

std::tm localNow() {
  const std::time_t seconds = std::time(nullptr);
  std::tm time{};
  localtime_r(&seconds, &time);
  return time;
}

const nlohmann::ordered_json& member(const nlohmann::ordered_json& chat, const char* name) {
  static const nlohmann::ordered_json none;
  const auto at = chat.find(name);
  return at == chat.end() ? none : *at;
}

}  // namespace

namespace {

// Whether a whole number of 20 digits or more stands in the text, outside of its strings.
bool hasHugeInteger(std::string_view json) {
  bool inString = false, real = false;
  int digits = 0;
  for (std::size_t i = 0; i <= json.size(); ++i) {
    const char c = i < json.size() ? json[i] : ' ';
    if (inString) {
      if (c == '\\') ++i;
      inString = c != '"';
    } else if (c >= '0' && c <= '9') {
      ++digits;
    } else if (digits > 0 && (c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-')) {
      real = true;
    } else {
      if (digits >= 20 && !real) return true;
      digits = 0, real = false;
      inString = c == '"';
    }
  }
  return false;
}

}  // namespace

nlohmann::ordered_json parseChat(std::string_view text, const std::string& origin) {
  JsonProblem problem;
  auto value = parseJsonAs<nlohmann::ordered_json>(text, problem);
  if (problem.kind != JsonProblem::Kind::None)
    throw FormatError("'" + origin + "' " + problem.words(text.size()) + ".", "Open it in an editor and mend that place.");
  if (hasHugeInteger(text)) {
    const std::string message = "a whole number of more than 64 bits stands in the chat";
    throw ChatTemplateError(ChatTemplateError::Kind::Refused, message, "'" + origin + "' cannot be used: " + message + ".",
                            "Write the number as a text.");
  }
  return value;
}

ChatTemplate::ChatTemplate(std::string_view source, std::string origin) : m_source(chat::validText(source)), m_origin(std::move(origin)) {
  try {
    auto parts = std::make_unique<Parts>(Parts{chat::parseTemplate(m_source)});
    chat::resolveNames(parts->tree);
    m_parts = std::move(parts);
  } catch (const chat::Problem& problem) {
    throw errorOf(problem, problem.line, m_origin);
  }
}

ChatTemplate::~ChatTemplate() = default;
ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;

bool ChatTemplate::marksAnswers() const { return m_parts->tree.marksAnswers; }

RenderedChat ChatTemplate::render(const nlohmann::ordered_json& chat) const {
  const auto& now = member(chat, "now");
  std::function<std::tm()> clock = localNow;
  if (now.is_string()) clock = [time = timeFrom(now.get<std::string>())] { return time; };

  int line = 0;
  try {
    chat::Budget budget;
    const chat::Heap heap(budget);
    chat::Machine machine(heap, std::move(clock));
    std::unordered_map<std::string, chat::Value> variables;
    for (const auto& [name, value] : member(chat, "variables").items())
      variables[name] = chat::valueFrom(heap, value);
    variables["messages"] = chat::valueFrom(heap, chat::preparedMessages(member(chat, "messages")));
    variables["tools"] = chat::valueFrom(heap, member(chat, "tools"));
    variables["documents"] = chat::valueFrom(heap, member(chat, "documents"));
    const auto& prompt = member(chat, "add_generation_prompt");
    variables["add_generation_prompt"] = prompt.is_boolean() && prompt.get<bool>();
    chat::Evaluator evaluator(machine, std::move(variables));
    try {
      evaluator.run(m_parts->tree);
    } catch (const chat::Problem&) {
      line = evaluator.line();
      throw;
    }
    RenderedChat rendered;
    rendered.text = evaluator.takeOutput();
    rendered.answersDisplaced = evaluator.answersDisplaced();
    for (const auto& span : evaluator.answers())
      rendered.answers.push_back({span.begin, span.end});
    return rendered;
  } catch (const chat::Problem& problem) {
    throw errorOf(problem, problem.line > 0 ? problem.line : line, m_origin);
  }
}

}  // namespace incipit
