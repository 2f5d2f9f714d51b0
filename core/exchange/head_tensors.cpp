#include "core/exchange/head_tensors.h"

#include "core/support/error.h"
#include "core/tensor/floats.h"

#include <array>
#include <cmath>

namespace incipit {
namespace {

// In the order in which a head has its parts (class_head.h).
constexpr std::array headNames{"score.weight",          "classifier.weight",          "classifier.bias",         "classifier.dense.weight",
                               "classifier.dense.bias", "classifier.out_proj.weight", "classifier.out_proj.bias"};

HeadPart partFrom(const TensorFile& file, const TensorEntry& entry, const std::string& stored, const std::string& name) {
  HeadPart part{name, {}};
  const std::size_t dimensions = part.isVector() ? 1 : 2;
  const auto fail = [&](const std::string& what) {
    throw FormatError("The tensor '" + stored + "' of '" + file.path.string() + "' " + what + ".", "Take another copy of the adapter.");
  };
  if (entry.shape.size() != dimensions)
    fail("has " + std::to_string(entry.shape.size()) + " dimensions, not " + std::to_string(dimensions));
  if (entry.type != ElementType::F32 && entry.type != ElementType::F16 && entry.type != ElementType::BF16 && entry.type != ElementType::F64)
    fail("holds no floating-point numbers");
  if (!entry.strides.empty()) fail("is not stored row by row");
  part.values = part.isVector() ? Matrix(1, entry.shape[0]) : Matrix(entry.shape[0], entry.shape[1]);
  part.values.values = floatsFrom(entry.bytes, entry.type);
  file.mapping->checkWhole();
  for (const float value : part.values.values)
    if (!std::isfinite(value)) fail("has a value that is not a number");
  return part;
}

}  // namespace

void addHead(std::vector<TensorToWrite>& tensors, const ClassHead& head, const std::string& prefix) {
  for (const HeadPart& part : head)
    tensors.push_back({prefix + part.name, ElementType::F32, part.shape(), std::as_bytes(std::span(part.values.values))});
}

ClassHead headFrom(const TensorFile& file, const std::string& prefix) {
  ClassHead head;
  for (const std::string name : headNames)
    if (const auto found = file.tensors.find(prefix + name); found != file.tensors.end())
      head.push_back(partFrom(file, found->second, found->first, name));
  return head;
}

void refuseHead(const SoftPrompt& prompt, const std::string& format) {
  if (prompt.head.empty()) return;
  throw FormatError("The head that was trained with this prompt has no room in the format '" + format + "'.",
                    "Export it as peft or safetensors, which hold both.");
}

}  // namespace incipit
