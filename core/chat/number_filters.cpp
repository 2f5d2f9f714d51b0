// Filters of numbers, and those that look at any value.
#include "core/chat/builtins.h"
#include "core/chat/numbers.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <cmath>

namespace incipit::chat {

namespace {

Value absolute(Machine& machine, Values& arguments) {
  const Value& value = arguments[0];
  if (value.undefined()) useOfUndefined(value);
  if (const auto whole = value.wholeNumber()) return *whole < 0 ? machine.sign(true, value) : Value(*whole);
  if (const double* real = value.real()) return std::abs(*real);
  typeError("bad operand type for abs(): '" + typeName(value) + "'");
}

// float(value), nothing where Python raises.
std::optional<double> toFloat(const Value& value) {
  if (value.undefined()) useOfUndefined(value);
  if (const Text* text = value.text()) return realFrom(text->bytes);
  if (const auto whole = value.wholeNumber()) return toReal(*whole);
  if (const double* real = value.real()) return *real;
  return std::nullopt;
}

Value makeInteger(Machine&, Values& arguments) {
  const Value& value = arguments[0];
  const Value fallback = arguments[1].missing() ? Value(Integer{0}) : arguments[1];
  const Integer base = arguments[2].missing() ? Integer{10} : wholeArgument(arguments[2], "int");
  if (base < 0 || base == 1 || base > 36) return fallback;
  if (const Text* text = value.text())
    if (const auto whole = integerFrom(text->bytes, static_cast<int>(base))) return *whole;
  if (const auto whole = value.wholeNumber()) return *whole;
  const auto real = toFloat(value);
  return real && std::isfinite(*real) ? Value(toInteger(*real)) : fallback;
}

Value makeFloat(Machine&, Values& arguments) {
  const auto real = toFloat(arguments[0]);
  return real ? Value(*real) : arguments[1].missing() ? Value(0.0) : arguments[1];
}

Value round(Machine& machine, Values& arguments) {
  const Value& value = arguments[0];
  const Integer precision = arguments[1].missing() ? Integer{0} : wholeArgument(arguments[1], "round");
  const std::string method = arguments[2].missing() ? "common" : textArgument(arguments[2], "round").bytes;
  if (method != "common" && method != "ceil" && method != "floor") valueError("method must be common, ceil or floor");
  if (value.undefined()) useOfUndefined(value);
  if (!value.real() && !value.wholeNumber()) typeError("type " + typeName(value) + " doesn't define __round__ method");
  const int places = static_cast<int>(std::min<Integer>(std::max<Integer>(precision, -1000), 1000));
  if (method == "common") {
    if (const auto whole = value.wholeNumber()) return roundTo(*whole, places);
    return roundTo(*value.real(), places);
  }
  const Value power = machine.binary("**", Integer{10}, precision);
  const Value scaled = machine.binary("*", value, power);
  if (scaled.wholeNumber()) return machine.binary("/", scaled, power);
  if (!std::isfinite(*scaled.real())) valueError("cannot convert float to integer");
  return machine.binary("/", toInteger(method == "ceil" ? std::ceil(*scaled.real()) : std::floor(*scaled.real())), power);
}

Value fallback(Machine& machine, Values& arguments) {
  const bool replace = arguments[0].undefined() || (flagArgument(arguments[2], false) && !truth(arguments[0]));
  if (!replace) return arguments[0];
  return arguments[1].missing() ? machine.text("") : arguments[1];
}

Value length(Machine& machine, Values& arguments) { return machine.length(arguments[0]); }

Value attribute(Machine& machine, Values& arguments) {
  const std::string& name = textArgument(arguments[1], "attr").bytes;
  if (arguments[0].undefined()) useOfUndefined(arguments[0]);
  const Dict* dict = arguments[0].dict();
  if (dict && !isPythonAttribute(arguments[0], name)) return Heap::undefined("'dict object' has no attribute '" + name + "'");
  return machine.attribute(arguments[0], name);
}

}  // namespace

const Table& numberFilters() {
  static const Table table = {
      {"abs", "/ x", absolute},
      {"int", "value default? base?", makeInteger},
      {"float", "value default?", makeFloat},
      {"round", "value precision? method?", round},
      {"default", "value default_value? boolean?", fallback},
      {"d", "value default_value? boolean?", fallback},
      {"length", "/ obj", length},
      {"count", "/ obj", length},
      {"attr", "obj name", attribute},
  };
  return table;
}

}  // namespace incipit::chat
