#include "core/model/positions/alibi.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <bit>
#include <cmath>
#include <vector>

namespace incipit {
namespace {

// 2^(-8/n), 2^(-16/n) ... for n heads, a power of two; for other counts the next lower power of two first, then every second slope of
// the next higher one, as the authors' code does.
std::vector<float> slopes(std::int64_t heads) {
  const auto power = static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(heads)));
  const auto base = [](std::int64_t count) {
    return static_cast<float>(std::exp2(-std::exp2(-(std::log2(static_cast<double>(count)) - 3))));
  };
  std::vector<float> all;
  for (std::int64_t i = 1; i <= power; ++i)
    all.push_back(std::pow(base(power), static_cast<float>(i)));
  for (std::int64_t i = 1; static_cast<std::int64_t>(all.size()) < heads; i += 2)
    all.push_back(std::pow(base(2 * power), static_cast<float>(i)));
  return all;
}

}  // namespace

at::Tensor alibi(std::int64_t heads, std::int64_t positions, double scale, AlibiRounding rounding) {
  const auto rounded = [rounding](const at::Tensor& x) { return rounding == AlibiRounding::Bf16 ? x.to(at::kBFloat16).to(at::kFloat) : x; };
  const at::Tensor slope = rounded(at::tensor(slopes(heads), at::kFloat).unsqueeze(1));      // [n, 1]
  const at::Tensor position = rounded(at::arange(positions, slope.options()).unsqueeze(0));  // [1, positions]
  const at::Tensor bias = rounded(slope * position);
  return (bias * scale).contiguous();
}

}  // namespace incipit
