#include "core/tensor/tensor_entry.h"

#include <array>

namespace incipit {
namespace {

struct TypeName {
  std::string_view name;
  std::size_t bytes;
};
constexpr std::array typeNames{
    // in the order of ElementType
    TypeName{"BOOL", 1}, TypeName{"U8", 1},  TypeName{"I8", 1},  TypeName{"I16", 2}, TypeName{"F16", 2},
    TypeName{"BF16", 2}, TypeName{"I32", 4}, TypeName{"F32", 4}, TypeName{"F64", 8}, TypeName{"I64", 8},
};

}  // namespace

std::size_t bytesPerElement(ElementType type) { return typeNames[static_cast<std::size_t>(type)].bytes; }
std::string_view nameOf(ElementType type) { return typeNames[static_cast<std::size_t>(type)].name; }

std::int64_t elementsOf(std::span<const std::int64_t> shape) {
  std::int64_t elements = 1;
  for (const auto size : shape)
    if (size < 0 || __builtin_mul_overflow(elements, size, &elements)) return -1;
  return elements;
}

std::string shapeText(std::span<const std::int64_t> shape) {
  std::string text;
  for (const auto size : shape)
    text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

}  // namespace incipit
