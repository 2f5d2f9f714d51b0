#include "core/chat/chat_format.h"

#include "core/chat/model_template.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

nlohmann::ordered_json message(const char* role, const std::string& content) { return {{"role", role}, {"content", content}}; }

std::string roleOf(const nlohmann::ordered_json& message) {
  const auto role = message.is_object() ? message.find("role") : message.end();
  return role != message.end() && role->is_string() ? role->get<std::string>() : std::string();
}

bool areMessages(const nlohmann::ordered_json& value) {
  return value.is_array() && !value.empty() &&
         std::all_of(value.begin(), value.end(), [](const nlohmann::ordered_json& each) { return !roleOf(each).empty(); });
}

}  // namespace

ChatFormat::ChatFormat(ChatTemplate chatTemplate, const nlohmann::ordered_json& tokens, std::string system, std::string date)
    : m_template(std::make_shared<const ChatTemplate>(std::move(chatTemplate))),
      m_tokens(std::make_shared<const nlohmann::ordered_json>(tokens)), m_system(std::move(system)), m_date(std::move(date)) {}

RenderedChat ChatFormat::render(nlohmann::ordered_json messages, bool asks) const {
  nlohmann::ordered_json chat = {{"messages", std::move(messages)}, {"add_generation_prompt", asks}, {"variables", *m_tokens}};
  if (!m_date.empty()) chat["now"] = m_date + "T12:00:00";
  return m_template->render(chat);
}

RenderedChat ChatFormat::render(const std::string& user, const std::string* answer) const {
  nlohmann::ordered_json messages = nlohmann::ordered_json::array();
  if (!m_system.empty()) messages.push_back(message("system", m_system));
  for (const auto& [asked, said] : m_turns) {
    messages.push_back(message("user", asked));
    messages.push_back(message("assistant", said));
  }
  messages.push_back(message("user", user));
  if (answer) messages.push_back(message("assistant", *answer));
  return render(std::move(messages), answer == nullptr);
}

ChatFormat ChatFormat::goingOn(std::string system, Turns turns) const {
  ChatFormat other = *this;
  other.m_system = std::move(system);
  other.m_turns = std::move(turns);
  return other;
}

std::string ChatFormat::question(const std::string& user) const { return render(user, nullptr).text; }

ChatFormat::Answered ChatFormat::answered(const std::string& user, const std::string& answer) const {
  const RenderedChat whole = render(user, &answer);
  if (m_template->marksAnswers()) {
    if (whole.answersDisplaced || whole.answers.size() != m_turns.size() + 1)
      throw DataError("The " + m_template->origin() + " marks " +
                          (whole.answersDisplaced
                               ? "its answers within a macro or a block, where their place is not known"
                               : std::to_string(whole.answers.size()) + " answers in a chat with " + std::to_string(m_turns.size() + 1)) +
                          ", so which tokens are the answer's is not clear.",
                      "Choose another template or none (--chat-template).");
    const RenderedChat::Span span = whole.answers.back();
    return {whole.text.substr(0, span.begin), whole.text.substr(span.begin, span.end - span.begin)};
  }
  const std::string front = question(user);
  if (whole.text.size() <= front.size() || whole.text.compare(0, front.size(), front) != 0)
    throw DataError("The " + m_template->origin() +
                        " writes a chat with an answer otherwise than the question it ends with: it does not begin with it, so "
                        "which tokens are the answer's is not clear.",
                    "Choose another template or none (--chat-template).");
  return {front, whole.text.substr(front.size())};
}

std::vector<ChatFormat::Piece> ChatFormat::conversation(const nlohmann::ordered_json& given) const {
  if (!areMessages(given))
    throw DataError("A row is not a chat: it should hold a list of messages, each with a role and what it says.",
                    R"(Write [{"role": "user", "content": "..."}, {"role": "assistant", "content": "..."}].)");
  nlohmann::ordered_json messages = given;
  if (!m_system.empty() && roleOf(messages[0]) != "system") messages.insert(messages.begin(), message("system", m_system));
  const RenderedChat whole = render(messages, false);
  std::vector<RenderedChat::Span> spans = whole.answers;
  if (m_template->marksAnswers() && whole.answersDisplaced)
    throw DataError("The " + m_template->origin() + " marks its answers within a macro or a block, where their place is not known.",
                    "Choose another template (--chat-template).");
  if (!m_template->marksAnswers()) {
    spans.clear();
    nlohmann::ordered_json upTo = nlohmann::ordered_json::array();
    for (const auto& each : messages) {
      const bool answers = roleOf(each) == "assistant";
      const std::string front = answers ? render(upTo, true).text : std::string();
      upTo.push_back(each);
      if (!answers) continue;
      const std::string behind = render(upTo, false).text;
      if (!whole.text.starts_with(front) || !whole.text.starts_with(behind) || behind.size() <= front.size())
        throw DataError("The " + m_template->origin() +
                            " writes an answer of the chat otherwise when the chat goes on, so which tokens are the "
                            "assistant's is not clear.",
                        "Choose another template, or rows with a single answer.");
      spans.push_back({front.size(), behind.size()});
    }
  }
  std::vector<Piece> pieces;
  std::size_t done = 0;
  const auto add = [&](std::size_t end, bool learned) {
    if (end > done) pieces.push_back({whole.text.substr(done, end - done), learned});
    done = std::max(done, end);
  };
  for (const RenderedChat::Span& span : spans) {
    add(span.begin, false);
    add(span.end, true);
  }
  add(whole.text.size(), false);
  return pieces;
}

bool isConversation(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '[') return false;
  try {
    return areMessages(parseChat(text, "a cell"));
  } catch (const Error&) {
    return false;
  }
}

std::string firstQuestion(std::string_view conversation) {
  for (const auto& each : parseChat(conversation, "a chat"))
    if (const auto content = each.is_object() ? each.find("content") : each.end();
        roleOf(each) == "user" && content != each.end() && content->is_string())
      return content->get<std::string>();
  return {};
}

std::shared_ptr<const ChatFormat> openChatFormat(const std::filesystem::path& folder, const std::string& choice, const std::string& system,
                                                 const std::string& date) {
  const auto found = chosenChatTemplate(folder, choice);
  if (!found) return nullptr;
  return std::make_shared<const ChatFormat>(ChatTemplate(found->source, "chat template '" + found->file.string() + "'"),
                                            specialTokenTexts(folder), system, date);
}

}  // namespace incipit
