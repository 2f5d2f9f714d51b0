// Fingerprints: short names of content, to see that a file or a model is still the one a run was made with (XXH3, 128 bits).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace incipit {

class Fingerprint {
 public:
  Fingerprint();
  ~Fingerprint();
  Fingerprint(const Fingerprint&) = delete;
  Fingerprint& operator=(const Fingerprint&) = delete;

  void add(std::span<const std::byte> bytes);
  void add(std::string_view text);
  std::string text() const;  // 32 hexadecimal digits

 private:
  void* m_state;
};

std::string fingerprintOf(std::string_view content);

}  // namespace incipit
