#include "core/support/fingerprint.h"

#include <array>
#include <cstdio>
#include <new>
#include <xxhash.h>

namespace incipit {

Fingerprint::Fingerprint() : m_state(XXH3_createState()) {
  if (m_state == nullptr) throw std::bad_alloc();
  XXH3_128bits_reset(static_cast<XXH3_state_t*>(m_state));
}

Fingerprint::~Fingerprint() { XXH3_freeState(static_cast<XXH3_state_t*>(m_state)); }

void Fingerprint::add(std::span<const std::byte> bytes) {
  XXH3_128bits_update(static_cast<XXH3_state_t*>(m_state), bytes.data(), bytes.size());
}

void Fingerprint::add(std::string_view text) { add(std::as_bytes(std::span(text))); }

std::string Fingerprint::text() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(static_cast<const XXH3_state_t*>(m_state));
  std::array<char, 33> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return digits.data();
}

std::string fingerprintOf(std::string_view content) {
  Fingerprint fingerprint;
  fingerprint.add(content);
  return fingerprint.text();
}

}  // namespace incipit
