// A chat template of an instruct model: from messages to the text the model was trained on. Templates are Jinja's; they are carried out as
// transformers' apply_chat_template does, by an interpreter of our own, within the limits of budget.h.
#pragma once

#include "core/support/error.h"

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

class ChatTemplateError : public Error {
 public:
  enum class Kind {
    Raised,   // the template said no in words of its own (raise_exception)
    Refused,  // it needs what the interpreter does not carry out, or more than it is willing to spend
    Failed    // Python's jinja2 would fail too
  };
  ChatTemplateError(Kind kind, std::string message, std::string problem, std::string remedy)
      : Error(std::move(problem), std::move(remedy)), m_kind(kind), m_message(std::move(message)) {}
  Kind kind() const { return m_kind; }
  const std::string& message() const { return m_message; }  // of Raised the template's own words

 private:
  Kind m_kind;
  std::string m_message;
};

struct RenderedChat {
  struct Span {
    std::size_t begin, end;  // bytes
  };
  std::string text;
  // What stands between {% generation %} and {% endgeneration %}, counted as transformers counts. Where a template marks an answer while it
  // collects text elsewhere (in a macro, say), that count does not point at the answer: `answersDisplaced`.
  std::vector<Span> answers;
  bool answersDisplaced = false;
};

// JSON as ChatTemplate::render takes it, the order of its keys kept. Throws FormatError, and ChatTemplateError (Refused) where it holds a
// whole number of more than 64 bits, which would come out as another one.
nlohmann::ordered_json parseChat(std::string_view text, const std::string& origin);

class ChatTemplate {
 public:
  // Throws ChatTemplateError. `origin` names it in errors: "the chat template of 'SmolLM2'".
  ChatTemplate(std::string_view source, std::string origin);
  ~ChatTemplate();
  ChatTemplate(ChatTemplate&&) noexcept;
  ChatTemplate& operator=(ChatTemplate&&) noexcept;

  // `chat`: an object of "messages" (a list of objects with "role" and "content"), and, where given, "tools", "documents",
  // "add_generation_prompt", "variables" (bos_token, eos_token and whatever else the template reads) and "now" ("2026-03-05T14:07:09",
  // the local time; absent: the clock's). Messages are prepared as transformers prepares them: keys that are null go, `thinking` and
  // `reasoning` become `reasoning_content` too.
  RenderedChat render(const nlohmann::ordered_json& chat) const;

  bool marksAnswers() const;  // has {% generation %}
  const std::string& source() const { return m_source; }
  const std::string& origin() const { return m_origin; }

 private:
  struct Parts;
  std::string m_source, m_origin;
  std::unique_ptr<const Parts> m_parts;
};

}  // namespace incipit
