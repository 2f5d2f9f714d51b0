#include "core/tensor/floats.h"

#include "core/support/error.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace incipit {
namespace {

template <class Stored, class Convert>
std::vector<float> convertAll(std::span<const std::byte> bytes, Convert convert) {
  std::vector<float> values(bytes.size() / sizeof(Stored));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof stored, sizeof stored);
    values[i] = convert(stored);
  }
  return values;
}

Matrix matrixOf(const TensorEntry& entry, const std::filesystem::path& file, const std::string& tensor) {
  const bool isFloat =
      entry.type == ElementType::F16 || entry.type == ElementType::BF16 || entry.type == ElementType::F32 || entry.type == ElementType::F64;
  if (entry.shape.size() != 2 || !isFloat)
    throw FormatError("'" + file.string() + "': tensor '" + tensor + "' is " + std::string(nameOf(entry.type)) + " of shape " +
                          shapeText(entry.shape) + ", not a table of floats.",
                      "It should have the shape [virtual tokens, width].");
  Matrix matrix;
  matrix.rows = entry.shape[0];
  matrix.columns = entry.shape[1];
  std::vector<float> values = floatsFrom(entry.bytes, entry.type);
  if (entry.strides.empty()) {
    matrix.values = std::move(values);
    return matrix;
  }
  matrix.values.reserve(static_cast<std::size_t>(entry.elements()));
  for (std::int64_t row = 0; row < matrix.rows; ++row)
    for (std::int64_t column = 0; column < matrix.columns; ++column)
      matrix.values.push_back(values[static_cast<std::size_t>(row * entry.strides[0] + column * entry.strides[1])]);
  return matrix;
}

}  // namespace

float fromBfloat16(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

float fromFloat16(std::uint16_t bits) {
  const int exponent = bits >> 10 & 0x1F;
  const int fraction = bits & 0x3FF;
  float value = 0;
  if (exponent == 0x1F)
    value = fraction == 0 ? INFINITY : NAN;
  else if (exponent == 0)
    value = std::ldexp(static_cast<float>(fraction), -24);
  else
    value = std::ldexp(static_cast<float>(fraction | 0x400), exponent - 25);
  return bits & 0x8000 ? -value : value;
}

std::vector<float> floatsFrom(std::span<const std::byte> bytes, ElementType type) {
  switch (type) {
  case ElementType::F16:
    return convertAll<std::uint16_t>(bytes, fromFloat16);
  case ElementType::BF16:
    return convertAll<std::uint16_t>(bytes, fromBfloat16);
  case ElementType::F32:
    return convertAll<float>(bytes, [](float value) { return value; });
  case ElementType::F64:
    return convertAll<double>(bytes, [](double value) { return static_cast<float>(value); });
  default:
    throw FormatError("Numbers of type " + std::string(nameOf(type)) + " are not floats.", "Store them as F32.");
  }
}

Matrix matrixFrom(const TensorFile& file, const std::string& tensor) {
  Matrix matrix = matrixOf(file.tensors.at(tensor), file.path, tensor);
  file.mapping->checkWhole();
  return matrix;
}
Matrix matrixFrom(const SafetensorsFile& file, const std::string& tensor) {
  Matrix matrix = matrixOf(file.tensors().at(tensor), file.path(), tensor);
  file.mapping()->checkWhole();
  return matrix;
}

}  // namespace incipit
