#include "core/library/tensorboard.h"

#include "core/runs/run_layout.h"
#include "core/support/files.h"

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace incipit {
namespace {

// Castagnoli's polynomial, reflected.
constexpr std::array<std::uint32_t, 256> castagnoli = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1U) != 0 ? (value >> 1U) ^ 0x82f63b78U : value >> 1U;
    table[i] = value;
  }
  return table;
}();

std::uint32_t maskedCrc(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const char byte : bytes)
    crc = castagnoli[(crc ^ static_cast<unsigned char>(byte)) & 0xffU] ^ (crc >> 8U);
  crc = ~crc;
  return std::rotr(crc, 15) + 0xa282ead8U;
}

template <class Number>
std::string littleEndian(Number number) {
  std::string bytes(sizeof number, '\0');
  auto bits = std::bit_cast<std::conditional_t<sizeof(Number) == 8, std::uint64_t, std::uint32_t>>(number);
  for (char& byte : bytes) {
    byte = static_cast<char>(bits & 0xffU);
    bits >>= 8U;
  }
  return bytes;
}

// Protocol buffers' wire format: a key is field << 3 | kind.
std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7U)
    bytes += static_cast<char>((number & 0x7fU) | 0x80U);
  return bytes + static_cast<char>(number);
}
std::string key(std::uint64_t field, std::uint64_t kind) { return varint(field << 3U | kind); }
std::string doubleField(std::uint64_t field, double value) { return key(field, 1) + littleEndian(value); }
std::string floatField(std::uint64_t field, float value) { return key(field, 5) + littleEndian(value); }
std::string wholeField(std::uint64_t field, std::int64_t value) { return key(field, 0) + varint(static_cast<std::uint64_t>(value)); }
std::string bytesField(std::uint64_t field, std::string_view value) { return key(field, 2) + varint(value.size()) + std::string(value); }

void append(std::string& file, std::string_view message) {
  const std::string length = littleEndian(static_cast<std::uint64_t>(message.size()));
  file += length + littleEndian(maskedCrc(length));
  file += message;
  file += littleEndian(maskedCrc(message));
}

using Scalars = std::vector<std::pair<const char*, double>>;

void append(std::string& file, double when, std::int64_t step, const Scalars& scalars) {
  std::string summary;
  for (const auto& [tag, value] : scalars)
    summary += bytesField(1, bytesField(1, tag) + floatField(2, static_cast<float>(value)));
  append(file, doubleField(1, when) + wholeField(2, step) + bytesField(5, summary));
}

double startOf(const RunRecord& run) {
  std::error_code ignored;
  const auto time = std::filesystem::last_write_time(layout::plan(run.folder), ignored);
  if (ignored) return 0;
  return std::chrono::duration<double>(std::chrono::file_clock::to_sys(time).time_since_epoch()).count();
}

}  // namespace

std::string tensorBoardEvents(const RunRecord& run) {
  const double start = startOf(run);
  std::string file;
  append(file, doubleField(1, start) + bytesField(3, "brain.Event:2"));
  for (const TrainingEvent& event : run.events) {
    if (const auto* step = std::get_if<Stepped>(&event)) {
      append(file, start + step->elapsedSeconds, step->step,
             {{"train/loss", step->loss}, {"train/learning_rate", step->learningRate}, {"train/gradient_norm", step->gradNorm}});
    } else if (const auto* seen = std::get_if<Evaluated>(&event); seen && !seen->whole) {
      Scalars scalars{{"validation/loss", seen->loss}};
      if (seen->accuracy) scalars.emplace_back("validation/accuracy", *seen->accuracy);
      if (seen->f1Macro) scalars.emplace_back("validation/f1_macro", *seen->f1Macro);
      if (seen->labelLoss) scalars.emplace_back("validation/label_loss", *seen->labelLoss);
      append(file, start + seen->elapsedSeconds, seen->step, scalars);
    }
  }
  return file;
}

std::filesystem::path writeTensorBoard(const RunRecord& run, const std::filesystem::path& folder) {
  const auto place = folder / run.name;
  makeFolder(place);
  const auto file = place / ("events.out.tfevents." + std::to_string(static_cast<std::int64_t>(startOf(run))) + ".incipit");
  writeFileAtomically(file, tensorBoardEvents(run));
  return file;
}

}  // namespace incipit
