#include "core/model/weights/product_log.h"

#include "core/model/weights/packed_weight.h"
#include "core/support/error.h"
#include "core/support/processor.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>

namespace incipit {
namespace {

std::atomic<bool> logging = false;
std::mutex mutex;
std::map<ProductShape, std::int64_t> counted;

double fastest(const ProductShape& shape, at::ScalarType type) {
  using Clock = std::chrono::steady_clock;
  PackedWeight weight(at::ones({shape.out, shape.in}, type).t(), {});
  const at::Tensor x = at::ones({shape.rows, shape.in}, type);
  double best = 1e9, spent = 0;
  for (int run = 0; run < 200 && (run < 5 || spent < 0.15); ++run) {
    const auto start = Clock::now();
    weight.forward(x, {}, type, true);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (run > 0) best = std::min(best, seconds);  // the first run packs
    spent += seconds;
  }
  return best;
}

}  // namespace

ProductLog::ProductLog() {
  take();
  logging = true;
}

ProductLog::~ProductLog() { logging = false; }

std::map<ProductShape, std::int64_t> ProductLog::take() {
  const std::scoped_lock lock(mutex);
  return std::exchange(counted, {});
}

void ProductLog::add(const ProductShape& shape) {
  if (!logging) return;
  const std::scoped_lock lock(mutex);
  ++counted[shape];
}

double productPeak(const std::map<ProductShape, std::int64_t>& products, bool bf16) {
  if (products.empty()) throw PlanError("There are no products to measure.", "Run at least one training step on the processor first.");
  const at::NoGradGuard noGrad;
  double operations = 0, seconds = 0;
  for (const auto& [shape, count] : products) {
    operations += static_cast<double>(count) * shape.operations();
    seconds += static_cast<double>(count) * fastest(shape, bf16 && multipliesBf16() ? at::kBFloat16 : at::kFloat);
  }
  return operations / seconds;
}

}  // namespace incipit
