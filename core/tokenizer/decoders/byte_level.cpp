// ByteLevel: visible characters back to bytes, and all bytes together to text.
#include "core/tokenizer/text/byte_level.h"

#include "core/tokenizer/decoders/readers.h"
#include "core/tokenizer/text/unicode.h"

namespace incipit {

namespace {

class ByteLevel : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::string text;
    for (std::string& token : tokens)
      text += bytes(std::move(token));
    tokens = {isUtf8(text) ? std::move(text) : replaceInvalidUtf8(text)};
  }

  // A token outside the alphabet, such as an added one with spaces in it, is meant as it stands.
  std::string bytes(std::string token) const override {
    auto decoded = fromByteLevel(token);
    return decoded ? std::move(*decoded) : std::move(token);
  }
};

}  // namespace

std::unique_ptr<Decoder> readByteLevelDecoder(const Station& station) {
  station.allowOnly({"add_prefix_space", "trim_offsets", "use_regex"});  // none of them has a meaning on the way back
  return std::make_unique<ByteLevel>();
}

}  // namespace incipit
