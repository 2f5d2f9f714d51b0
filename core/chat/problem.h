// What goes wrong inside the interpreter of chat templates, before it becomes an error with the template's name (chat_template.h).
#pragma once

#include <stdexcept>
#include <string>

namespace incipit::chat {

// What jinja2, or Python under it, would say no to.
enum class Trouble {
  Raised,     // the template's own raise_exception
  Refused,    // something this interpreter does not carry out, or more work than it is willing to do
  Syntax,     // the template cannot be read
  Undefined,  // something that is not set was used
  Security,   // an attribute or change that the sandbox forbids
  Type,       // an operation on values it does not fit
  Value       // a value out of range
};

struct Problem : std::runtime_error {
  Problem(Trouble trouble, const std::string& message, int line = 0) : std::runtime_error(message), trouble(trouble), line(line) {}
  Trouble trouble;
  int line;  // of the template, counted from 1; 0: where the evaluator stands
};

[[noreturn]] inline void refuse(const std::string& what) { throw Problem(Trouble::Refused, what); }
[[noreturn]] inline void typeError(const std::string& what) { throw Problem(Trouble::Type, what); }
[[noreturn]] inline void valueError(const std::string& what) { throw Problem(Trouble::Value, what); }

}  // namespace incipit::chat
