// Values with a life of their own: namespaces, loops, macros, methods, generators.
#pragma once

#include "core/chat/value.h"

namespace incipit::chat {

class Machine;

struct Arguments {
  Values positional;
  std::vector<std::pair<std::string, Value>> named;
};

// One element after another, Python's iterator.
class Iterator {
 public:
  virtual ~Iterator() = default;
  virtual std::optional<Value> next(Machine& machine) = 0;
};

class Object {
 public:
  explicit Object(int depth = 1);  // refuses too many values in one another
  virtual ~Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  int depth() const { return m_depth; }
  virtual std::string typeName() const = 0;
  virtual bool truth() const { return true; }
  // A Python attribute, nothing where there is none.
  virtual std::optional<Value> attribute(Machine&, const std::string& /*name*/) { return std::nullopt; }
  virtual bool callable() const { return false; }
  virtual Value call(Machine&, Arguments&& arguments);
  // Null: it cannot be iterated over.
  virtual std::unique_ptr<Iterator> iterate(Machine&) { return nullptr; }
  virtual std::optional<Integer> length(Machine&) { return std::nullopt; }
  // Python's repr(); most have an address in theirs, which no template prints on purpose.
  virtual void describe(TextBuilder& out, int level) const;
  // Whether `in` finds it, for what has a way of its own to look.
  virtual std::optional<bool> contains(Machine&, const Value&) { return std::nullopt; }

 private:
  int m_depth;
};

}  // namespace incipit::chat
