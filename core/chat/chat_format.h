// How a question and its answer stand in a model's chat: a template, the model's special tokens and a system text, put to use.
#pragma once

#include "core/chat/chat_template.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace incipit {

class ChatFormat {
 public:
  // `tokens`: bos_token and the like (specialTokenTexts). `system`: empty: none. `date`: the day that templates with strftime_now write,
  // "2026-03-05"; empty: today.
  ChatFormat(ChatTemplate chatTemplate, const nlohmann::ordered_json& tokens, std::string system, std::string date);

  // The same with another system text, and with turns that came before: what the user said, and what the assistant answered.
  using Turns = std::vector<std::pair<std::string, std::string>>;
  ChatFormat goingOn(std::string system, Turns turns) const;

  // The chat up to where the answer begins.
  std::string question(const std::string& user) const;

  struct Answered {
    std::string front;   // up to the answer
    std::string answer;  // what is learned: the answer and the end of its turn
  };
  // The chat with an answer, as far as the answer goes. What belongs to it says the template's {% generation %}, else it is what the chat
  // has beyond the question. Throws DataError where the one is no beginning of the other.
  Answered answered(const std::string& user, const std::string& answer) const;

  // A whole chat, a list of messages, in pieces one behind the other. Learned is what the assistant says with the ends of its turns. The
  // system text stands in front where the chat has none of its own. Throws DataError where it is not clear what that is, and for what is no
  // list of messages.
  struct Piece {
    std::string text;
    bool learned = false;
  };
  std::vector<Piece> conversation(const nlohmann::ordered_json& messages) const;

  const ChatTemplate& chatTemplate() const { return *m_template; }

 private:
  RenderedChat render(nlohmann::ordered_json messages, bool asks) const;
  RenderedChat render(const std::string& user, const std::string* answer) const;

  std::shared_ptr<const ChatTemplate> m_template;
  std::shared_ptr<const nlohmann::ordered_json> m_tokens;
  std::string m_system, m_date;
  Turns m_turns;  // in front of what is asked
};

// Whether a text is a list of messages as OpenAI's chats have them: [{"role": "user", "content": "..."}, ...].
bool isConversation(std::string_view text);
// What the user says first in one; empty where the user says nothing.
std::string firstQuestion(std::string_view conversation);

// The format that `choice` means for a model folder (model_template.h); null: none.
std::shared_ptr<const ChatFormat> openChatFormat(const std::filesystem::path& folder, const std::string& choice, const std::string& system,
                                                 const std::string& date = {});

}  // namespace incipit
