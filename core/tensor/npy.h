// NumPy's .npy files, version 1.0 to 3.0, for matrices of floats (little-endian f2, f4, f8; C order).
#pragma once

#include "core/tensor/matrix.h"

#include <filesystem>

namespace incipit {

// A [rows, columns] array; a one-dimensional one is read as a single row. Throws FormatError with shape and type otherwise.
Matrix readNpy(const std::filesystem::path& file);
void writeNpy(const std::filesystem::path& file, const Matrix& matrix);  // "<f4", C order, atomic

}  // namespace incipit
