// What Python does with values for a template: attributes and elements, calls, iteration, operators, as jinja2's sandbox allows them.
#pragma once

#include "core/chat/object.h"

#include <ctime>
#include <functional>

namespace incipit::chat {

class Machine {
 public:
  Machine(const Heap& heap, std::function<std::tm()> clock) : m_heap(heap), m_clock(std::move(clock)) {}
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  const Heap& heap() const { return m_heap; }
  Budget& budget() const { return m_heap.budget(); }
  std::tm now() const { return m_clock(); }
  int& depth() { return m_depth; }

  Value text(std::string bytes, bool marked = false) const { return m_heap.text(std::move(bytes), marked); }
  std::string printed(const Value& value) const;  // str()

  Value attribute(const Value& object, const std::string& name);  // object.name
  Value item(const Value& object, const Value& index);            // object[index]
  // object[start:stop:step]. `folded`: Jinja, working constants out, has an unset value where Python has an error.
  Value slice(const Value& object, const Value& start, const Value& stop, const Value& step, bool folded);
  Value call(const Value& callee, Arguments&& arguments);

  // Throws a type error where the value cannot be iterated over; null from tryIterate.
  std::unique_ptr<Iterator> iterate(const Value& value);
  std::unique_ptr<Iterator> tryIterate(const Value& value);
  Values elements(const Value& value);  // list(value)
  Integer length(const Value& value);   // len(value)
  std::optional<Integer> tryLength(const Value& value);

  Value binary(const std::string& sign, const Value& left, const Value& right);
  Value sign(bool minus, const Value& value);
  bool compare(const std::string& sign, const Value& left, const Value& right);
  bool contains(const Value& container, const Value& value);

  // Namespaces can hold themselves; they are emptied when the rendering ends.
  void keep(std::shared_ptr<Object> object) { m_kept.push_back(std::move(object)); }
  const std::vector<std::shared_ptr<Object>>& kept() const { return m_kept; }

 private:
  std::optional<Value> pythonAttribute(const Value& object, const std::string& name);
  std::optional<Value> entry(const Value& object, const Value& index);
  Value missingEntry(const Value& object, const Value& index) const;

  Heap m_heap;
  std::function<std::tm()> m_clock;
  int m_depth = 0;
  std::vector<std::shared_ptr<Object>> m_kept;
};

[[noreturn]] void useOfUndefined(const Value& undefined);

}  // namespace incipit::chat
