#include "core/support/process.h"

#include <cstdlib>
#include <unistd.h>

namespace incipit {

void settleProcess(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) return;
  ::setenv("OMP_WAIT_POLICY", "PASSIVE", 1);
#if defined(__x86_64__) && defined(__GNUC__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    ::setenv("ATEN_CPU_CAPABILITY", "avx512", 0);
#endif
  ::execv("/proc/self/exe", argv);  // returns only when it cannot: then everything works, only slower
}

}  // namespace incipit
