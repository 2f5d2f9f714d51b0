// What a template can call: filters, tests, methods and globals, each a line in a table of its own kind.
#pragma once

#include "core/chat/machine.h"

#include <array>
#include <string_view>

namespace incipit::chat {

struct Builtin {
  const char* name;
  // Its parameters as Python names them, "value width? first?": ? may be left out (Missing then); "/" in front: by place only.
  // Null: it takes whatever it is given.
  const char* parameters;
  Value (*run)(Machine& machine, Values& arguments);
  Value (*runAny)(Machine& machine, Arguments& arguments) = nullptr;
};

Value runBuiltin(Machine& machine, const Builtin& builtin, Arguments&& arguments);

// Python's functions as values: a method with its object in front, or a global.
class Function : public Object {
 public:
  explicit Function(const Builtin& builtin) : m_builtin(builtin) {}
  Function(const Builtin& builtin, Value self) : Object(depthOf(self) + 1), m_builtin(builtin), m_self(std::move(self)) {}
  std::string typeName() const override { return m_self.missing() ? "function" : "builtin_function_or_method"; }
  bool callable() const override { return true; }
  Value call(Machine& machine, Arguments&& arguments) override;

 private:
  const Builtin& m_builtin;
  Value m_self;
};

// The filter or test of that name; throws Problem where there is none, or where Jinja has one that is not carried out here.
const Builtin& filterNamed(const std::string& name);
const Builtin& testNamed(const std::string& name);
bool isFilter(const std::string& name);
bool isTest(const std::string& name);
void checkFilter(const std::string& name, int line);
void checkTest(const std::string& name, int line);

std::optional<Value> globalNamed(const std::string& name);
std::optional<Value> boundMethod(const Value& object, const std::string& name);
// Whether Python's objects of this kind have the attribute, carried out here or not.
bool isPythonAttribute(const Value& object, const std::string& name);
bool changesItsObject(const Value& object, const std::string& name);

using Table = std::vector<Builtin>;
const Table& textFilters();
const Table& numberFilters();
const Table& sequenceFilters();
const Table& pickingFilters();
const Table& tests();
const Table& textMethods();
const Table& markupMethods();
const Table& listMethods();
const Table& dictMethods();
const Table& globals();

// Arguments as Python would take them.
const Text& textArgument(const Value& value, const char* what);
Integer wholeArgument(const Value& value, const char* what);
bool flagArgument(const Value& value, bool fallback);
bool isText(const Value& value);

// map(attribute=...), sort(attribute=...): "a.b.0" as steps into a value.
Value attributePath(Machine& machine, Value value, const Value& path);
Value withoutCase(Machine& machine, const Value& value);

// HTML (html.cpp)
std::string escapeHtml(std::string_view text);
Value escaped(Machine& machine, const Value& value);  // marked; what is marked already stays as it is

// Python's two ways of formatting (percent_format.cpp, brace_format.cpp).
Value percentFormat(Machine& machine, const Text& format, const Value& arguments);
Value braceFormat(Machine& machine, const Text& format, const Arguments& arguments);

// A time by strftime's letters, in English (clock.cpp).
std::string timeText(const std::tm& time, std::string_view format);

}  // namespace incipit::chat
