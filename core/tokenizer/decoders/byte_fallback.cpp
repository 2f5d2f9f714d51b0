// ByteFallback: a run of tokens like <0xE2> becomes the characters its bytes spell.
#include "core/tokenizer/text/byte_fallback.h"

#include "core/tokenizer/decoders/readers.h"
#include "core/tokenizer/text/unicode.h"

namespace incipit {

namespace {

class ByteFallback : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::vector<std::string> result;
    std::string run;
    // A run with anything wrong in it is lost as a whole, one U+FFFD a byte: that is the tokenizers library's rule.
    auto finishRun = [&] {
      if (run.empty()) return;
      if (isUtf8(run))
        result.push_back(run);
      else
        for (std::size_t i = 0; i < run.size(); ++i)
          result.emplace_back(replacementCharacter);
      run.clear();
    };
    for (std::string& token : tokens) {
      if (auto byte = byteOfFallbackToken(token)) {
        run += static_cast<char>(*byte);
        continue;
      }
      finishRun();
      result.push_back(std::move(token));
    }
    finishRun();
    tokens = std::move(result);
  }

  std::string bytes(std::string token) const override {
    auto byte = byteOfFallbackToken(token);
    return byte ? std::string(1, static_cast<char>(*byte)) : std::move(token);
  }
};

}  // namespace

std::unique_ptr<Decoder> readByteFallbackDecoder(const Station& station) {
  station.allowOnly({});
  return std::make_unique<ByteFallback>();
}

}  // namespace incipit
