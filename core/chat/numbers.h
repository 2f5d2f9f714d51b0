// Python's numbers: integers of 127 bits with every overflow noticed, floats printed as repr() prints them.
#pragma once

#include "core/chat/value.h"

namespace incipit::chat {

std::string toText(Integer number);
std::string toText(double number);
// The digits in `base` (2 to 36, 0: as the prefix says) with Python's underscores and spaces around; nothing: they are no number.
std::optional<Integer> integerFrom(std::string_view text, int base = 10);
std::optional<double> realFrom(std::string_view text);
double toReal(Integer number);
Integer toInteger(double number);  // towards zero

// One of + - * / // % **. Nothing: these values are no two numbers.
std::optional<Value> arithmetic(std::string_view sign, const Value& left, const Value& right);
std::optional<Value> negated(const Value& value);

// Python's round(): half to even, of the number as it is stored.
double roundTo(double number, int places);
Integer roundTo(Integer number, int places);

// A number of elements, letters or spaces; huge ones become larger than anything the budget allows.
std::int64_t clamped(Integer number);

}  // namespace incipit::chat
