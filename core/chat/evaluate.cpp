// Expressions, one function a kind.
#include "core/chat/builtins.h"
#include "core/chat/evaluator.h"
#include "core/chat/problem.h"

#include <algorithm>

namespace incipit::chat {

namespace {

// What Jinja can write into the program it compiles; anything else it leaves to run time.
bool hasSafeForm(const Value& value) {
  if (value.undefined() || value.object()) return false;
  if (const Values* items = value.items()) return std::all_of(items->begin(), items->end(), hasSafeForm);
  if (const Dict* dict = value.dict())
    return std::all_of(dict->entries.begin(), dict->entries.end(),
                       [](const auto& entry) { return hasSafeForm(entry.key) && hasSafeForm(entry.value); });
  return true;
}

}  // namespace

// Jinja works constants out when it compiles, and slices of them with another rule: an unset value instead of an error.
std::optional<Value> Evaluator::folded(const Expression& node, bool printed) {
  if (!node.constantSlice || m_folding) return std::nullopt;
  m_folding = true;
  std::optional<Value> result;
  try {
    result = evaluateKind(node);
    if (!printed && !hasSafeForm(*result)) result.reset();
  } catch (const Problem& problem) {
    if (problem.trouble == Trouble::Refused) throw;
  }
  m_folding = false;
  return result;
}

void Evaluator::print(const Expression& node) {
  const auto constant = folded(node, true);
  const Value value = constant ? *constant : evaluate(node);
  if (const Text* text = value.text())
    m_sink->add(text->bytes);
  else
    m_sink->add(m_machine.printed(value));
}

Value Evaluator::evaluate(const Expression& node) {
  if (node.constantSlice)
    if (auto constant = folded(node, false)) return *constant;
  return evaluateKind(node);
}

Value Evaluator::evaluateKind(const Expression& node) {
  m_machine.budget().step();
  const Level level(m_machine.depth());
  m_line = node.line;
  return std::visit([this](const auto& kind) { return value(kind); }, node.kind);
}

Value Evaluator::value(const Constant& node) {
  if (const auto* text = std::get_if<std::string>(&node.value)) return m_machine.text(*text);
  if (const auto* number = std::get_if<Integer>(&node.value)) return *number;
  if (const auto* number = std::get_if<double>(&node.value)) return *number;
  if (const auto* flag = std::get_if<bool>(&node.value)) return *flag;
  return None{};
}

Value Evaluator::value(const Name& node) {
  const Value& value = at(node.place);
  return value.missing() ? Heap::undefined("'" + node.name + "' is undefined") : value;
}

Value Evaluator::value(const TupleOf& node) {
  Values items;
  for (const auto& item : node.items)
    items.push_back(evaluate(*item));
  return m_machine.heap().tuple(std::move(items));
}

Value Evaluator::value(const ListOf& node) {
  Values items;
  for (const auto& item : node.items)
    items.push_back(evaluate(*item));
  return m_machine.heap().list(std::move(items));
}

Value Evaluator::value(const DictOf& node) {
  std::vector<Dict::Entry> entries;
  for (const auto& [key, item] : node.items) {
    Value made = evaluate(*key);
    entries.push_back({std::move(made), evaluate(*item)});
  }
  return m_machine.heap().dict(std::move(entries));
}

Value Evaluator::value(const Conditional& node) {
  if (truth(evaluate(*node.test))) return evaluate(*node.yes);
  if (node.no) return evaluate(*node.no);
  return Heap::undefined("the inline if-expression evaluated to false and no else section was defined");
}

Value Evaluator::value(const Both& node) {
  Value left = evaluate(*node.left);
  return truth(left) ? evaluate(*node.right) : left;
}

Value Evaluator::value(const Either& node) {
  Value left = evaluate(*node.left);
  return truth(left) ? left : evaluate(*node.right);
}

Value Evaluator::value(const Not& node) { return !truth(evaluate(*node.value)); }

Value Evaluator::value(const Arithmetic& node) {
  const Value left = evaluate(*node.left), right = evaluate(*node.right);
  return m_machine.binary(node.sign, left, right);
}

Value Evaluator::value(const Sign& node) { return m_machine.sign(node.minus, evaluate(*node.value)); }

Value Evaluator::value(const Joined& node) {
  TextBuilder out(m_machine.budget());
  Values parts;
  for (const auto& part : node.parts)
    parts.push_back(evaluate(*part));
  for (const Value& part : parts)
    out.add(m_machine.printed(part));
  return m_machine.text(out.take());
}

Value Evaluator::value(const Comparison& node) {
  Value left = evaluate(*node.first);
  for (const auto& [sign, other] : node.others) {
    Value right = evaluate(*other);
    if (!m_machine.compare(sign, left, right)) return false;
    left = std::move(right);
  }
  return true;
}

Value Evaluator::value(const AttributeOf& node) { return m_machine.attribute(evaluate(*node.object), node.name); }

Value Evaluator::value(const ItemOf& node) {
  const Value object = evaluate(*node.object);
  return m_machine.item(object, evaluate(*node.index));
}

Value Evaluator::value(const SliceOf& node) {
  const auto bound = [&](const ExpressionPtr& expression) { return expression ? evaluate(*expression) : Value(); };
  const Value object = evaluate(*node.object);
  const Value start = bound(node.start), stop = bound(node.stop), step = bound(node.step);
  return m_machine.slice(object, start, stop, step, m_folding);
}

Arguments Evaluator::arguments(const ArgumentList& list) {
  Arguments made;
  for (const auto& value : list.positional)
    made.positional.push_back(evaluate(*value));
  for (const auto& [name, value] : list.named)
    made.named.emplace_back(name, evaluate(*value));
  if (list.star)
    for (Value& value : m_machine.elements(evaluate(*list.star)))
      made.positional.push_back(std::move(value));
  if (!list.doubleStar) return made;
  const Value more = evaluate(*list.doubleStar);
  if (!more.dict()) typeError("argument after ** must be a mapping, not " + typeName(more));
  for (const Dict::Entry& entry : more.dict()->entries) {
    if (!entry.key.text()) typeError("keywords must be strings");
    const std::string& name = entry.key.text()->bytes;
    for (const auto& [other, value] : list.named)
      if (other == name) typeError("got multiple values for keyword argument '" + name + "'");
    made.named.emplace_back(name, entry.value);
  }
  return made;
}

// A chain of filters ends at an object, or in a filter block at the block's text.
Value Evaluator::filtered(const Filtered& node, const Value* blockText) {
  const Value object =
      node.object ? (blockText ? filtered(std::get<Filtered>(node.object->kind), blockText) : evaluate(*node.object)) : *blockText;
  const Builtin& filter = filterNamed(node.name);
  Arguments given = arguments(node.arguments);
  given.positional.insert(given.positional.begin(), object);
  return runBuiltin(m_machine, filter, std::move(given));
}

Value Evaluator::value(const Filtered& node) { return filtered(node, nullptr); }

Value Evaluator::value(const Tested& node) {
  const Value object = evaluate(*node.object);
  const Builtin& test = testNamed(node.name);
  Arguments given = arguments(node.arguments);
  given.positional.insert(given.positional.begin(), object);
  return runBuiltin(m_machine, test, std::move(given));
}

Value Evaluator::value(const Called& node) {
  const Value callee = evaluate(*node.callee);
  return m_machine.call(callee, arguments(node.arguments));
}

}  // namespace incipit::chat
