#include "core/chat/builtins.h"

#include "core/chat/numbers.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <algorithm>
#include <initializer_list>

namespace incipit::chat {

namespace {

struct Parameter {
  std::string_view name;
  bool optional;
};

struct Parameters {
  explicit Parameters(std::string_view text) {
    while (!text.empty()) {
      const std::size_t space = std::min(text.find(' '), text.size());
      std::string_view word = text.substr(0, space);
      text.remove_prefix(std::min(space + 1, text.size()));
      if (word == "/") {
        byPlaceOnly = true;
        continue;
      }
      const bool optional = word.back() == '?';
      if (optional) word.remove_suffix(1);
      list.push_back({word, optional});
    }
  }
  std::vector<Parameter> list;
  bool byPlaceOnly = false;
};

Values bind(const Builtin& builtin, Arguments& arguments) {
  const Parameters parameters(builtin.parameters);
  const std::string name = std::string(builtin.name) + "()";
  if (arguments.positional.size() > parameters.list.size()) typeError(name + " was given too many arguments");
  Values bound = std::move(arguments.positional);
  const std::size_t given = bound.size();
  bound.resize(parameters.list.size());
  for (auto& [key, value] : arguments.named) {
    const auto at = std::find_if(parameters.list.begin(), parameters.list.end(), [&key = key](const Parameter& p) { return p.name == key; });
    if (at == parameters.list.end() || parameters.byPlaceOnly) typeError(name + " takes no argument named '" + key + "'");
    const auto index = static_cast<std::size_t>(at - parameters.list.begin());
    if (index < given || !bound[index].missing()) typeError(name + " got multiple values for '" + key + "'");
    bound[index] = std::move(value);
  }
  for (std::size_t i = 0; i < bound.size(); ++i)
    if (bound[i].missing() && !parameters.list[i].optional)
      typeError(name + " misses its argument '" + std::string(parameters.list[i].name) + "'");
  return bound;
}

const Builtin* findIn(const Table& table, std::string_view name) {
  const auto at = std::find_if(table.begin(), table.end(), [&](const Builtin& entry) { return entry.name == name; });
  return at == table.end() ? nullptr : &*at;
}

const Builtin* findFilter(const std::string& name) {
  for (const Table* table : {&textFilters(), &numberFilters(), &sequenceFilters(), &pickingFilters()})
    if (const Builtin* found = findIn(*table, name)) return found;
  return nullptr;
}

// What Jinja has beside ours.
constexpr std::string_view otherFilters[] = {"pprint", "random", "urlize", "xmlattr", "filesizeformat"};

bool otherFilter(std::string_view name) {
  return std::find(std::begin(otherFilters), std::end(otherFilters), name) != std::end(otherFilters);
}

bool among(std::string_view name, std::string_view list) {
  const std::string word = " " + std::string(name) + " ";
  return list.find(word) != std::string_view::npos;
}

constexpr std::string_view objectNames =
    " __class__ __delattr__ __dir__ __doc__ __eq__ __format__ __ge__ __getattribute__ __getstate__ __gt__ __hash__ __init__ "
    "__init_subclass__ __le__ __lt__ __ne__ __new__ __reduce__ __reduce_ex__ __repr__ __setattr__ __sizeof__ __str__ __subclasshook__ ";
constexpr std::string_view containerNames =
    " __len__ __getitem__ __iter__ __contains__ __add__ __mul__ __rmul__ __reversed__ __class_getitem__ "
    "__setitem__ __delitem__ __iadd__ __imul__ __or__ __ror__ __ior__ ";
constexpr std::string_view textNames =
    " capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha isascii isdecimal isdigit "
    "isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix "
    "removesuffix "
    "replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill ";
constexpr std::string_view markupNames = " escape striptags unescape __html__ ";
constexpr std::string_view integerNames =
    " as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator real to_bytes ";
constexpr std::string_view realNames = " as_integer_ratio conjugate fromhex hex imag is_integer real ";
constexpr std::string_view listNames = " append clear copy count extend index insert pop remove reverse sort ";
constexpr std::string_view dictNames = " clear copy fromkeys get items keys pop popitem setdefault update values ";
constexpr std::string_view changes = " append clear pop reverse insert sort extend remove popitem setdefault update ";

}  // namespace

Value runBuiltin(Machine& machine, const Builtin& builtin, Arguments&& arguments) {
  machine.budget().step();
  if (builtin.runAny) return builtin.runAny(machine, arguments);
  Values bound = bind(builtin, arguments);
  return builtin.run(machine, bound);
}

Value Function::call(Machine& machine, Arguments&& arguments) {
  if (!m_self.missing()) arguments.positional.insert(arguments.positional.begin(), m_self);
  return runBuiltin(machine, m_builtin, std::move(arguments));
}

bool isFilter(const std::string& name) { return findFilter(name) || otherFilter(name); }
bool isTest(const std::string& name) { return findIn(tests(), name) != nullptr; }

const Builtin& filterNamed(const std::string& name) {
  if (const Builtin* found = findFilter(name)) return *found;
  if (otherFilter(name)) refuse("the filter '" + name + "' is not carried out");
  valueError("there is no filter named '" + name + "'");
}

const Builtin& testNamed(const std::string& name) {
  if (const Builtin* found = findIn(tests(), name)) return *found;
  valueError("there is no test named '" + name + "'");
}

void checkFilter(const std::string& name, int line) {
  if (!isFilter(name)) throw Problem(Trouble::Syntax, "there is no filter named '" + name + "'", line);
}
void checkTest(const std::string& name, int line) {
  if (!isTest(name)) throw Problem(Trouble::Syntax, "there is no test named '" + name + "'", line);
}

std::optional<Value> boundMethod(const Value& object, const std::string& name) {
  const Table* own = object.text() ? &textMethods() : object.items() ? &listMethods() : object.dict() ? &dictMethods() : nullptr;
  const Builtin* found = own ? findIn(*own, name) : nullptr;
  if (const Text* text = object.text(); text && text->marked)
    if (const Builtin* special = findIn(markupMethods(), name)) found = special;
  if (object.tuple() && found && name != "count" && name != "index") found = nullptr;
  if (!found) return std::nullopt;
  return Value(std::shared_ptr<Object>(std::make_shared<Function>(*found, object)));
}

bool isPythonAttribute(const Value& object, const std::string& name) {
  if (among(name, objectNames)) return true;
  const bool container = object.text() || object.items() || object.dict() || object.range();
  if (container && among(name, containerNames)) return true;
  if (const Text* text = object.text()) return among(name, textNames) || (text->marked && among(name, markupNames));
  if (object.wholeNumber()) return among(name, integerNames);
  if (object.real()) return among(name, realNames);
  if (object.list()) return among(name, listNames);
  if (object.dict()) return among(name, dictNames);
  if (object.tuple()) return name == "count" || name == "index";
  if (object.range()) return among(name, " count index start step stop ");
  return false;
}

bool changesItsObject(const Value& object, const std::string& name) { return (object.list() || object.dict()) && among(name, changes); }

bool isText(const Value& value) { return value.text() != nullptr; }

const Text& textArgument(const Value& value, const char* what) {
  if (value.undefined()) useOfUndefined(value);
  if (const Text* text = value.text()) return *text;
  typeError(std::string(what) + " must be str, not " + typeName(value));
}

Integer wholeArgument(const Value& value, const char* what) {
  if (value.undefined()) useOfUndefined(value);
  if (const auto whole = value.wholeNumber()) return *whole;
  typeError(std::string(what) + ": '" + typeName(value) + "' object cannot be interpreted as an integer");
}

bool flagArgument(const Value& value, bool fallback) { return value.missing() ? fallback : truth(value); }

Value attributePath(Machine& machine, Value value, const Value& path) {
  if (path.none() || path.missing()) return value;
  const Text* text = path.text();
  if (!text) return machine.item(value, path);
  std::string_view rest = text->bytes;
  for (bool more = true; more;) {
    const std::size_t dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    more = dot != std::string_view::npos;
    if (more) rest.remove_prefix(dot + 1);
    const std::u32string letters = codePoints(part);
    const bool number = !letters.empty() && std::all_of(letters.begin(), letters.end(), isDigit);
    value = machine.item(value, number ? Value(integerFrom(part).value_or(0)) : machine.text(std::string(part)));
  }
  return value;
}

Value withoutCase(Machine& machine, const Value& value) {
  const Text* text = value.text();
  return text ? machine.text(lower(text->bytes), text->marked) : value;
}

}  // namespace incipit::chat
