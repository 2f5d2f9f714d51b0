// The methods of Python's list, tuple and dict that change nothing.
#include "core/chat/builtins.h"
#include "core/chat/compare.h"
#include "core/chat/iterators.h"
#include "core/chat/printing.h"
#include "core/chat/problem.h"

namespace incipit::chat {

namespace {

enum class Part { Keys, Values, Items };

// dict.keys(), .values() and .items().
class View : public Object {
 public:
  View(Value dict, Part part) : Object(depthOf(dict) + 1), m_dict(std::move(dict)), m_part(part) {}
  std::string typeName() const override {
    return m_part == Part::Keys ? "dict_keys" : m_part == Part::Values ? "dict_values" : "dict_items";
  }
  bool truth() const override { return !m_dict.dict()->entries.empty(); }
  std::optional<Integer> length(Machine&) override { return static_cast<Integer>(m_dict.dict()->entries.size()); }
  std::unique_ptr<Iterator> iterate(Machine& machine) override {
    return std::make_unique<ItemsIterator>(machine.heap().list(elements(machine)));
  }
  std::optional<Value> attribute(Machine&, const std::string& name) override {
    if (name == "isdisjoint" || name == "mapping") refuse("the attribute '" + name + "' of a dict's view is not carried out");
    return std::nullopt;
  }
  std::optional<bool> contains(Machine&, const Value& value) override {
    if (m_part != Part::Keys) return std::nullopt;
    return m_dict.dict()->find(value) != nullptr;
  }
  void describe(TextBuilder& out, int level) const override {
    out.add(typeName() + "([");
    const char* separator = "";
    for (const Dict::Entry& entry : m_dict.dict()->entries) {
      out.add(separator);
      if (m_part == Part::Items) out.add("(");
      if (m_part != Part::Values) describeTo(out, entry.key, level + 1);
      if (m_part == Part::Items) out.add(", ");
      if (m_part != Part::Keys) describeTo(out, entry.value, level + 1);
      if (m_part == Part::Items) out.add(")");
      separator = ", ";
    }
    out.add("])");
  }

 private:
  chat::Values elements(Machine& machine) const {
    chat::Values values;
    for (const Dict::Entry& entry : m_dict.dict()->entries)
      values.push_back(m_part == Part::Keys     ? entry.key
                       : m_part == Part::Values ? entry.value
                                                : machine.heap().tuple({entry.key, entry.value}));
    return values;
  }

  Value m_dict;
  Part m_part;
};

template <Part part>
Value view(Machine&, Values& arguments) {
  return std::shared_ptr<Object>(std::make_shared<View>(arguments[0], part));
}

Value get(Machine&, Values& arguments) {
  const Value* found = arguments[0].dict()->find(arguments[1]);
  return found ? *found : arguments[2].missing() ? Value(None{}) : arguments[2];
}

Value copy(Machine&, Values& arguments) { return arguments[0]; }

Value count(Machine& machine, Values& arguments) {
  Integer times = 0;
  for (const Value& item : *arguments[0].items())
    times += equal(item, arguments[1], machine.budget());
  return times;
}

Value index(Machine& machine, Values& arguments) {
  const Values& items = *arguments[0].items();
  for (std::size_t i = 0; i < items.size(); ++i)
    if (equal(items[i], arguments[1], machine.budget())) return static_cast<Integer>(i);
  valueError(described(machine.heap(), arguments[1]) + " is not in list");
}

}  // namespace

const Table& listMethods() {
  static const Table table = {{"count", "/ self value", count}, {"index", "/ self value", index}, {"copy", "/ self", copy}};
  return table;
}

const Table& dictMethods() {
  static const Table table = {
      {"get", "/ self key default?", get},
      {"items", "/ self", view<Part::Items>},
      {"keys", "/ self", view<Part::Keys>},
      {"values", "/ self", view<Part::Values>},
      {"copy", "/ self", copy},
  };
  return table;
}

}  // namespace incipit::chat
