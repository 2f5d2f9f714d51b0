// The JSON header of a safetensors file, read in one pass without a tree of values in between: it may have a hundred million bytes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

struct HeaderEntry {
  std::string type;  // "F32"
  std::vector<std::int64_t> shape;
  std::array<std::uint64_t, 2> offsets{};
};

// Calls `tensor` for each one, in the header's order; gives back the texts of "__metadata__". `complain` is called with what is wrong, and
// must throw.
std::map<std::string, std::string> readHeader(std::string_view text,
                                              const std::function<void(const std::string& name, const HeaderEntry&)>& tensor,
                                              const std::function<void(const std::string& what)>& complain);

}  // namespace incipit
