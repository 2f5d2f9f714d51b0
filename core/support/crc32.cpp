#include "core/support/crc32.h"

#include <array>

namespace incipit {
namespace {

// Eight bytes a step: M. Kounavis and F. Berry, "A systematic approach to building high performance software-based CRC generators" (2005).
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;
constexpr Tables tables = [] {
  Tables made{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit)
      rest = (rest & 1U) != 0 ? rest >> 1U ^ 0xEDB88320U : rest >> 1U;
    made[0][byte] = rest;
  }
  for (std::size_t table = 1; table < made.size(); ++table)
    for (std::size_t byte = 0; byte < 256; ++byte)
      made[table][byte] = made[table - 1][byte] >> 8U ^ made[0][made[table - 1][byte] & 0xFFU];
  return made;
}();

}  // namespace

void Crc32::add(std::span<const std::byte> bytes) {
  std::uint32_t state = m_state;
  const auto byte = [&](std::size_t at) { return std::to_integer<std::uint32_t>(bytes[at]); };
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    const std::uint32_t first = state ^ (byte(0) | byte(1) << 8U | byte(2) << 16U | byte(3) << 24U);
    state = tables[7][first & 0xFFU] ^ tables[6][first >> 8U & 0xFFU] ^ tables[5][first >> 16U & 0xFFU] ^ tables[4][first >> 24U] ^
            tables[3][byte(4)] ^ tables[2][byte(5)] ^ tables[1][byte(6)] ^ tables[0][byte(7)];
  }
  for (std::size_t at = 0; at < bytes.size(); ++at)
    state = state >> 8U ^ tables[0][(state ^ byte(at)) & 0xFFU];
  m_state = state;
}

}  // namespace incipit
