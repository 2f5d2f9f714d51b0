// Numbers written the way "%05.2f" and "{:>+8,d}" ask for.
#pragma once

#include "core/chat/machine.h"

namespace incipit::chat {

struct NumberStyle {
  char type = 'd';
  int precision = -1;  // -1: none given
  bool plus = false, space = false;
  bool alternative = false;  // #
  char grouping = 0;         // ',' or '_' between thousands
};

struct WrittenNumber {
  std::string sign, prefix, digits;
};

// The number with type d, x, X, o, b, e, E, f, F, g, G or %.
WrittenNumber writeInteger(Integer number, const NumberStyle& style);
WrittenNumber writeReal(double number, const NumberStyle& style);

}  // namespace incipit::chat
