// Equality, order and hashes, as Python has them: 1 == 1.0 == True, dicts without regard to order, texts by code point.
#pragma once

#include "core/chat/value.h"

namespace incipit::chat {

bool equal(const Value& left, const Value& right, Budget& budget);
// left < right; throws a type error where Python has no order between them. `sign` is the operator, for the error.
bool less(const Value& left, const Value& right, Budget& budget, const char* sign = "<");
// Equal values have equal hashes. Throws a type error for lists, dicts and the like.
std::size_t hashOf(const Value& value, Budget& budget);
std::size_t hashOf(std::string_view text);

}  // namespace incipit::chat
