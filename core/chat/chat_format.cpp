#include "core/chat/chat_format.h"

#include "core/chat/model_template.h"

#include <nlohmann/json.hpp>

namespace incipit {

ChatFormat::ChatFormat(ChatTemplate chatTemplate, const nlohmann::ordered_json& tokens, std::string system, std::string date)
    : m_template(std::move(chatTemplate)), m_tokens(std::make_shared<const nlohmann::ordered_json>(tokens)), m_system(std::move(system)),
      m_date(std::move(date)) {}

RenderedChat ChatFormat::render(const std::string& user, const std::string* answer) const {
  nlohmann::ordered_json messages = nlohmann::ordered_json::array();
  const auto add = [&](const char* role, const std::string& content) { messages.push_back({{"role", role}, {"content", content}}); };
  if (!m_system.empty()) add("system", m_system);
  add("user", user);
  if (answer) add("assistant", *answer);
  nlohmann::ordered_json chat = {{"messages", std::move(messages)}, {"add_generation_prompt", answer == nullptr}, {"variables", *m_tokens}};
  if (!m_date.empty()) chat["now"] = m_date + "T12:00:00";
  return m_template.render(chat);
}

std::string ChatFormat::question(const std::string& user) const { return render(user, nullptr).text; }

ChatFormat::Answered ChatFormat::answered(const std::string& user, const std::string& answer) const {
  const RenderedChat whole = render(user, &answer);
  if (m_template.marksAnswers()) {
    if (whole.answersDisplaced || whole.answers.size() != 1)
      throw DataError("The " + m_template.origin() + " marks " +
                          (whole.answersDisplaced ? "its answers within a macro or a block, where their place is not known"
                                                  : std::to_string(whole.answers.size()) + " answers in a chat with one") +
                          ", so which tokens are the answer's is not clear.",
                      "Choose another template or none (--chat-template).");
    const RenderedChat::Span span = whole.answers[0];
    return {whole.text.substr(0, span.begin), whole.text.substr(span.begin, span.end - span.begin)};
  }
  const std::string front = question(user);
  if (whole.text.size() <= front.size() || whole.text.compare(0, front.size(), front) != 0)
    throw DataError("The " + m_template.origin() +
                        " writes a chat with an answer otherwise than the question it ends with: it does not begin with it, so "
                        "which tokens are the answer's is not clear.",
                    "Choose another template or none (--chat-template).");
  return {front, whole.text.substr(front.size())};
}

std::shared_ptr<const ChatFormat> openChatFormat(const std::filesystem::path& folder, const std::string& choice, const std::string& system,
                                                 const std::string& date) {
  const auto found = chosenChatTemplate(folder, choice);
  if (!found) return nullptr;
  return std::make_shared<const ChatFormat>(ChatTemplate(found->source, "chat template '" + found->file.string() + "'"),
                                            specialTokenTexts(folder), system, date);
}

}  // namespace incipit
