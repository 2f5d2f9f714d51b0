// What the processor can do, and how an environment variable makes it an older one for everybody.
#include "core/support/processor.h"

#include <ATen/Version.h>
#include <cstdlib>

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

TEST_CASE("the words of three programs name the same bounds") {
  CHECK(allowedBy("") == InstructionSet::Avx512Bf16);
  CHECK(allowedBy("no such word") == InstructionSet::Avx512Bf16);
  CHECK(allowedBy("AVX512_CORE_AMX") == InstructionSet::Avx512Bf16);
  CHECK(allowedBy("AVX512_CORE_VNNI") == InstructionSet::Avx512);
  CHECK(allowedBy("avx2") == InstructionSet::Avx2);
  CHECK(allowedBy("AVX2_VNNI") == InstructionSet::Avx2);
  CHECK(allowedBy("basic") == InstructionSet::Basic);
  CHECK(allowedBy("default") == InstructionSet::Basic);
}

TEST_CASE("a word that is not an instruction set is refused with those that are") {
  for (const char* word : {"", "basic", "AVX2", "avx512", "avx512_bf16"})
    checkProcessorSetting(word);
  CHECK_THROWS(checkProcessorSetting("nonsense"), "INCIPIT_CPU is 'nonsense', which is not an instruction set. Use avx512_bf16, avx512,");
  CHECK_THROWS(checkProcessorSetting("avx512 "), "not an instruction set");
}

TEST_CASE("one variable bounds our kernels and LibTorch together, before the first of them is chosen") {
  const char* value = std::getenv("INCIPIT_CPU");
  const std::string bound = value == nullptr ? "" : value;
  for (const InstructionSet set : {InstructionSet::Basic, InstructionSet::Avx2, InstructionSet::Avx512})
    if (bound == nameOf(set)) CHECK(instructionSet() <= set);
  CHECK(multipliesBf16() == (instructionSet() == InstructionSet::Avx512Bf16));
  const std::string configuration = at::show_config(), start = "CPU capability usage: ";
  const auto at = configuration.find(start);
  CHECK(at != std::string::npos);
  const std::string libTorch = configuration.substr(at + start.size(), 6);
  const bool wide = libTorch == "AVX512", middle = libTorch.starts_with("AVX2");
  CHECK_EQUAL(wide, instructionSet() >= InstructionSet::Avx512);
  CHECK_EQUAL(middle, instructionSet() == InstructionSet::Avx2);
}
