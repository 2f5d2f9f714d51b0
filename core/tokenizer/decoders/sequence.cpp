// Sequence: one decoder after the other.
#include "core/tokenizer/decoders/readers.h"
#include "core/tokenizer/text/effort.h"

namespace incipit {

namespace {

class Sequence : public Decoder {
 public:
  explicit Sequence(std::vector<std::unique_ptr<Decoder>> steps) : m_steps(std::move(steps)) {}

  void decode(std::vector<std::string>& tokens) const override {
    const std::size_t before = sizeOf(tokens);
    for (const auto& step : m_steps) {
      step->decode(tokens);
      checkGrowth(before, sizeOf(tokens));
    }
  }

  std::string bytes(std::string token) const override {
    const std::size_t before = token.size();
    for (const auto& step : m_steps) {
      token = step->bytes(std::move(token));
      checkGrowth(before, token.size());
    }
    return token;
  }

 private:
  static std::size_t sizeOf(const std::vector<std::string>& tokens) {
    std::size_t size = 0;
    for (const std::string& token : tokens)
      size += token.size();
    return size;
  }

  std::vector<std::unique_ptr<Decoder>> m_steps;
};

}  // namespace

std::unique_ptr<Decoder> readDecoderSequence(const Station& station) {
  station.allowOnly({"decoders"});
  std::vector<std::unique_ptr<Decoder>> steps;
  for (const Station& step : station.children("decoders"))
    steps.push_back(readDecoder(step));
  return std::make_unique<Sequence>(std::move(steps));
}

}  // namespace incipit
