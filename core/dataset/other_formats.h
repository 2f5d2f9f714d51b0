// Files that hold rows in a way that is not read here, told by their first bytes.
#pragma once

#include <filesystem>
#include <string_view>

namespace incipit {

// Throws DataError naming the format (Parquet, Arrow, Excel) and the line that makes JSON Lines of it.
void refuseOtherFormats(const std::filesystem::path& file, std::string_view firstBytes);

}  // namespace incipit
