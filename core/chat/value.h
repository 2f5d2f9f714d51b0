// The values of the template language: Python's, as far as a chat template can get hold of them. Lists and dicts never change once they
// are made (the sandbox forbids it), so values are shared freely; what changes (namespaces, loops, generators) is an Object.
#pragma once

#include "core/chat/budget.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace incipit::chat {

// Python's integers have no end; these have 127 bits, and what would need more is refused.
__extension__ typedef __int128 Integer;

class Value;
class Object;
using Values = std::vector<Value>;

struct Missing {};  // an argument that was not given, a name that was not set: never seen by a template
struct None {};
struct Undefined {  // printed as nothing, false, empty; any other use is an error with these words
  std::shared_ptr<const std::string> reason;
  bool unsafe = false;  // an attribute that the sandbox hides
};

struct Text {
  Text(Budget& budget, std::string text, bool marked);
  std::string bytes;  // UTF-8
  bool marked;        // as HTML: Markup
  bool ascii;
  std::size_t length;  // code points
  Share share;
};

struct Sequence {
  Sequence(Budget& budget, Values values);
  Values items;
  int depth;  // levels of values in one another
  Share share;
};
struct List : Sequence {
  using Sequence::Sequence;
};
struct Tuple : Sequence {
  using Sequence::Sequence;
  bool group = false;  // of groupby: .grouper and .list
};

struct Dict {
  struct Entry;
  Dict(Budget& budget, std::vector<Entry> given);  // of equal keys the first keeps the place, the last the value
  const Value* find(const Value& key) const;       // throws a type error where the key cannot be hashed
  const Value* find(std::string_view key) const;

  std::vector<Entry> entries;
  int depth = 1;
  Share share;

 private:
  std::size_t locate(const Value& key, std::size_t hash) const;
  std::unordered_multimap<std::size_t, std::size_t> m_index;  // by hash, of dicts that are not small
};

struct Range {
  Integer start, stop, step;
  Integer length() const;
};

class Value {
 public:
  using Data =
      std::variant<Missing, Undefined, None, bool, Integer, double, std::shared_ptr<const Text>, std::shared_ptr<const List>,
                   std::shared_ptr<const Tuple>, std::shared_ptr<const Dict>, std::shared_ptr<const Range>, std::shared_ptr<Object>>;
  Value() = default;
  template <class T, class = std::enable_if_t<std::is_constructible_v<Data, std::in_place_type_t<std::decay_t<T>>, T>>>
  Value(T data) : m_data(std::in_place_type<std::decay_t<T>>, std::move(data)) {}

  template <class T>
  bool is() const {
    return std::holds_alternative<T>(m_data);
  }
  bool missing() const { return is<Missing>(); }
  bool undefined() const { return is<Undefined>(); }
  bool none() const { return is<None>(); }
  // Null where the value is of another kind.
  const bool* boolean() const { return std::get_if<bool>(&m_data); }
  const Integer* integer() const { return std::get_if<Integer>(&m_data); }
  const double* real() const { return std::get_if<double>(&m_data); }
  const Text* text() const { return pointer<std::shared_ptr<const Text>>(); }
  const List* list() const { return pointer<std::shared_ptr<const List>>(); }
  const Tuple* tuple() const { return pointer<std::shared_ptr<const Tuple>>(); }
  const Dict* dict() const { return pointer<std::shared_ptr<const Dict>>(); }
  const Range* range() const { return pointer<std::shared_ptr<const Range>>(); }
  Object* object() const { return pointer<std::shared_ptr<Object>>(); }
  const Values* items() const;                 // of a list or tuple
  std::optional<Integer> wholeNumber() const;  // an integer, or a boolean as Python counts it
  const Data& data() const { return m_data; }

 private:
  template <class P>
  auto pointer() const -> decltype(std::declval<P>().get()) {
    const P* held = std::get_if<P>(&m_data);
    return held ? held->get() : nullptr;
  }
  Data m_data;
};

struct Dict::Entry {
  Value key, value;
};

int depthOf(const Value& value);
std::string typeName(const Value& value);  // Python's
bool truth(const Value& value);

// The values of one rendering are made here, so that all of them are counted.
class Heap {
 public:
  explicit Heap(Budget& budget) : m_budget(&budget) {}
  Budget& budget() const { return *m_budget; }
  Value text(std::string bytes, bool marked = false) const { return std::make_shared<const Text>(*m_budget, std::move(bytes), marked); }
  Value list(Values items) const { return std::make_shared<const List>(*m_budget, std::move(items)); }
  Value tuple(Values items) const { return std::make_shared<const Tuple>(*m_budget, std::move(items)); }
  Value dict(std::vector<Dict::Entry> entries) const { return std::make_shared<const Dict>(*m_budget, std::move(entries)); }
  static Value range(Range range) { return std::make_shared<const Range>(range); }
  static Value undefined(std::string reason, bool unsafe = false) {
    return Undefined{std::make_shared<const std::string>(std::move(reason)), unsafe};
  }

 private:
  Budget* m_budget;
};

// A text that grows within the budget.
class TextBuilder {
 public:
  explicit TextBuilder(Budget& budget) : m_share(budget) {}
  void add(std::string_view text);
  void add(char letter, std::size_t times);
  const std::string& text() const { return m_text; }
  std::string take() { return std::move(m_text); }

 private:
  void grow(std::size_t bytes);
  std::string m_text;
  Share m_share;
};

}  // namespace incipit::chat
