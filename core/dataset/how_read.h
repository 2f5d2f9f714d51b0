// How a data file was read, to be said to whoever chose it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace incipit {

struct HowRead {
  std::string encoding = "UTF-8";   // or "UTF-16 (little-endian)", "UTF-16 (big-endian)" or "Latin-1 (Windows-1252)"
  std::string packing;              // "gzip", "zstd", or empty
  std::uint64_t packedBytes = 0;    // of the file,
  std::uint64_t unpackedBytes = 0;  //   and of what was unpacked into a temporary file, where it is packed

  // What differs from the usual, each a sentence.
  std::vector<std::string> notes() const;
};

}  // namespace incipit
