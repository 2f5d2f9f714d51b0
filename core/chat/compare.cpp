#include "core/chat/compare.h"

#include "core/chat/object.h"
#include "core/chat/problem.h"

#include <cmath>
#include <compare>
#include <functional>

namespace incipit::chat {

namespace {

bool isNumber(const Value& value) { return value.wholeNumber() || value.real(); }

std::partial_ordering compareToReal(Integer whole, double real) {
  constexpr double beyond = 1.6e38;  // every Integer lies within
  if (std::isnan(real)) return std::partial_ordering::unordered;
  if (real >= beyond) return std::partial_ordering::less;
  if (real <= -beyond) return std::partial_ordering::greater;
  const double floor = std::floor(real);
  const auto below = static_cast<Integer>(floor);
  if (whole != below) return whole < below ? std::partial_ordering::less : std::partial_ordering::greater;
  return floor == real ? std::partial_ordering::equivalent : std::partial_ordering::less;
}

std::partial_ordering compareNumbers(const Value& left, const Value& right) {
  const auto a = left.wholeNumber(), b = right.wholeNumber();
  if (a && b) return *a < *b ? std::partial_ordering::less : *a > *b ? std::partial_ordering::greater : std::partial_ordering::equivalent;
  if (a) return compareToReal(*a, *right.real());
  if (b) return 0 <=> compareToReal(*b, *left.real());
  return *left.real() <=> *right.real();
}

bool equalItems(const Values& left, const Values& right, Budget& budget) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i)
    if (!equal(left[i], right[i], budget)) return false;
  return true;
}

bool equalDicts(const Dict& left, const Dict& right, Budget& budget) {
  if (left.entries.size() != right.entries.size()) return false;
  for (const Dict::Entry& entry : left.entries) {
    const Value* other = right.find(entry.key);
    if (!other || !equal(entry.value, *other, budget)) return false;
  }
  return true;
}

bool equalRanges(const Range& left, const Range& right) {
  const Integer length = left.length();
  if (length != right.length()) return false;
  return length == 0 || (left.start == right.start && (length == 1 || left.step == right.step));
}

}  // namespace

bool equal(const Value& left, const Value& right, Budget& budget) {
  budget.step();
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) == std::partial_ordering::equivalent;
  if (left.data().index() != right.data().index()) return false;
  if (const Text* text = left.text()) return text->bytes == right.text()->bytes;
  if (const List* list = left.list()) return equalItems(list->items, right.list()->items, budget);
  if (const Tuple* tuple = left.tuple()) return equalItems(tuple->items, right.tuple()->items, budget);
  if (const Dict* dict = left.dict()) return equalDicts(*dict, *right.dict(), budget);
  if (const Range* range = left.range()) return equalRanges(*range, *right.range());
  if (left.object() && left.object() != right.object()) {
    if (left.object()->typeName().rfind("dict_", 0) == 0 && right.object()->typeName().rfind("dict_", 0) == 0)
      refuse("it compares the views of two dicts, which this interpreter does not");
    return false;
  }
  return true;  // undefined, none, the same object
}

bool less(const Value& left, const Value& right, Budget& budget, const char* sign) {
  budget.step();
  if (left.undefined() || right.undefined())
    throw Problem(Trouble::Undefined, *std::get<Undefined>((left.undefined() ? left : right).data()).reason);
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) == std::partial_ordering::less;
  if (left.text() && right.text()) return left.text()->bytes < right.text()->bytes;  // UTF-8 keeps the order of code points
  if (left.data().index() == right.data().index() && left.items()) {
    const Values &a = *left.items(), &b = *right.items();
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
      if (!equal(a[i], b[i], budget)) return less(a[i], b[i], budget, sign);
    return a.size() < b.size();
  }
  typeError(std::string("'") + sign + "' not supported between instances of '" + typeName(left) + "' and '" + typeName(right) + "'");
}

std::size_t hashOf(std::string_view text) { return std::hash<std::string_view>{}(text); }

std::size_t hashOf(const Value& value, Budget& budget) {
  budget.step();
  if (const Text* text = value.text()) return hashOf(text->bytes);
  if (const auto whole = value.wholeNumber()) return std::hash<long long>{}(static_cast<long long>(*whole));
  if (const double* real = value.real()) {
    if (std::isfinite(*real) && std::abs(*real) < 1e38 && std::floor(*real) == *real)
      return hashOf(Value(static_cast<Integer>(*real)), budget);
    return std::hash<double>{}(*real);
  }
  if (const Tuple* tuple = value.tuple()) {
    std::size_t hash = 7;
    for (const Value& item : tuple->items)
      hash = hash * 31 + hashOf(item, budget);
    return hash;
  }
  if (value.list() || value.dict()) typeError("unhashable type: '" + typeName(value) + "'");
  if (value.range()) refuse("it uses a range as a key");
  if (const Object* object = value.object()) return std::hash<const void*>{}(object);
  return value.data().index();
}

}  // namespace incipit::chat
