// The zip archive around a PyTorch file.
#include "core/tensor/stored_zip.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  taken([&] {
    const auto archive = std::as_bytes(std::span(input));
    for (const auto& [name, bytes] : storedMembers(archive, "archive.pt"))
      require(bytes.empty() || (bytes.data() >= archive.data() && bytes.data() + bytes.size() <= archive.data() + archive.size()),
              "a member lies within its archive");
  });
}

}  // namespace incipit::fuzz
