// The checksum of gzip and zip (CRC-32, ISO 3309), for bytes that come in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace incipit {

class Crc32 {
 public:
  void add(std::span<const std::byte> bytes);
  std::uint32_t value() const { return ~m_state; }

 private:
  std::uint32_t m_state = 0xFFFFFFFFU;
};

}  // namespace incipit
