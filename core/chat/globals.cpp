// The functions a template finds without being given them: Jinja's, and those of transformers.
#include "core/chat/builtins.h"
#include "core/chat/namespaces.h"
#include "core/chat/numbers.h"
#include "core/chat/printing.h"
#include "core/chat/problem.h"

#include <algorithm>
#include <utility>

namespace incipit::chat {

std::optional<Value> Namespace::attribute(Machine&, const std::string& name) {
  const auto at = std::find_if(m_attributes.begin(), m_attributes.end(), [&](const auto& entry) { return entry.first == name; });
  return at == m_attributes.end() ? std::nullopt : std::optional(at->second);
}

void Namespace::set(Budget& budget, const std::string& name, Value value) {
  if (!name.empty() && name[0] == '_')
    throw Problem(Trouble::Security, "a namespace holds no attribute whose name begins with an underscore: '" + name + "'");
  const auto at = std::find_if(m_attributes.begin(), m_attributes.end(), [&](const auto& entry) { return entry.first == name; });
  if (at != m_attributes.end()) {
    at->second = std::move(value);
    return;
  }
  budget.step(static_cast<std::int64_t>(m_attributes.size() / 8));
  m_attributes.emplace_back(name, std::move(value));
}

void Namespace::describe(TextBuilder& out, int level) const {
  if (m_describing) return out.add("<Namespace {...}>");
  m_describing = true;
  out.add("<Namespace {");
  const char* separator = "";
  for (const auto& [name, value] : m_attributes) {
    out.add(separator + quoted(name) + ": ");
    describeTo(out, value, level + 1);
    separator = ", ";
  }
  out.add("}>");
  m_describing = false;
}

namespace {

Value range(Machine&, Values& arguments) {
  Integer numbers[3] = {0, 0, 1};
  const std::size_t count = arguments[1].missing() ? 1 : arguments[2].missing() ? 2 : 3;
  for (std::size_t i = 0; i < count; ++i)
    numbers[count == 1 ? 1 : i] = wholeArgument(arguments[i], "range()");
  if (numbers[2] == 0) valueError("range() arg 3 must not be zero");
  constexpr Integer most = Integer{1} << 100;
  for (const Integer number : numbers)
    if (number > most || number < -most) refuse("it makes a range of huge numbers");
  const Range range{numbers[0], numbers[1], numbers[2]};
  if (range.length() > Limits::range) throw Problem(Trouble::Refused, "a range is longer than " + std::to_string(Limits::range));
  return Heap::range(range);
}

// dict(mapping or pairs, **named)
std::vector<Dict::Entry> dictEntries(Machine& machine, const Arguments& arguments) {
  if (arguments.positional.size() > 1) typeError("dict expected at most 1 argument");
  std::vector<Dict::Entry> entries;
  if (!arguments.positional.empty()) {
    const Value& given = arguments.positional[0];
    if (const Dict* dict = given.dict()) {
      entries = dict->entries;
    } else {
      for (const Value& pair : machine.elements(given)) {
        Values parts = machine.elements(pair);
        if (parts.size() != 2)
          valueError("dictionary update sequence element has length " + std::to_string(parts.size()) + "; 2 is required");
        entries.push_back({std::move(parts[0]), std::move(parts[1])});
      }
    }
  }
  for (const auto& [name, value] : arguments.named)
    entries.push_back({machine.text(name), value});
  return entries;
}

Value makeDict(Machine& machine, Arguments& arguments) { return machine.heap().dict(dictEntries(machine, arguments)); }

Value makeNamespace(Machine& machine, Arguments& arguments) {
  const Value dict = machine.heap().dict(dictEntries(machine, arguments));
  machine.budget().take(128 + 64 * dict.dict()->entries.size());  // until the end: namespaces are kept
  auto made = std::make_shared<Namespace>(depthOf(dict) + 1);
  for (const Dict::Entry& entry : dict.dict()->entries) {
    if (!entry.key.text()) refuse("it makes a namespace with names that are not strings");
    made->set(machine.budget(), entry.key.text()->bytes, entry.value);
  }
  machine.keep(made);
  return std::shared_ptr<Object>(std::move(made));
}

class Cycler : public Object {
 public:
  explicit Cycler(Value items) : Object(depthOf(items) + 1), m_items(std::move(items)) {}
  std::string typeName() const override { return "Cycler"; }
  std::optional<Value> attribute(Machine& machine, const std::string& name) override;
  Value current() const { return (*m_items.items())[m_at]; }
  Value advance() {
    Value value = current();
    m_at = (m_at + 1) % m_items.items()->size();
    return value;
  }
  void reset() { m_at = 0; }

