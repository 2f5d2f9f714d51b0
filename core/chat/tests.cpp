// What may stand behind `is`.
#include "core/chat/builtins.h"
#include "core/chat/compare.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <algorithm>

namespace incipit::chat {

namespace {

template <bool (*holds)(const Value&)>
Value simple(Machine&, Values& arguments) {
  return holds(arguments[0]);
}

bool isDefined(const Value& value) { return !value.undefined(); }
bool isUndefined(const Value& value) { return value.undefined(); }
bool isNone(const Value& value) { return value.none(); }
bool isBoolean(const Value& value) { return value.boolean() != nullptr; }
bool isTrue(const Value& value) { return value.boolean() && *value.boolean(); }
bool isFalse(const Value& value) { return value.boolean() && !*value.boolean(); }
bool isInteger(const Value& value) { return value.integer() != nullptr; }
bool isFloat(const Value& value) { return value.real() != nullptr; }
bool isNumber(const Value& value) { return value.wholeNumber() || value.real(); }
bool isString(const Value& value) { return value.text() != nullptr; }
bool isMapping(const Value& value) { return value.dict() != nullptr; }
bool isMarked(const Value& value) { return value.text() && value.text()->marked; }
bool isCallable(const Value& value) { return value.undefined() || (value.object() && value.object()->callable()); }

Value isIterable(Machine& machine, Values& arguments) { return machine.tryIterate(arguments[0]) != nullptr; }

Value isSequence(Machine& machine, Values& arguments) {
  const Value& value = arguments[0];
  if (value.undefined()) return true;
  return !value.object() && machine.tryLength(value).has_value();
}

Value remainder(Machine& machine, const Value& value, Integer divisor) { return machine.binary("%", value, divisor); }
Value isOdd(Machine& machine, Values& arguments) { return equal(remainder(machine, arguments[0], 2), Integer{1}, machine.budget()); }
Value isEven(Machine& machine, Values& arguments) { return equal(remainder(machine, arguments[0], 2), Integer{0}, machine.budget()); }
Value isDivisible(Machine& machine, Values& arguments) {
  return equal(machine.binary("%", arguments[0], arguments[1]), Integer{0}, machine.budget());
}

Value isLowerText(Machine& machine, Values& arguments) {
  const std::string text = machine.printed(arguments[0]);
  const std::u32string letters = codePoints(text);
  return std::any_of(letters.begin(), letters.end(), isLower) &&
         std::none_of(letters.begin(), letters.end(), [](char32_t c) { return isUpper(c) || isTitle(c); });
}
Value isUpperText(Machine& machine, Values& arguments) {
  const std::u32string letters = codePoints(machine.printed(arguments[0]));
  return std::any_of(letters.begin(), letters.end(), isUpper) &&
         std::none_of(letters.begin(), letters.end(), [](char32_t c) { return isLower(c) || isTitle(c); });
}

Value isSame(Machine&, Values& arguments) {
  const Value &value = arguments[0], &other = arguments[1];
  if (value.none() || other.none()) return value.none() && other.none();
  if (value.boolean() || other.boolean()) return value.boolean() && other.boolean() && *value.boolean() == *other.boolean();
  if (value.object() || other.object()) return value.object() == other.object();
  refuse("it asks whether two values are the same in memory ('sameas'), other than none, true and false");
}

Value isNamedFilter(Machine&, Values& arguments) { return arguments[0].text() && isFilter(arguments[0].text()->bytes); }
Value isNamedTest(Machine&, Values& arguments) { return arguments[0].text() && isTest(arguments[0].text()->bytes); }

Value isIn(Machine& machine, Values& arguments) { return machine.contains(arguments[1], arguments[0]); }

template <char first, char second = 0>
Value compared(Machine& machine, Values& arguments) {
  static const std::string sign = second ? std::string{first, second} : std::string{first};
  return machine.compare(sign, arguments[0], arguments[1]);
}

}  // namespace

const Table& tests() {
  static const Table table = {
      {"odd", "value", isOdd},
      {"even", "value", isEven},
      {"divisibleby", "value num", isDivisible},
      {"defined", "value", simple<isDefined>},
      {"undefined", "value", simple<isUndefined>},
      {"filter", "value", isNamedFilter},
      {"test", "value", isNamedTest},
      {"none", "value", simple<isNone>},
      {"boolean", "value", simple<isBoolean>},
      {"false", "value", simple<isFalse>},
      {"true", "value", simple<isTrue>},
      {"integer", "value", simple<isInteger>},
      {"float", "value", simple<isFloat>},
      {"lower", "value", isLowerText},
      {"upper", "value", isUpperText},
      {"string", "value", simple<isString>},
      {"mapping", "value", simple<isMapping>},
      {"number", "value", simple<isNumber>},
      {"sequence", "value", isSequence},
      {"iterable", "value", isIterable},
      {"callable", "/ value", simple<isCallable>},
      {"sameas", "value other", isSame},
      {"escaped", "value", simple<isMarked>},
      {"in", "value seq", isIn},
      {"==", "/ a b", compared<'=', '='>},
      {"eq", "/ a b", compared<'=', '='>},
      {"equalto", "/ a b", compared<'=', '='>},
      {"!=", "/ a b", compared<'!', '='>},
      {"ne", "/ a b", compared<'!', '='>},
      {">", "/ a b", compared<'>'>},
      {"gt", "/ a b", compared<'>'>},
      {"greaterthan", "/ a b", compared<'>'>},
      {"ge", "/ a b", compared<'>', '='>},
      {">=", "/ a b", compared<'>', '='>},
      {"<", "/ a b", compared<'<'>},
      {"lt", "/ a b", compared<'<'>},
      {"lessthan", "/ a b", compared<'<'>},
      {"<=", "/ a b", compared<'<', '='>},
      {"le", "/ a b", compared<'<', '='>},
  };
  return table;
}

}  // namespace incipit::chat
