// The checksum against the value that every description of it gives.
#include "core/support/crc32.h"
#include "tests/harness/harness.h"

#include <string>

using namespace incipit;

TEST_CASE("the check value of CRC-32, in one piece and in several") {
  const std::string digits = "123456789";  // 0xCBF43926: G. Cook, "Catalogue of parametrised CRC algorithms", CRC-32/ISO-HDLC
  for (std::size_t border = 0; border <= digits.size(); ++border) {
    Crc32 checksum;
    checksum.add(std::as_bytes(std::span(digits)).first(border));
    checksum.add(std::as_bytes(std::span(digits)).subspan(border));
    CHECK_EQUAL(checksum.value(), 0xCBF43926U);
  }
  CHECK_EQUAL(Crc32{}.value(), 0U);
}
