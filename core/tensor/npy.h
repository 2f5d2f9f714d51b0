// NumPy's .npy files, version 1.0 to 3.0, for matrices of floats (little-endian f2, f4, f8, and bf16 as JAX stores it; either order).
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include "core/tensor/matrix.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace incipit {

// A [rows, columns] array; a one-dimensional one is read as a single row. Throws FormatError with shape and type otherwise.
Matrix readNpy(const std::filesystem::path& file);
void writeNpy(const std::filesystem::path& file, const Matrix& matrix);  // "<f4", C order, atomic

// The same for bytes in memory (a member of a zip archive); `origin` names them in errors.
Matrix npyFrom(std::string_view bytes, const std::string& origin);
std::string toNpy(const Matrix& matrix);

}  // namespace incipit
