// The part of compute.h that knows names and processors, and no LibTorch.
#include "core/support/compute.h"
#include "core/support/error.h"
#include "core/support/processor.h"

namespace incipit {

Precision precisionFrom(std::string_view name) {
  if (name == "auto") return Precision::Auto;
  if (name == "fp32") return Precision::Fp32;
  if (name == "bf16") return Precision::Bf16;
  throw PlanError("'" + std::string(name) + "' is not a precision.", "Use auto, fp32 or bf16.");
}

std::string_view nameOf(Precision precision) {
  switch (precision) {
  case Precision::Fp32:
    return "fp32";
  case Precision::Bf16:
    return "bf16";
  default:
    return "auto";
  }
}

bool hasFastBf16(const std::string& device) { return device != "cpu" || multipliesBf16(); }

std::string arithmeticOf(Precision precision, const std::string& device) {
  if (precision != Precision::Bf16) return "fp32";
  if (device != "cpu") return "bf16, on the GPU";
  return multipliesBf16() ? "bf16, which this processor multiplies itself"
                          : "bf16 in memory, widened to fp32 as it is multiplied: this processor has no products in bf16";
}

Precision resolve(Precision precision, const std::string& device) {
  if (precision != Precision::Auto) return precision;
  return hasFastBf16(device) ? Precision::Bf16 : Precision::Fp32;
}

}  // namespace incipit
