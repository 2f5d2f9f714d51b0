#include "core/support/counted.h"

namespace incipit {

std::string withSeparators(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (auto place = static_cast<std::int64_t>(digits.size()) - 3; place > (number < 0 ? 1 : 0); place -= 3)
    digits.insert(static_cast<std::size_t>(place), ",");
  return digits;
}

std::string counted(std::int64_t number, const std::string& noun) { return withSeparators(number) + ' ' + noun + (number == 1 ? "" : "s"); }

}  // namespace incipit
