// The safetensors format: 8 bytes of header length, a JSON header, then the raw tensors.
// https://github.com/huggingface/safetensors#format
#pragma once

#include "core/support/mapped_file.h"
#include "core/tensor/tensor_entry.h"

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace incipit {

// A file opened by memory map. Every size and offset of the header is checked against the file before anything is handed out.
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& file);

  const std::filesystem::path& path() const { return m_path; }
  const std::map<std::string, TensorEntry>& tensors() const { return m_tensors; }
  std::map<std::string, TensorEntry> takeTensors() { return std::move(m_tensors); }
  const std::map<std::string, std::string>& metadata() const { return m_metadata; }
  std::span<const std::byte> header() const;  // the JSON text, for fingerprints
  std::shared_ptr<const MappedFile> mapping() const { return m_mapping; }

 private:
  std::filesystem::path m_path;
  std::shared_ptr<const MappedFile> m_mapping;
  std::map<std::string, TensorEntry> m_tensors;
  std::map<std::string, std::string> m_metadata;
};

struct TensorToWrite {
  std::string name;
  ElementType type;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;
};

// Byte for byte what the reference implementation writes for the same tensors: compact header, tensors ordered by descending
// element size then name, header padded with spaces to a multiple of 8. Atomic.
void writeSafetensors(const std::filesystem::path& file, std::vector<TensorToWrite> tensors,
                      const std::map<std::string, std::string>& metadata = {{"format", "pt"}});

}  // namespace incipit
