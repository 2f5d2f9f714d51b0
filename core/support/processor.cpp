#include "core/support/processor.h"

#include "core/support/error.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

namespace incipit {
namespace {

struct Name {
  std::string_view name;
  InstructionSet set;
};

// Ours, LibTorch's ("default", "avx2", "avx512") and oneDNN's, in lower case. Its AVX512_CORE_BF16, AVX512_CORE_AMX and ALL bound nothing,
// and neither does LibTorch's avx512: it has no word for bf16.
constexpr std::array names{
    Name{"basic", InstructionSet::Basic},        Name{"default", InstructionSet::Basic},
    Name{"sse41", InstructionSet::Basic},        Name{"avx", InstructionSet::Basic},
    Name{"avx2", InstructionSet::Avx2},          Name{"avx2_vnni", InstructionSet::Avx2},
    Name{"avx512_core", InstructionSet::Avx512}, Name{"avx512_core_vnni", InstructionSet::Avx512},
};

std::string inLowerCase(std::string_view value) {
  std::string text(value);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

InstructionSet ofProcessor() {
#if defined(__x86_64__) && defined(__GNUC__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2")) return InstructionSet::Basic;
  const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (!wide) return InstructionSet::Avx2;
  return __builtin_cpu_supports("avx512bf16") ? InstructionSet::Avx512Bf16 : InstructionSet::Avx512;
#else
  return InstructionSet::Basic;
#endif
}

std::string_view valueOf(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

InstructionSet allowed() {
  // In LibTorch's variable avx512 bounds nothing, in ours it means without bf16.
  InstructionSet least = inLowerCase(valueOf("INCIPIT_CPU")) == "avx512" ? InstructionSet::Avx512 : InstructionSet::Avx512Bf16;
  for (const char* variable : {"INCIPIT_CPU", "ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA"})
    least = std::min(least, allowedBy(valueOf(variable)));
  return least;
}

// LibTorch and oneDNN read their variables when they first choose a kernel. By itself LibTorch 1.13 stops at AVX2.
InstructionSet settled() {
  const InstructionSet set = std::min(ofProcessor(), allowed());
  static constexpr std::array libTorch{"default", "avx2", "avx512", "avx512"};
  static constexpr std::array oneDnn{"SSE41", "AVX2", "AVX512_CORE_VNNI", "ALL"};
  const auto index = static_cast<std::size_t>(set);
#if defined(__x86_64__)
  ::setenv("ATEN_CPU_CAPABILITY", libTorch[index], 1);
  if (set < ofProcessor()) ::setenv("ONEDNN_MAX_CPU_ISA", oneDnn[index], 1);
#endif
  return set;
}

[[maybe_unused]] const InstructionSet beforeMain = instructionSet();

constexpr std::array sets{InstructionSet::Basic, InstructionSet::Avx2, InstructionSet::Avx512, InstructionSet::Avx512Bf16};

}  // namespace

std::string_view nameOf(InstructionSet set) {
  static constexpr std::array<std::string_view, 4> all{"basic", "avx2", "avx512", "avx512_bf16"};
  return all[static_cast<std::size_t>(set)];
}

InstructionSet allowedBy(std::string_view value) {
  const std::string word = inLowerCase(value);
  const auto found = std::find_if(names.begin(), names.end(), [&](const Name& name) { return name.name == word; });
  return found == names.end() ? InstructionSet::Avx512Bf16 : found->set;
}

void checkProcessorSetting(std::string_view value) {
  const std::string word = inLowerCase(value);
  if (word.empty() || std::any_of(sets.begin(), sets.end(), [&](InstructionSet set) { return word == nameOf(set); })) return;
  throw Error("INCIPIT_CPU is '" + std::string(value) + "', which is not an instruction set.",
              "Use avx512_bf16, avx512, avx2 or basic, or unset it for all that this processor has.");
}

void checkProcessorSetting() { checkProcessorSetting(valueOf("INCIPIT_CPU")); }

InstructionSet instructionSet() {
  static const InstructionSet mine = settled();
  return mine;
}

}  // namespace incipit
