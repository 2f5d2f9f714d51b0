#include "core/model/weights/weights.h"

#include "core/support/error.h"
#include "core/support/files.h"
#include "core/support/fingerprint.h"
#include "core/tensor/tensor_file.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_strided.h>
#include <ATen/ops/from_blob.h>
#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

namespace incipit {
namespace {

// What checkpoints put in front of the names, by family and by whether the head was saved with them.
constexpr std::array prefixes{"", "transformer.", "model.", "gpt_neox.", "model.decoder.", "decoder.", "bert.", "roberta."};

at::ScalarType scalarTypeOf(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return at::kFloat;
  case ElementType::F16:
    return at::kHalf;
  case ElementType::BF16:
    return at::kBFloat16;
  case ElementType::F64:
    return at::kDouble;
  case ElementType::I64:
    return at::kLong;
  case ElementType::I32:
    return at::kInt;
  case ElementType::I16:
    return at::kShort;
  case ElementType::I8:
    return at::kChar;
  case ElementType::U8:
    return at::kByte;
  case ElementType::Bool:
    return at::kBool;
  }
  return at::kFloat;
}

// A tensor over the mapped bytes; it keeps the mapping alive. A file whose data is not aligned for its type is copied.
at::Tensor tensorOver(const TensorEntry& entry, const std::shared_ptr<const MappedFile>& mapping) {
  auto* data = const_cast<std::byte*>(entry.bytes.data());
  const auto type = scalarTypeOf(entry.type);
  if (reinterpret_cast<std::uintptr_t>(data) % bytesPerElement(entry.type) == 0) {
    if (entry.strides.empty())
      return at::from_blob(
          data, entry.shape, [mapping](void*) {}, at::TensorOptions(type));
    return at::from_blob(
        data, entry.shape, entry.strides, [mapping](void*) {}, at::TensorOptions(type));
  }
  at::Tensor copy = entry.strides.empty() ? at::empty(entry.shape, at::TensorOptions(type))
                                          : at::empty_strided(entry.shape, entry.strides, at::TensorOptions(type));
  std::memcpy(copy.data_ptr(), data, entry.bytes.size());
  return copy;
}

// TensorFlow's words for the numbers of a norm, as the first BERT checkpoints have them.
std::string oldSpelling(const std::string& name) {
  if (name.ends_with("LayerNorm.weight")) return name.substr(0, name.size() - 6) + "gamma";
  if (name.ends_with("LayerNorm.bias")) return name.substr(0, name.size() - 4) + "beta";
  return name;
}

std::string shapeOf(const at::Tensor& tensor) { return shapeText(std::span(tensor.sizes().data(), tensor.sizes().size())); }

// The shards that an index names: {"weight_map": {"wte.weight": "model-00001-of-00005.safetensors", ...}}.
std::vector<std::filesystem::path> shardsOf(const std::filesystem::path& index) {
  const auto folder = index.parent_path();
  const Json json = readJson(index);
  std::set<std::string> names;
  if (json.is_object() && json.contains("weight_map") && json["weight_map"].is_object())
    for (const auto& [tensor, file] : json["weight_map"].items())
      if (file.is_string()) names.insert(file.get<std::string>());
  if (names.empty()) throw FormatError("'" + index.string() + "' names no shards.", "Download the model again.");
  std::vector<std::filesystem::path> files;
  for (const auto& name : names) {
    if (std::filesystem::path(name).filename() != name)
      throw FormatError("'" + index.string() + "' names the shard '" + name + "', which is outside the folder.",
                        "Download the model again.");
    if (!fileExists(folder / name))
      throw ModelError("The shard '" + name + "' of '" + folder.string() + "' is missing.",
                       "Download the model again; it is not complete.");
    files.push_back(folder / name);
  }
  return files;
}

}  // namespace

std::vector<std::filesystem::path> weightFiles(const std::filesystem::path& folder) {
  // PyTorch's own format comes last: where a folder has both, safetensors are the same numbers.
  for (const char* name : {"model.safetensors", "pytorch_model.bin"}) {
    if (const auto single = folder / name; fileExists(single)) return {single};
    if (const auto index = folder / (std::string(name) + ".index.json"); fileExists(index)) return shardsOf(index);
  }
  throw ModelError("The folder '" + folder.string() + "' holds no weights (neither model.safetensors nor pytorch_model.bin).",
                   "A Hugging Face model folder holds config.json and model.safetensors, or several shards with an index.");
}

