// One tensor of a file: its numbers' type, its shape, and where its bytes lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

// In the order of safetensors' reference implementation, which writes larger types first.
enum class ElementType { Bool, U8, I8, I16, F16, BF16, I32, F32, F64, I64 };

std::size_t bytesPerElement(ElementType type);
std::string_view nameOf(ElementType type);  // "F32", "BF16" ...

// Elements of a shape, or -1 when a dimension is negative or the product leaves 63 bits.
std::int64_t elementsOf(std::span<const std::int64_t> shape);
std::string shapeText(std::span<const std::int64_t> shape);  // "[300, 32]"

struct TensorEntry {
  ElementType type;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;        // points into the mapped file, from the first element to the last
  std::vector<std::int64_t> strides = {};  // in elements, one a dimension; empty where the elements lie row after row

  std::int64_t elements() const { return elementsOf(shape); }
};

}  // namespace incipit
