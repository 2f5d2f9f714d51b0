// Counts as people read them: 1 row, 286,634 rows.
#pragma once

#include <cstdint>
#include <string>

namespace incipit {

std::string withSeparators(std::int64_t number);                    // 124,439,808
std::string counted(std::int64_t number, const std::string& noun);  // "1 row", "12 rows": the noun takes an s
inline std::string counted(std::size_t number, const std::string& noun) { return counted(static_cast<std::int64_t>(number), noun); }

}  // namespace incipit
