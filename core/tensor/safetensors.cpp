#include "core/tensor/safetensors.h"

#include "core/support/error.h"
#include "core/support/files.h"
#include "core/tensor/safetensors_header.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

constexpr ElementType types[] = {ElementType::Bool, ElementType::U8,  ElementType::I8,  ElementType::I16, ElementType::F16,
                                 ElementType::BF16, ElementType::I32, ElementType::F32, ElementType::F64, ElementType::I64};

constexpr std::uint64_t largestHeader = 100'000'000;  // the reference implementation's bound

[[noreturn]] void broken(const std::filesystem::path& file, const std::string& what) {
  throw FormatError("'" + file.string() + "' is not a sound safetensors file: " + what + ".", "It is damaged or cut off; get it again.");
}

TensorEntry entryFrom(const std::filesystem::path& file, const std::string& name, const HeaderEntry& said,
                      std::span<const std::byte> data) {
  const std::string tensor = "tensor '" + name + "' ";
  TensorEntry entry{};
  entry.shape = said.shape;
  const auto& [type, shape, offsets] = said;
  const auto known =
      std::find_if(std::begin(types), std::end(types), [&](ElementType candidate) { return nameOf(candidate) == said.type; });
  if (known == std::end(types))
    throw FormatError("'" + file.string() + "': " + tensor + "is stored as " + type + ", which is not supported.",
                      "Convert the model to F32, F16 or BF16.");
  entry.type = *known;
  if (offsets[0] > offsets[1] || offsets[1] > data.size())
    broken(file, tensor + "reaches to byte " + std::to_string(offsets[1]) + " of " + std::to_string(data.size()) + " bytes of data");
  const std::int64_t elements = elementsOf(entry.shape);
  std::int64_t bytes = 0;
  if (elements < 0 || __builtin_mul_overflow(elements, static_cast<std::int64_t>(bytesPerElement(*known)), &bytes) ||
      static_cast<std::uint64_t>(bytes) != offsets[1] - offsets[0])
    broken(file, tensor + "claims a shape that does not fill its " + std::to_string(offsets[1] - offsets[0]) + " bytes");
  entry.bytes = data.subspan(offsets[0], offsets[1] - offsets[0]);
  return entry;
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& file) : m_path(file), m_mapping(std::make_shared<const MappedFile>(file)) {
  const auto bytes = m_mapping->bytes();
  if (bytes.size() < 8) broken(file, "it has only " + std::to_string(bytes.size()) + " bytes");
  const std::uint64_t headerSize = header().size();
  const auto data = bytes.subspan(8 + headerSize);
  const auto text = header();
  m_metadata = readHeader(
      {reinterpret_cast<const char*>(text.data()), text.size()},
      [&](const std::string& name, const HeaderEntry& said) {
        // Names are mostly in order. One that comes twice counts as Python's json counts it: the last time.
        m_tensors.insert_or_assign(m_tensors.end(), name, entryFrom(file, name, said, data));
      },
      [&](const std::string& what) { broken(file, what); });
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
  std::sort(tensors.begin(), tensors.end(),
            [](const TensorToWrite& a, const TensorToWrite& b) { return a.type != b.type ? a.type > b.type : a.name < b.name; });

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