Weights Weights::open(const std::filesystem::path& folder) {
  Weights weights;
  weights.m_origin = folder.string();
  weights.m_files = weightFiles(folder);
  for (const auto& path : weights.m_files) {
    const TensorFile file = readTensorFile(path);
    for (const auto& [name, entry] : file.tensors)
      weights.m_tensors.emplace(name, tensorOver(entry, file.mapping));
    weights.m_mappings.push_back(file.mapping);
  }
  return weights;
}

Weights Weights::of(std::map<std::string, at::Tensor> tensors) {
  Weights weights;
  weights.m_origin = "memory";
  weights.m_tensors = std::move(tensors);
  return weights;
}

Weights Weights::outline() const {
  Weights outline;
  outline.m_origin = m_origin;
  for (const auto& [name, tensor] : m_tensors)
    outline.m_tensors.emplace(name, at::empty(tensor.sizes(), tensor.options().device(at::kMeta)));
  return outline;
}

const at::Tensor* Weights::find(const std::string& name) const {
  for (const std::string& spelling : {name, oldSpelling(name)})
    for (const char* prefix : prefixes)
      if (const auto found = m_tensors.find(prefix + spelling); found != m_tensors.end()) return &found->second;
  return nullptr;
}

bool Weights::has(const std::string& name) const { return find(name) != nullptr; }

const at::Tensor& Weights::checked(const std::string& name, const std::vector<std::int64_t>& shape) const {
  const at::Tensor* tensor = find(name);
  if (tensor == nullptr)
    throw ModelError("The weights of '" + m_origin + "' lack the tensor '" + name + "'.",
                     "Its config.json describes another model than its weights; download it again.");
  if (tensor->sizes() != at::IntArrayRef(shape))
    throw ModelError("The tensor '" + name + "' of '" + m_origin + "' has the shape " + shapeOf(*tensor) + ", its config.json asks for " +
                         shapeText(shape) + ".",
                     "config.json and weights belong to different models; download it again.");
  if (!tensor->is_floating_point())
    throw ModelError("The tensor '" + name + "' of '" + m_origin + "' holds whole numbers (a quantised model).",
                     "Open the original model in fp32, fp16 or bf16.");
  return *tensor;
}

at::Tensor Weights::get(const std::string& name, const std::vector<std::int64_t>& shape, const Numerics& numerics) const {
  const auto type = numerics.precision == Precision::Bf16 ? at::kBFloat16 : at::kFloat;
  return checked(name, shape).to(at::Device(numerics.device), type).contiguous();  // a copy only where PyTorch saved a view
}

at::Tensor Weights::asStored(const std::string& name, const std::vector<std::int64_t>& shape, const Numerics& numerics) const {
  const at::Tensor& stored = checked(name, shape);
  const bool onProcessor = at::Device(numerics.device).is_cpu() && !stored.requires_grad() && stored.scalar_type() != at::kDouble;
  return onProcessor ? stored.contiguous() : get(name, shape, numerics);
}

at::Tensor Weights::optional(bool wanted, const std::string& name, const std::vector<std::int64_t>& shape, const Numerics& numerics) const {
  return wanted ? get(name, shape, numerics) : at::Tensor();
}

Linear Weights::linear(const std::string& name, std::int64_t out, std::int64_t in, bool bias, const Numerics& numerics) const {
  return {asStored(name + ".weight", {out, in}, numerics), optional(bias, name + ".bias", {out}, numerics)};
}

Linear Weights::transposedLinear(const std::string& name, std::int64_t out, std::int64_t in, bool bias, const Numerics& numerics) const {
  return {asStored(name + ".weight", {in, out}, numerics), optional(bias, name + ".bias", {out}, numerics), true};
}

void Weights::checkWhole() const {
  for (const auto& mapping : m_mappings)
    mapping->checkWhole();
}

std::string Weights::fingerprint() const {
  constexpr std::size_t sample = 256;
  Fingerprint fingerprint;
  for (const auto& [name, tensor] : m_tensors) {
    fingerprint.add(name + " " + std::string(at::toString(tensor.scalar_type())) + shapeOf(tensor));
    const at::Tensor host = tensor.cpu().contiguous();
    const std::span<const std::byte> bytes{static_cast<const std::byte*>(host.data_ptr()), host.nbytes()};
    const std::size_t size = std::min(sample, bytes.size());
    fingerprint.add(bytes.first(size));
    fingerprint.add(bytes.subspan((bytes.size() - size) / 2, size));
    fingerprint.add(bytes.last(size));
  }
  checkWhole();
  return fingerprint.text();
}

}  // namespace incipit
