#include "core/tensor/safetensors.h"

#include "core/support/error.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

struct TypeName {
  ElementType type;
  std::string_view name;
  std::size_t bytes;
};
// In the reference implementation's order, which is also the order of writing (larger elements first).
constexpr std::array typeNames{
    TypeName{ElementType::Bool, "BOOL", 1}, TypeName{ElementType::U8, "U8", 1},   TypeName{ElementType::I8, "I8", 1},
    TypeName{ElementType::I16, "I16", 2},   TypeName{ElementType::F16, "F16", 2}, TypeName{ElementType::BF16, "BF16", 2},
    TypeName{ElementType::I32, "I32", 4},   TypeName{ElementType::F32, "F32", 4}, TypeName{ElementType::F64, "F64", 8},
    TypeName{ElementType::I64, "I64", 8},
};

const TypeName& entryOf(ElementType type) {
  return *std::find_if(typeNames.begin(), typeNames.end(), [&](const TypeName& entry) { return entry.type == type; });
}

constexpr std::uint64_t largestHeader = 100'000'000;  // the reference implementation's bound

// Elements of a shape, or -1 when a dimension is negative or the product leaves 63 bits.
std::int64_t product(const std::vector<std::int64_t>& shape) {
  std::int64_t elements = 1;
  for (const auto size : shape)
    if (size < 0 || __builtin_mul_overflow(elements, size, &elements)) return -1;
  return elements;
}

[[noreturn]] void broken(const std::filesystem::path& file, const std::string& what) {
  throw FormatError("'" + file.string() + "' is no sound safetensors file: " + what + ".", "It is damaged or cut off; get it again.");
}

TensorEntry readEntry(const std::filesystem::path& file, const std::string& name, const nlohmann::json& json,
                      std::span<const std::byte> data) {
  const std::string tensor = "tensor '" + name + "' ";
  if (!json.is_object() || !json.contains("dtype") || !json.contains("shape") || !json.contains("data_offsets"))
    broken(file, tensor + "lacks dtype, shape or data_offsets");
  TensorEntry entry{};
  std::array<std::uint64_t, 2> offsets{};
  std::string type;
  try {
    type = json.at("dtype").get<std::string>();
    entry.shape = json.at("shape").get<std::vector<std::int64_t>>();
    offsets = json.at("data_offsets").get<std::array<std::uint64_t, 2>>();
  } catch (const nlohmann::json::exception&) {
    broken(file, tensor + "has a dtype, shape or data_offsets of the wrong kind");
  }
  const auto known = std::find_if(typeNames.begin(), typeNames.end(), [&](const TypeName& candidate) { return candidate.name == type; });
  if (known == typeNames.end())
    throw FormatError("'" + file.string() + "': " + tensor + "is stored as " + type + ", which is not supported.",
                      "Convert the model to F32, F16 or BF16.");
  entry.type = known->type;
  if (offsets[0] > offsets[1] || offsets[1] > data.size())
    broken(file, tensor + "reaches to byte " + std::to_string(offsets[1]) + " of " + std::to_string(data.size()) + " bytes of data");
  const std::int64_t elements = product(entry.shape);
  std::int64_t bytes = 0;
  if (elements < 0 || __builtin_mul_overflow(elements, static_cast<std::int64_t>(known->bytes), &bytes) ||
      static_cast<std::uint64_t>(bytes) != offsets[1] - offsets[0])
    broken(file, tensor + "claims a shape that does not fill its " + std::to_string(offsets[1] - offsets[0]) + " bytes");
  entry.bytes = data.subspan(offsets[0], offsets[1] - offsets[0]);
  return entry;
}

}  // namespace

std::size_t bytesPerElement(ElementType type) { return entryOf(type).bytes; }
std::string_view nameOf(ElementType type) { return entryOf(type).name; }

std::int64_t TensorEntry::elements() const { return product(shape); }

SafetensorsFile::SafetensorsFile(const std::filesystem::path& file) : m_path(file), m_mapping(std::make_shared<const MappedFile>(file)) {
  const auto bytes = m_mapping->bytes();
  if (bytes.size() < 8) broken(file, "it has only " + std::to_string(bytes.size()) + " bytes");
  const std::uint64_t headerSize = header().size();
  const auto data = bytes.subspan(8 + headerSize);
  const auto text = header();
  nlohmann::json json;
  try {
    json = nlohmann::json::parse(reinterpret_cast<const char*>(text.data()), reinterpret_cast<const char*>(text.data()) + text.size());
  } catch (const nlohmann::json::exception&) {
    broken(file, "its header is no JSON");
  }
  if (!json.is_object()) broken(file, "its header is no JSON object");
  for (const auto& [name, value] : json.items()) {
    if (name == "__metadata__") {
      if (value.is_object())
        for (const auto& [key, item] : value.items())
          if (item.is_string()) m_metadata[key] = item.get<std::string>();
      continue;
    }
    m_tensors.emplace(name, readEntry(file, name, value, data));
  }
}

std::span<const std::byte> SafetensorsFile::header() const {
  const auto bytes = m_mapping->bytes();
  std::uint64_t size = 0;
  std::memcpy(&size, bytes.data(), sizeof size);
  if (size > largestHeader || size > bytes.size() - 8)
    broken(m_path, "its header claims " + std::to_string(size) + " bytes, the file has " + std::to_string(bytes.size()));
  return bytes.subspan(8, size);
}

void writeSafetensors(const std::filesystem::path& file, std::vector<TensorToWrite> tensors,
                      const std::map<std::string, std::string>& metadata) {
  const auto rank = [](ElementType type) { return &entryOf(type) - typeNames.data(); };
  std::sort(tensors.begin(), tensors.end(), [&](const TensorToWrite& a, const TensorToWrite& b) {
    return rank(a.type) != rank(b.type) ? rank(a.type) > rank(b.type) : a.name < b.name;
  });

  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (const auto& tensor : tensors) {
    nlohmann::ordered_json entry;
    entry["dtype"] = nameOf(tensor.type);
    entry["shape"] = tensor.shape;
    entry["data_offsets"] = {offset, offset + tensor.bytes.size()};
    header[tensor.name] = std::move(entry);
    offset += tensor.bytes.size();
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t size = text.size();

  AtomicFile out(file);
  out.write(std::as_bytes(std::span(&size, 1)));
  out.write(text);
  for (const auto& tensor : tensors)
    out.write(tensor.bytes);
  out.commit();
}

}  // namespace incipit
