// Pieces of a decoder as papers write them, for one text and without any saving: what configuration variants are checked against that
// no fixture has. Weights come into being when they are first asked for, so a formula that runs leaves a checkpoint behind.
#pragma once

#include "core/model/families/family.h"
#include "core/support/files.h"
#include "tests/harness/harness.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

namespace incipit::test {

class PlainDecoder {
 public:
  explicit PlainDecoder(Json configuration) : config(std::move(configuration)) {}

  Json config;

  at::Tensor weight(const std::string& name, std::vector<std::int64_t> shape, double mean = 0) {
    at::Tensor& tensor = m_tensors[name];
    if (!tensor.defined()) tensor = at::randn(shape) * 0.3 + mean;
    return tensor;
  }
  at::Tensor linear(const at::Tensor& x, const std::string& name, std::int64_t out, bool bias) {
    const at::Tensor y = at::matmul(x, weight(name + ".weight", {out, x.size(1)}).t());
    return bias ? y + weight(name + ".bias", {out}) : y;
  }
  static at::Tensor standardized(const at::Tensor& x, double epsilon) {
    const at::Tensor centred = x - x.mean(-1, true);
    return centred / (centred.square().mean(-1, true) + epsilon).sqrt();
  }
  at::Tensor layerNorm(const at::Tensor& x, const std::string& name, double epsilon = 1e-5) {
    return standardized(x, epsilon) * weight(name + ".weight", {x.size(-1)}, 1) + weight(name + ".bias", {x.size(-1)});
  }
  at::Tensor rmsNorm(const at::Tensor& x, const std::string& name, double epsilon = 1e-6) {
    return x / (x.square().mean(-1, true) + epsilon).sqrt() * weight(name + ".weight", {x.size(-1)}, 1);
  }

  // Opens what the formula has left, under the prefix the hub would give it.
  std::shared_ptr<const FrozenModel> open(MakeModel make, const std::string& prefix) const {
    const auto folder = scratch("plain-" + config.at("model_type").get<std::string>());
    writeJson(folder / "config.json", config);
    std::map<std::string, at::Tensor> tensors;
    for (const auto& [name, tensor] : m_tensors)
      tensors[(name.starts_with("lm_head") || name.starts_with("embed_out") ? "" : prefix) + name] = tensor;
    return make(readCard(folder), Weights::of(std::move(tensors)), {Precision::Fp32, "cpu"});
  }

 private:
  std::map<std::string, at::Tensor> m_tensors;
};

// [T, n * d] -> [n, T, d].
inline at::Tensor perHead(const at::Tensor& x, std::int64_t heads) { return x.reshape({x.size(0), heads, -1}).transpose(0, 1); }

struct PlainScores {
  double scale = 1;
  std::int64_t window = 0;
  double softCap = 0;
  std::vector<double> slopes;  // ALiBi
};

// q [n, T, d], k and v [kv, T, d] -> [T, n * d].
inline at::Tensor plainAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const PlainScores& how) {
  const std::int64_t length = q.size(1), share = q.size(0) / k.size(0);
  std::vector<at::Tensor> heads;
  for (std::int64_t head = 0; head < q.size(0); ++head) {
    at::Tensor scores = at::matmul(q[head], k[head / share].t()) * how.scale;  // [T, T]
    if (how.softCap > 0) scores = (scores / how.softCap).tanh() * how.softCap;
    for (std::int64_t i = 0; i < length; ++i)
      for (std::int64_t j = 0; j < length; ++j) {
        if (j > i || (how.window > 0 && j <= i - how.window)) scores[i][j] = -std::numeric_limits<float>::infinity();
        if (!how.slopes.empty()) scores[i][j] += how.slopes[static_cast<std::size_t>(head)] * static_cast<double>(j - i);
      }
    heads.push_back(at::matmul(at::softmax(scores, -1), v[head / share]));  // [T, d]
  }
  return at::cat(heads, 1);
}

// Rotary positions by pairs (j, j + rotated/2) of x [n, T, d]; frequency i is theta^(-2i/rotated) / divisors[i].
inline at::Tensor plainRotation(const at::Tensor& x, std::int64_t rotated, double theta, const std::vector<double>& divisors = {},
                                double length = 1) {
  at::Tensor y = x.clone();
  for (std::int64_t position = 0; position < x.size(1); ++position)
    for (std::int64_t i = 0; i < rotated / 2; ++i) {
      const double divisor = divisors.empty() ? 1 : divisors[static_cast<std::size_t>(i)];
      const double angle =
          static_cast<double>(position) * std::pow(theta, -2.0 * static_cast<double>(i) / static_cast<double>(rotated)) / divisor;
      const at::Tensor a = x.select(1, position).select(1, i), b = x.select(1, position).select(1, i + rotated / 2);  // [n]
      y.select(1, position).select(1, i).copy_((a * std::cos(angle) - b * std::sin(angle)) * length);
      y.select(1, position).select(1, i + rotated / 2).copy_((b * std::cos(angle) + a * std::sin(angle)) * length);
    }
  return y;
}

}  // namespace incipit::test
