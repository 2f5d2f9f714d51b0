// Stored floats of 16, 32 and 64 bits as fp32 values.
#pragma once

#include "core/tensor/matrix.h"
#include "core/tensor/safetensors.h"
#include "core/tensor/tensor_file.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace incipit {

float fromFloat16(std::uint16_t bits);   // IEEE 754 binary16
float fromBfloat16(std::uint16_t bits);  // the upper half of an fp32

// Little-endian numbers of a float type (F16, BF16, F32, F64); any alignment.
std::vector<float> floatsFrom(std::span<const std::byte> bytes, ElementType type);

// A tensor of two dimensions as a matrix. Throws FormatError naming file, tensor, shape and type when it is none.
Matrix matrixFrom(const TensorFile& file, const std::string& tensor);
Matrix matrixFrom(const SafetensorsFile& file, const std::string& tensor);

}  // namespace incipit
