// The ways through values that hold others, and the generators that filters like `map` and `select` return.
#pragma once

#include "core/chat/machine.h"

#include <functional>

namespace incipit::chat {

class ItemsIterator : public Iterator {  // of a list or tuple
 public:
  explicit ItemsIterator(Value sequence) : m_sequence(std::move(sequence)) {}
  std::optional<Value> next(Machine&) override {
    const Values& items = *m_sequence.items();
    return m_at < items.size() ? std::optional(items[m_at++]) : std::nullopt;
  }

 private:
  Value m_sequence;
  std::size_t m_at = 0;
};

class LettersIterator : public Iterator {
 public:
  explicit LettersIterator(Value text) : m_text(std::move(text)) {}
  std::optional<Value> next(Machine& machine) override;

 private:
  Value m_text;
  std::size_t m_byte = 0;
};

class KeysIterator : public Iterator {  // of a dict
 public:
  explicit KeysIterator(Value dict) : m_dict(std::move(dict)) {}
  std::optional<Value> next(Machine&) override {
    const auto& entries = m_dict.dict()->entries;
    return m_at < entries.size() ? std::optional(entries[m_at++].key) : std::nullopt;
  }

 private:
  Value m_dict;
  std::size_t m_at = 0;
};

class RangeIterator : public Iterator {
 public:
  explicit RangeIterator(Range range) : m_range(range), m_left(range.length()) {}
  std::optional<Value> next(Machine&) override {
    if (m_left == 0) return std::nullopt;
    --m_left;
    const Integer value = m_range.start;
    m_range.start += m_range.step;
    return value;
  }

 private:
  Range m_range;
  Integer m_left;
};

// Python's generator: computed as it is asked, and used up by it.
class Generator : public Object {
 public:
  using Next = std::function<std::optional<Value>(Machine&)>;
  Generator(int depth, Next next) : Object(depth), m_next(std::move(next)) {}
  std::string typeName() const override { return "generator"; }
  std::unique_ptr<Iterator> iterate(Machine&) override;
  std::optional<Value> attribute(Machine& machine, const std::string& name) override;
  std::optional<Value> pull(Machine& machine) { return m_next(machine); }

 private:
  Next m_next;
};

Value generatorOf(const Value& source, Generator::Next next);
// Over the elements of `source`, each made into another or left out.
using EachElement = std::function<std::optional<Value>(Machine&, const Value&)>;
Value generatorOver(const Value& source, EachElement each);
// The same, and nothing at all of a source that is false, whatever it is.
Value generatorOverAny(const Value& source, EachElement each);

}  // namespace incipit::chat