 private:
  Value m_items;
  std::size_t m_at = 0;
};

// A method of a cycler, which has to be reached through the value that holds it.
class CyclerMethod : public Object {
 public:
  CyclerMethod(Cycler& cycler, bool advances) : m_cycler(cycler), m_advances(advances) {}
  std::string typeName() const override { return "method"; }
  bool callable() const override { return true; }
  Value call(Machine&, Arguments&&) override {
    if (m_advances) return m_cycler.advance();
    m_cycler.reset();
    return None{};
  }

 private:
  Cycler& m_cycler;
  bool m_advances;
};

std::optional<Value> Cycler::attribute(Machine&, const std::string& name) {
  if (name == "current") return current();
  if (name == "next" || name == "reset") return Value(std::shared_ptr<Object>(std::make_shared<CyclerMethod>(*this, name == "next")));
  if (name == "items" || name == "pos") refuse("the attribute '" + name + "' of a cycler is not carried out");
  if (name.rfind("__", 0) == 0) return Value(None{});  // the machine hides it
  return std::nullopt;
}

Value makeCycler(Machine& machine, Arguments& arguments) {
  if (!arguments.named.empty() || arguments.positional.empty()) typeError("at least one item has to be provided");
  auto made = std::make_shared<Cycler>(machine.heap().tuple(std::move(arguments.positional)));
  machine.budget().take(128);
  machine.keep(made);  // its methods point to it
  return std::shared_ptr<Object>(std::move(made));
}

class Joiner : public Object {
 public:
  explicit Joiner(Value between) : Object(depthOf(between) + 1), m_between(std::move(between)) {}
  std::string typeName() const override { return "Joiner"; }
  bool callable() const override { return true; }
  Value call(Machine& machine, Arguments&&) override { return std::exchange(m_used, true) ? m_between : machine.text(""); }

 private:
  Value m_between;
  bool m_used = false;
};

Value makeJoiner(Machine& machine, Values& arguments) {
  return std::shared_ptr<Object>(std::make_shared<Joiner>(arguments[0].missing() ? machine.text(", ") : arguments[0]));
}

Value raise(Machine& machine, Values& arguments) {
  std::string words = machine.printed(arguments[0]);
  if (words.size() > Limits::shownMessage) {
    words.resize(Limits::shownMessage);
    while (!words.empty() && (static_cast<unsigned char>(words.back()) & 0xC0) == 0x80)
      words.pop_back();
    if (!words.empty() && static_cast<unsigned char>(words.back()) >= 0x80) words.pop_back();
    words += "...";
  }
  throw Problem(Trouble::Raised, words);
}

Value time(Machine& machine, Values& arguments) {
  return machine.text(timeText(machine.now(), textArgument(arguments[0], "strftime() argument 1").bytes));
}

Value lipsum(Machine&, Arguments&) { refuse("the function 'lipsum' is not carried out"); }

// `self`, through which a template reaches its {% block %}s; without any it has nothing.
class TemplateReference : public Object {
 public:
  std::string typeName() const override { return "TemplateReference"; }
};

}  // namespace

std::optional<Value> globalNamed(const std::string& name) {
  if (name == "self") return Value(std::shared_ptr<Object>(std::make_shared<TemplateReference>()));
  const auto at = std::find_if(globals().begin(), globals().end(), [&](const Builtin& entry) { return entry.name == name; });
  if (at == globals().end()) return std::nullopt;
  return Value(std::shared_ptr<Object>(std::make_shared<Function>(*at)));
}

const Table& globals() {
  static const Table table = {
      {"range", "/ start stop? step?", range},  {"dict", nullptr, nullptr, makeDict}, {"namespace", nullptr, nullptr, makeNamespace},
      {"cycler", nullptr, nullptr, makeCycler}, {"joiner", "sep?", makeJoiner},       {"raise_exception", "message", raise},
      {"strftime_now", "format", time},         {"lipsum", nullptr, nullptr, lipsum},
  };
  return table;
}

}  // namespace incipit::chat
