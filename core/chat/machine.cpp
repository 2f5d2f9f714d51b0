#include "core/chat/machine.h"

#include "core/chat/builtins.h"
#include "core/chat/compare.h"
#include "core/chat/iterators.h"
#include "core/chat/numbers.h"
#include "core/chat/printing.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <algorithm>

namespace incipit::chat {

namespace {

bool isDunder(const std::string& name) {
  return name.size() > 4 && name.rfind("__", 0) == 0 && name.compare(name.size() - 2, 2, "__") == 0;
}

Value unsafe(const Value& object, const std::string& name) {
  return Heap::undefined("access to attribute '" + name + "' of '" + typeName(object) + "' object is unsafe", true);
}

// The letter at `index` of a text, or of a list its element; nothing where there is none.
template <class At>
std::optional<Value> indexed(Integer index, Integer length, At at) {
  if (index < 0) index += length;
  if (index < 0 || index >= length) return std::nullopt;
  return at(static_cast<std::size_t>(index));
}

std::string_view letterAt(const Text& text, std::size_t index, Budget& budget) {
  if (text.ascii) return std::string_view(text.bytes).substr(index, 1);
  budget.work(text.bytes.size());
  std::size_t byte = 0;
  while (index-- > 0)
    byte += characterBytes(text.bytes[byte]);
  return std::string_view(text.bytes).substr(byte, characterBytes(text.bytes[byte]));
}

}  // namespace

void useOfUndefined(const Value& undefined) {
  const auto& reason = std::get<Undefined>(undefined.data());
  throw Problem(reason.unsafe ? Trouble::Security : Trouble::Undefined, *reason.reason);
}

Object::Object(int depth) : m_depth(depth) {
  if (depth > Limits::valueDepth) refuse("it puts values into one another too deeply");
}

Value Object::call(Machine&, Arguments&&) { typeError("'" + typeName() + "' object is not callable"); }
void Object::describe(TextBuilder&, int) const { refuse("it prints a " + typeName() + " itself, whose text in Python is an address"); }

std::string Machine::printed(const Value& value) const { return chat::printed(m_heap, value); }

// What Python's getattr() finds, the sandbox's refusals included.
std::optional<Value> Machine::pythonAttribute(const Value& object, const std::string& name) {
  if (isDunder(name) && isPythonAttribute(object, name)) return unsafe(object, name);
  if (Object* held = object.object()) {
    auto found = held->attribute(*this, name);
    if (found && name[0] == '_') return unsafe(object, name);
    return found;
  }
  if (const Tuple* tuple = object.tuple(); tuple && tuple->group && (name == "grouper" || name == "list"))
    return tuple->items[name == "list" ? 1 : 0];
  if (auto method = boundMethod(object, name)) return method;
  if (!isPythonAttribute(object, name)) return std::nullopt;
  if (name[0] == '_' || changesItsObject(object, name)) return unsafe(object, name);
  refuse("the attribute '" + name + "' of a " + typeName(object) + " is not carried out");
}

Value Machine::attribute(const Value& object, const std::string& name) {
  if (object.undefined() && !(isDunder(name) && isPythonAttribute(object, name))) useOfUndefined(object);
  if (auto found = pythonAttribute(object, name)) return *found;
  if (const Dict* dict = object.dict())
    if (const Value* value = dict->find(name)) return *value;
  return Heap::undefined("'" + typeName(object) + " object' has no attribute '" + name + "'");
}

std::optional<Value> Machine::entry(const Value& object, const Value& index) {
  if (const Dict* dict = object.dict()) {
    if (index.list() || index.dict()) return std::nullopt;
    const Value* value = dict->find(index);
    return value ? std::optional(*value) : std::nullopt;
  }
  const auto at = index.wholeNumber();
  if (!at) return std::nullopt;
  if (const Values* items = object.items())
    return indexed(*at, static_cast<Integer>(items->size()), [&](std::size_t i) { return (*items)[i]; });
  if (const Text* text = object.text())
    return indexed(*at, static_cast<Integer>(text->length),
                   [&](std::size_t i) { return this->text(std::string(letterAt(*text, i, budget())), text->marked); });
  if (const Range* range = object.range())
    return indexed(*at, range->length(), [&](std::size_t i) { return Value(range->start + static_cast<Integer>(i) * range->step); });
  return std::nullopt;
}

Value Machine::item(const Value& object, const Value& index) {
  if (object.undefined()) useOfUndefined(object);
  if (auto found = entry(object, index)) return *found;
  if (const Text* name = index.text())
    if (auto found = pythonAttribute(object, name->bytes)) return *found;
  return missingEntry(object, index);
}

Value Machine::missingEntry(const Value& object, const Value& index) const {
  if (const Text* name = index.text()) return Heap::undefined("'" + typeName(object) + " object' has no attribute '" + name->bytes + "'");
  const bool plain = index.wholeNumber() || index.real() || index.none();
  return Heap::undefined(typeName(object) + " object has no element" + (plain ? " " + described(m_heap, index) : ""));
}

namespace {

struct Bounds {
  Integer start, stop, step, count;
};

// Python's slice.indices().
Bounds boundsOf(const Value& start, const Value& stop, const Value& step, Integer length) {
  const auto number = [](const Value& value, Integer fallback) {
    if (value.none() || value.missing()) return fallback;
    if (const auto whole = value.wholeNumber()) return *whole;
    if (value.undefined()) useOfUndefined(value);
    typeError("slice indices must be integers or None or have an __index__ method");
  };
  Bounds bounds;
  bounds.step = number(step, 1);
  if (bounds.step == 0) valueError("slice step cannot be zero");
  const bool down = bounds.step < 0;
  const auto clip = [&](Integer at) {
    if (at < 0) at += length;
    return at < 0 ? (down ? Integer{-1} : Integer{0}) : at >= length ? (down ? length - 1 : length) : at;
  };
  const auto given = [](const Value& value) { return !value.none() && !value.missing(); };
  bounds.start = given(start) ? clip(number(start, 0)) : down ? length - 1 : Integer{0};
  bounds.stop = given(stop) ? clip(number(stop, 0)) : down ? Integer{-1} : length;
  bounds.count = Range{bounds.start, bounds.stop, bounds.step}.length();
  return bounds;
}

}  // namespace

Value Machine::slice(const Value& object, const Value& start, const Value& stop, const Value& step, bool folded) {
  if (object.undefined()) useOfUndefined(object);
  const bool sliceable = object.items() || object.text() || object.range();
  const auto fits = [](const Value& value) { return value.none() || value.missing() || value.wholeNumber(); };
  if (folded && !(sliceable && fits(start) && fits(stop) && fits(step))) return missingEntry(object, None{});
  if (!sliceable) typeError("'" + typeName(object) + "' object is not subscriptable");
  const auto each = [](const Bounds& bounds, auto visit) {
    Integer at = bounds.start;
    for (Integer i = 0; i < bounds.count; ++i, at += bounds.step)
      visit(at);
  };
  if (const Values* items = object.items()) {
    const Bounds bounds = boundsOf(start, stop, step, static_cast<Integer>(items->size()));
    Values taken;
    taken.reserve(static_cast<std::size_t>(bounds.count));
    each(bounds, [&](Integer at) { taken.push_back((*items)[static_cast<std::size_t>(at)]); });
    return object.list() ? m_heap.list(std::move(taken)) : m_heap.tuple(std::move(taken));
  }
  if (const Range* range = object.range()) {
    const Bounds bounds = boundsOf(start, stop, step, range->length());
    const auto at = [&](Integer index) { return range->start + index * range->step; };
    return Heap::range({at(bounds.start), at(bounds.stop), range->step * bounds.step});
  }
  const Text& text = *object.text();
  budget().work(text.bytes.size());
  const Bounds bounds = boundsOf(start, stop, step, static_cast<Integer>(text.length));
  std::string taken;
  if (text.ascii && bounds.step == 1) {
    taken = text.bytes.substr(static_cast<std::size_t>(bounds.start), static_cast<std::size_t>(bounds.count));
  } else {
    const Share share(budget(), 4 * text.length);
    const std::u32string letters = codePoints(text.bytes);
    each(bounds, [&](Integer at) { append(taken, letters[static_cast<std::size_t>(at)]); });
  }
  return this->text(std::move(taken), text.marked);
}

Value Machine::call(const Value& callee, Arguments&& arguments) {
  budget().step();
  const Level level(m_depth);
  if (callee.undefined()) useOfUndefined(callee);
  if (!callee.object()) typeError("'" + typeName(callee) + "' object is not callable");
  const Value held = callee;  // alive during the call
  return held.object()->call(*this, std::move(arguments));
}

std::unique_ptr<Iterator> Machine::tryIterate(const Value& value) {
  if (value.undefined()) return std::make_unique<ItemsIterator>(heap().list({}));
  if (value.items()) return std::make_unique<ItemsIterator>(value);
  if (value.text()) return std::make_unique<LettersIterator>(value);
  if (value.dict()) return std::make_unique<KeysIterator>(value);
  if (const Range* range = value.range()) return std::make_unique<RangeIterator>(*range);
  if (Object* object = value.object()) return object->iterate(*this);
  return nullptr;
}

std::unique_ptr<Iterator> Machine::iterate(const Value& value) {
  auto iterator = tryIterate(value);
  if (!iterator) typeError("'" + typeName(value) + "' object is not iterable");
  return iterator;
}

Values Machine::elements(const Value& value) {
  if (const Values* items = value.items()) return *items;
  Values items;
  Share share(budget());
  const auto iterator = iterate(value);
  while (auto next = iterator->next(*this)) {
    budget().step();
    share.grow(sizeof(Value));
    items.push_back(std::move(*next));
  }
  return items;
}

std::optional<Integer> Machine::tryLength(const Value& value) {
  if (value.undefined()) return 0;
  if (const Text* text = value.text()) return static_cast<Integer>(text->length);
  if (const Values* items = value.items()) return static_cast<Integer>(items->size());
  if (const Dict* dict = value.dict()) return static_cast<Integer>(dict->entries.size());
  if (const Range* range = value.range()) return range->length();
  if (Object* object = value.object()) return object->length(*this);
  return std::nullopt;
}

Integer Machine::length(const Value& value) {
  if (const auto length = tryLength(value)) return *length;
  typeError("object of type '" + typeName(value) + "' has no len()");
}

bool Machine::contains(const Value& container, const Value& value) {
  if (const Text* text = container.text()) {
    const Text* part = value.text();
    if (!part) typeError("'in <string>' requires string as left operand, not " + typeName(value));
    budget().work(text->bytes.size());
    return text->bytes.find(part->bytes) != std::string::npos;
  }
  if (const Dict* dict = container.dict()) return dict->find(value) != nullptr;
  if (Object* object = container.object())
    if (const auto found = object->contains(*this, value)) return *found;
  const auto iterator = tryIterate(container);
  if (!iterator) typeError("argument of type '" + typeName(container) + "' is not iterable");
  while (const auto next = iterator->next(*this))
    if (equal(*next, value, budget())) return true;
  return false;
}

bool Machine::compare(const std::string& sign, const Value& left, const Value& right) {
  if (sign == "==") return equal(left, right, budget());
  if (sign == "!=") return !equal(left, right, budget());
  if (sign == "in") return contains(right, left);
  if (sign == "not in") return !contains(right, left);
  if (sign == "<") return less(left, right, budget(), "<");
  if (sign == ">") return less(right, left, budget(), ">");
  // NaN is in no order to anything, so these are no opposites of the two above.
  const bool nan = (left.real() && *left.real() != *left.real()) || (right.real() && *right.real() != *right.real());
  if (sign == "<=") return !less(right, left, budget(), "<=") && !nan;
  return !less(left, right, budget(), ">=") && !nan;
}

}  // namespace incipit::chat
