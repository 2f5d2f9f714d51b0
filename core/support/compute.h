// Where and how exactly numbers are computed: device, precision, threads.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace incipit {

enum class Precision { Auto, Fp32, Bf16 };

Precision precisionFrom(std::string_view name);  // "auto", "fp32", "bf16"; throws PlanError
std::string_view nameOf(Precision precision);

// True where bf16 matrix products run in hardware: a processor with AVX-512 bf16 (processor.h), any CUDA device.
bool hasFastBf16(const std::string& device);
// How weights are kept and multiplied there, for people: "fp32"; "bf16, which this processor multiplies itself"; or "bf16 in memory,
// widened to fp32 as it is multiplied: ...". `precision` resolved.
std::string arithmeticOf(Precision precision, const std::string& device);
// Auto becomes Bf16 where that is fast, Fp32 elsewhere.
Precision resolve(Precision precision, const std::string& device);

// "auto" -> "cuda:0" when LibTorch has a GPU, else "cpu"; "cpu", "cuda", "cuda:N" checked. Throws PlanError with the devices there are.
std::string resolveDevice(std::string_view device);

int physicalCores();
// Threads of every matrix product and kernel; 0 means the physical cores, and never more than OpenMP may have (OMP_THREAD_LIMIT). LibTorch
// starts with one thread on small machines.
void useThreads(int threads);
// oneDNN cuts a product for as many threads as OpenMP promises the thread that asks, and what would have been done by one that does not
// come (OMP_DYNAMIC, OMP_THREAD_LIMIT) stays undone, without a word: asked by every thread before its first product, this makes the promise
// true.
void keepPromisedThreads();
int threadsInUse();

// Bytes that this process may still ask for before the system (or the container it runs in) is out of memory.
std::size_t memoryLeft();
// Bytes of memory that this machine has.
std::size_t memoryInAll();

// Memory beside the heap, for what is kept long: on the heap it would lie between what every step allocates and frees, and the
// gaps would no longer fit the next step's sizes. Throws std::bad_alloc.
std::shared_ptr<void> lastingMemory(std::size_t bytes);

// While it lives, freed memory stays in the process for the next step: a training step frees and asks for the same large blocks again and
// again, and giving them back to the system costs a page fault for every 4 KiB. When the last one goes, all that is free goes back.
class KeptMemory {
 public:
  KeptMemory();
  ~KeptMemory();
  KeptMemory(const KeptMemory&) = delete;
  KeptMemory& operator=(const KeptMemory&) = delete;
};

}  // namespace incipit
