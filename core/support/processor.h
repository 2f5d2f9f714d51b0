// What the processor can do, asked of the processor itself and in this one place.
#pragma once

#include <string>
#include <string_view>

namespace incipit {

// Each has what those before it have. Avx512 means what x86-64-v4 means (F, BW, CD, DQ, VL); Basic is any processor.
enum class InstructionSet { Basic, Avx2, Avx512, Avx512Bf16 };

std::string_view nameOf(InstructionSet set);  // "basic", "avx2", "avx512", "avx512_bf16"

// The best that this processor has and the environment allows: INCIPIT_CPU, with one of the names above, makes a newer processor behave
// as an older one, in our own kernels, in LibTorch and in oneDNN together. (LibTorch's ATEN_CPU_CAPABILITY and oneDNN's
// ONEDNN_MAX_CPU_ISA are bounds too: what one of the three may not use, none of them uses.) Asked once, before the libraries are first
// used.
InstructionSet instructionSet();

// Whether the processor multiplies bf16 itself. Where it does not, weights in bf16 are widened to fp32 as they are used
// (core/model/weights/widened_weight.h).
inline bool multipliesBf16() { return instructionSet() == InstructionSet::Avx512Bf16; }

// The best of the instruction sets that a value of INCIPIT_CPU, ATEN_CPU_CAPABILITY or ONEDNN_MAX_CPU_ISA allows; all of them for an empty
// The best of the instruction sets that a value of INCIPIT_CPU, ATEN_CPU_CAPABILITY or ONEDNN_MAX_CPU_ISA allows; all of them for an empty
InstructionSet allowedBy(std::string_view value);

// Throws Error for a value of INCIPIT_CPU that is no instruction set: whoever sets it wants to know that it bounds nothing. (The other two
// are other programs' variables, with words of later versions among them.)
void checkProcessorSetting(std::string_view value);
void checkProcessorSetting();  // the environment's

}  // namespace incipit
