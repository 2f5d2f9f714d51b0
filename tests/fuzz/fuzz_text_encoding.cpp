// The bytes of a data file, whatever they are encoded in, and plain text as rows.
#include "core/dataset/table.h"
#include "core/dataset/text_encoding.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFile file;
  taken([&] {
    const DecodedText decoded = toUtf8(std::string(input), "table.txt");
    require(firstInvalidUtf8(decoded.text) == std::string_view::npos, "what comes out is UTF-8");
  });
  file.write(input);
  taken([] { readTable(file.path()); });
}

}  // namespace incipit::fuzz
