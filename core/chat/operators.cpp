// + - * / // % ** between values of any kind.
#include "core/chat/builtins.h"
#include "core/chat/numbers.h"
#include "core/chat/problem.h"

namespace incipit::chat {

namespace {

Value addTexts(Machine& machine, const Value& left, const Value& right) {
  const bool marked = left.text()->marked || right.text()->marked;
  const Value a = marked ? escaped(machine, left) : left, b = marked ? escaped(machine, right) : right;
  TextBuilder out(machine.budget());
  out.add(a.text()->bytes);
  out.add(b.text()->bytes);
  return machine.text(out.take(), marked);
}

Values addedItems(Machine& machine, const Values& left, const Values& right) {
  machine.budget().take((left.size() + right.size()) * sizeof(Value));  // before they are made
  machine.budget().give((left.size() + right.size()) * sizeof(Value));
  Values items = left;
  items.insert(items.end(), right.begin(), right.end());
  return items;
}

Value repeatText(Machine& machine, const Text& text, std::int64_t times) {
  TextBuilder out(machine.budget());
  if (text.bytes.size() == 1) {
    out.add(text.bytes[0], static_cast<std::size_t>(times));
  } else if (!text.bytes.empty()) {
    for (; times > 0; --times)
      out.add(text.bytes), machine.budget().step();
  }
  return machine.text(out.take(), text.marked);
}

std::optional<Value> repeated(Machine& machine, const Value& value, const Value& count) {
  const auto whole = count.wholeNumber();
  if (!whole) return std::nullopt;
  const std::int64_t times = std::max<std::int64_t>(clamped(*whole), 0);
  if (const Text* text = value.text()) return repeatText(machine, *text, times);
  const Values* items = value.items();
  if (!items) return std::nullopt;
  Values made;
  Share share(machine.budget());
  for (std::int64_t i = 0; i < times && !items->empty(); ++i) {
    machine.budget().step();
    share.grow(items->size() * sizeof(Value));
    made.insert(made.end(), items->begin(), items->end());
  }
  return value.list() ? machine.heap().list(std::move(made)) : machine.heap().tuple(std::move(made));
}

}  // namespace

Value Machine::binary(const std::string& sign, const Value& left, const Value& right) {
  if (auto number = arithmetic(sign, left, right)) return std::move(*number);
  if (sign == "%" && left.text()) return percentFormat(*this, *left.text(), right);
  if (left.undefined()) useOfUndefined(left);
  if (right.undefined()) useOfUndefined(right);
  if (sign == "+") {
    if (left.text() && right.text()) return addTexts(*this, left, right);
    if (left.list() && right.list()) return m_heap.list(addedItems(*this, left.list()->items, right.list()->items));
    if (left.tuple() && right.tuple()) return m_heap.tuple(addedItems(*this, left.tuple()->items, right.tuple()->items));
  }
  if (sign == "*") {
    if (auto made = repeated(*this, left, right)) return *made;
    if (auto made = repeated(*this, right, left)) return *made;
  }
  if (sign == "-" && left.object() && left.object()->typeName().rfind("dict_", 0) == 0)
    refuse("it computes with the views of a dict as sets");
  typeError("unsupported operand type(s) for " + sign + ": '" + typeName(left) + "' and '" + typeName(right) + "'");
}

Value Machine::sign(bool minus, const Value& value) {
  if (value.undefined()) useOfUndefined(value);
  if (const auto negative = negated(value)) {
    if (minus) return *negative;
    return value.boolean() ? Value(*value.wholeNumber()) : value;
  }
  typeError(std::string("bad operand type for unary ") + (minus ? "-" : "+") + ": '" + typeName(value) + "'");
}

}  // namespace incipit::chat
