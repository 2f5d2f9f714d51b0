// Weights in bf16 that are widened to fp32 while they are multiplied, against the plain formula, on whatever processor this is.
#include "core/model/weights/widened_weight.h"
#include "core/support/compute.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <limits>

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

// The largest difference as a share of the largest number.
double difference(const at::Tensor& a, const at::Tensor& b) {
  return ((a.to(at::kDouble) - b.to(at::kDouble)).abs().max() / b.to(at::kDouble).abs().max()).item<double>();
}

// [in, out] as a checkpoint has it: row by row, or column by column.
at::Tensor weightOf(std::int64_t in, std::int64_t out, bool rowsAreInputs, at::ScalarType type) {
  return rowsAreInputs ? at::randn({in, out}).to(type) : at::randn({out, in}).to(type).t();
}

constexpr double oneRounding = 4e-3;  // to bf16: half of 2^-7 of a number

}  // namespace

TEST_CASE("sums are those of fp32, for every number of rows, odd sizes and both ways a weight lies") {
  const at::NoGradGuard noGrad;
  at::manual_seed(1);
  for (const bool rowsAreInputs : {true, false})
    for (const auto& [in, out] : {std::pair<std::int64_t, std::int64_t>{7, 5}, {64, 48}, {257, 130}, {300, 517}, {1030, 33}}) {
      const at::Tensor w = weightOf(in, out, rowsAreInputs, at::kBFloat16), b = at::randn({out}).to(at::kBFloat16);
      WidenedWeight weight(w, b), bare(w, {});
      const at::Tensor wide = w.to(at::kDouble), shift = b.to(at::kDouble);
      for (const std::int64_t rows : {1, 2, 3, 4, 5, 6, 8, 11, 16, 17, 33, 100, 601}) {
        const at::Tensor x = at::randn({rows, in}).to(at::kBFloat16), g = at::randn({rows, out}).to(at::kBFloat16),
                         residual = at::randn({rows, out}).to(at::kBFloat16);
        const at::Tensor expected = at::addmm(shift, x.to(at::kDouble), wide), back = at::mm(g.to(at::kDouble), wide.t());
        CHECK(difference(weight.forward(x, {}, at::kFloat), expected) < 2e-6);
        CHECK(difference(weight.forward(x.to(at::kFloat), {}, at::kFloat), expected) < 2e-6);
        CHECK(difference(bare.forward(x, {}, at::kFloat), expected - shift) < 2e-6);
        CHECK(difference(weight.forward(x, residual, at::kBFloat16), expected + residual.to(at::kDouble)) < oneRounding);
        CHECK(difference(weight.backward(g), back) < oneRounding);
        CHECK(difference(weight.backward(g.to(at::kFloat)), back) < 2e-6);
      }
    }
}

TEST_CASE("a weight in bf16 is read where it lies, one in another type rounded to bf16 once") {
  const at::NoGradGuard noGrad;
  at::manual_seed(2);
  const at::Tensor x = at::randn({9, 40});
  at::Tensor stored = at::randn({30, 40}).to(at::kBFloat16);
  WidenedWeight weight(stored.t(), {});
  weight.forward(x, {}, at::kFloat);
  stored.mul_(2);  // seen by the next product: there is no copy
  CHECK(difference(weight.forward(x, {}, at::kFloat), at::mm(x, stored.to(at::kFloat).t())) < 2e-6);
  for (const auto type : {at::kFloat, at::kHalf}) {
    const at::Tensor other = at::randn({30, 40}).to(type);
    for (const at::Tensor& w : {other.t(), at::cat({other, other}, 1).narrow(1, 20, 40).t(), other.t().contiguous()}) {
      WidenedWeight converted(w, {});
      CHECK(difference(converted.forward(x, {}, at::kFloat), at::mm(x, w.to(at::kBFloat16).to(at::kFloat))) < 2e-6);
    }
  }
}

TEST_CASE("every number is summed in the same order on one thread and on several") {
  const at::NoGradGuard noGrad;
  at::manual_seed(3);
  for (const std::int64_t rows : {3, 50}) {
    WidenedWeight weight(weightOf(600, 400, true, at::kBFloat16), {});
    const at::Tensor x = at::randn({rows, 600}), g = at::randn({rows, 400});
    useThreads(1);
    const at::Tensor y = weight.forward(x, {}, at::kFloat), back = weight.backward(g);
    for (const int threads : {2, 5}) {
      useThreads(threads);
      CHECK(weight.forward(x, {}, at::kFloat).equal(y));
      CHECK(weight.backward(g).equal(back));
    }
    useThreads(0);
  }
}

TEST_CASE("what an earlier product left in the scratch memory does not reach the next one, where no vector is full") {
  const at::NoGradGuard noGrad;
  at::manual_seed(4);
  for (const bool rowsAreInputs : {true, false})
    for (const std::int64_t rows : {1, 4, 7, 40}) {
      const at::Tensor w = weightOf(257, 131, rowsAreInputs, at::kBFloat16), x = at::randn({rows, 257}), g = at::randn({rows, 131});
      WidenedWeight larger(weightOf(600, 600, rowsAreInputs, at::kBFloat16), {}), weight(w, {});
      const auto spoil = [&] {
        const at::Tensor none = at::full({rows, 600}, std::numeric_limits<float>::quiet_NaN());
        larger.forward(none, {}, at::kFloat);
        larger.backward(none);
      };
      spoil();
      CHECK(difference(weight.forward(x, {}, at::kFloat), at::mm(x.to(at::kDouble), w.to(at::kDouble))) < 2e-6);
      spoil();
      CHECK(difference(weight.backward(g), at::mm(g.to(at::kDouble), w.to(at::kDouble).t())) < 2e-6);
    }
}
