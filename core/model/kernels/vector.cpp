#include "core/model/kernels/vector.h"

#include <cstdlib>
#include <string_view>

namespace incipit::kernels {
namespace {

Processor best() {
#if defined(__x86_64__) && defined(__GNUC__)
  const char* bound = std::getenv("ATEN_CPU_CAPABILITY");
  const std::string_view most = bound == nullptr ? "" : bound;
  if (most == "default") return Processor::Any;
  const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  const bool plain = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  if (wide && plain && most != "avx2") return Processor::Avx512;
  if (plain) return Processor::Avx2;
#endif
  return Processor::Any;
}

}  // namespace

Processor processor() {
  static const Processor mine = best();
  return mine;
}

}  // namespace incipit::kernels
