// The fast layers against the plain formulas of the library: values and gradients, fp32 and bf16, every way a weight is stored.
#include "core/model/kernels/cross_entropy_kernel.h"
#include "core/model/layers/layers.h"

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/tensor.h>

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

double largestDifference(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kFloat) - b.to(at::kFloat)).abs().max().item<double>();
}

// Size of the error that one rounding to bf16 makes, as a share of the numbers at hand.
double allowed(const at::Tensor& values, at::ScalarType type, double exact) {
  const double size = values.to(at::kFloat).abs().max().item<double>();
  return size * (type == at::kBFloat16 ? 0.01 : exact);
}

// f(x) and the gradient of sum(f(x) * g).
template <class F>
std::pair<at::Tensor, at::Tensor> through(const at::Tensor& input, const at::Tensor& g, const F& f) {
  const at::AutoGradMode on(true);
  at::Tensor x = input.detach().clone();
  x.requires_grad_(true);
  const at::Tensor y = f(x);
  y.backward(g.to(y.scalar_type()));
  return {y.detach(), x.grad()};
}

template <class Fast, class Plain>
void same(const at::Tensor& x, std::int64_t columns, at::ScalarType type, double exact, const Fast& fast, const Plain& plain) {
  const at::Tensor g = at::randn({x.size(0), columns});
  const auto [y, gradient] = through(x.to(type), g, fast);
  const auto [expected, expectedGradient] = through(x.to(type).to(at::kFloat), g, plain);
  CHECK(largestDifference(y, expected) <= allowed(expected, type, exact));
  CHECK(largestDifference(gradient, expectedGradient) <= allowed(expectedGradient, type, exact));
}

constexpr auto types = {at::kFloat, at::kBFloat16};

}  // namespace

TEST_CASE("a frozen linear layer, packed, is x W^T + b both ways") {
  at::manual_seed(1);
  for (const auto type : types)
    for (const auto& [rows, in, out] : {std::tuple{1, 7, 5}, {3, 64, 48}, {37, 96, 200}, {130, 33, 17}}) {
      const at::Tensor x = at::randn({rows, in}), w = at::randn({out, in}).to(type), b = at::randn({out}).to(type);
      const at::Tensor wide = w.to(at::kFloat), shift = b.to(at::kFloat), residual = at::randn({rows, out}).to(type);
      const auto plain = [&](const at::Tensor& r) { return at::addmm(shift, r, wide.t()); };
      const Linear asStored(w, b), transposed(w.t().contiguous(), b, true), slice(at::randn({2 * out, in}).to(type).narrow(0, out, out));
      same(
          x, out, type, 1e-5, [&](const at::Tensor& r) { return dense(r, asStored); }, plain);
      same(
          x, out, type, 1e-5, [&](const at::Tensor& r) { return dense(r, transposed); }, plain);
      same(
          x, out, type, 1e-5, [&](const at::Tensor& r) { return dense(r, slice); },
          [&](const at::Tensor& r) { return at::mm(r, slice.weight.to(at::kFloat).t()); });
      same(
          x, out, type, 1e-5, [&](const at::Tensor& r) { return denseOnto(residual, r, asStored); },
          [&](const at::Tensor& r) { return residual.to(at::kFloat) + plain(r); });
      same(
          x, out, type, 1e-5, [&](const at::Tensor& r) { return denseToFloat(r, asStored); }, plain);
      // Another number of rows through the same packed weight.
      const at::Tensor more = at::randn({rows + 9, in}).to(type);
      CHECK(largestDifference(dense(more, asStored), plain(more.to(at::kFloat))) <= allowed(plain(more.to(at::kFloat)), type, 1e-5));
    }
}

TEST_CASE("a weight stored in another type than that of the computation is converted when it is packed") {
  at::manual_seed(2);
  const at::Tensor x = at::randn({20, 40}), w = at::randn({30, 40});
  for (const auto stored : {at::kFloat, at::kBFloat16, at::kHalf})
    for (const auto type : types) {
      const Linear layer(w.to(stored));
      const at::Tensor y = dense(x.to(type), layer), expected = at::mm(x, w.to(stored).to(at::kFloat).t());
      CHECK(y.scalar_type() == type);
      const bool rounded = type == at::kBFloat16;
      CHECK(largestDifference(y, expected) <= allowed(expected, rounded ? at::kBFloat16 : at::kFloat, 1e-5));
      CHECK(layer.weight.scalar_type() == stored);
    }
}

TEST_CASE("a head over a large vocabulary is not packed for a few rows, in any type and either layout, and packed for many") {
  at::manual_seed(3);
  const std::int64_t in = 256, out = 1 << 16;
  const at::Tensor w = at::randn({out, in}) * 0.05;
  for (const auto stored : {at::kFloat, at::kBFloat16, at::kHalf})
    for (const auto type : types)
      for (const bool turned : {false, true}) {
        const at::Tensor kept = turned ? w.t().contiguous().to(stored) : w.to(stored);
        const at::Tensor wide = w.to(stored).to(type).to(at::kFloat);
        const Linear layer(kept, {}, turned);
        const auto plain = [&](const at::Tensor& r) { return at::mm(r, wide.t()); };
        for (const std::int64_t rows : {3, 65, 3})
          same(
              at::randn({rows, in}), out, type, 1e-4, [&](const at::Tensor& r) { return dense(r, layer); }, plain);
      }
}

TEST_CASE("weights that are being trained get their gradient") {
  const at::AutoGradMode on(true);
  at::Tensor w = at::randn({6, 4});
  w.requires_grad_(true);
  const at::Tensor x = at::randn({5, 4}), g = at::randn({5, 6});
  dense(x, Linear(w)).backward(g);
  CHECK(largestDifference(w.grad(), at::mm(g.t(), x)) < 1e-5);
}

TEST_CASE("the residual's gradient passes through unchanged") {
  const at::AutoGradMode on(true);
  at::Tensor residual = at::randn({5, 6});
  residual.requires_grad_(true);
  const at::Tensor x = at::randn({5, 4}), g = at::randn({5, 6});
  denseOnto(residual, x, Linear(at::randn({6, 4}))).backward(g);
  CHECK(largestDifference(residual.grad(), g) == 0);
}

TEST_CASE("where only some rows learn, their gradient is the whole layer's and the others' is zero") {
  at::manual_seed(7);
  const Linear layer(at::randn({12, 8}), at::randn({12}));
  const at::Tensor x = at::randn({40, 8}), g = at::randn({40, 12});
  const auto [y, whole] = through(x, g, [&](const at::Tensor& r) { return dense(r, layer); });
  const auto some = std::make_shared<const RowRanges>(RowRanges{{0, 5}, {20, 3}});
  const auto [same, gradient] = through(x, g, [&](const at::Tensor& r) { return dense(r, layer, some); });
  CHECK(largestDifference(same, y) == 0);
  for (const RowRange& range : *some)
    CHECK(largestDifference(gradient.narrow(0, range.begin, range.length), whole.narrow(0, range.begin, range.length)) < 1e-6);
  CHECK(gradient.narrow(0, 5, 15).abs().max().item<double>() == 0);
  CHECK(gradient.narrow(0, 23, 17).abs().max().item<double>() == 0);
  // Most rows, none named, and nobody asked: the plain way.
  for (const auto& ranges : {RowRanges{{0, 30}}, RowRanges{}}) {
    const auto many = std::make_shared<const RowRanges>(ranges);
    CHECK(largestDifference(through(x, g, [&](const at::Tensor& r) { return dense(r, layer, many); }).second, whole) == 0);
  }
  CHECK(largestDifference(through(x, g, [&](const at::Tensor& r) { return dense(r, layer, nullptr); }).second, whole) == 0);
}

TEST_CASE("what goes past a norm and what goes through it bring their gradients back together") {
  at::manual_seed(9);
  for (const auto type : types)
    for (const std::int64_t width : {5, 96}) {
      const at::Tensor x = at::randn({19, width}), w = at::randn({width}).to(type), b = at::randn({width}).to(type);
      const at::Tensor wide = w.to(at::kFloat), shift = b.to(at::kFloat);
      const auto plainLayer = [&](const at::Tensor& r) { return at::layer_norm(r, {width}, wide, shift, 1e-5); };
      const auto plainRms = [&](const at::Tensor& r) { return r * (r.square().mean(1, true) + 1e-5).rsqrt() * wide; };
      const auto layer = [&](const at::Tensor& r) { return layerNormBeside(r, w, b, 1e-5); };
      const auto rms = [&](const at::Tensor& r) { return rmsNormBeside(r, w, 1e-5); };
      const auto compare = [&](const auto& fast, const auto& plain) {
        const auto both = [&](const at::Tensor& r) {
          const NormedBeside parts = fast(r);
          return parts.past * 2 + parts.normed.square();
        };
        same(x, width, type, 1e-5, both, [&](const at::Tensor& r) { return r * 2 + plain(r).square(); });
        same(
            x, width, type, 1e-5, [&](const at::Tensor& r) { return fast(r).normed; }, plain);
        same(
            x, width, type, 1e-5, [&](const at::Tensor& r) { return fast(r).past * 3; }, [](const at::Tensor& r) { return r * 3; });
      };
      compare(layer, plainLayer);
      compare(rms, plainRms);
    }
}

TEST_CASE("columns of a matrix bring their gradients back, beside each other or not") {
  at::manual_seed(11);
  Forest forest;
  forest.add(forest.add(-1, 3), 9);
  const auto plan = std::make_shared<const AttentionPlan>(planAttention(forest, 0));
  const AttentionHeads heads{4, 2, 6, 0.4};
  const at::Tensor x = at::randn({12, 48}), g = at::randn({12, 24});
  const auto attended = [&](const std::vector<at::Tensor>& parts) { return attention(parts[0], parts[1], parts[2], plan, heads); };
  const auto apart = through(x, g, [&](const at::Tensor& r) { return attended(r.split_with_sizes({24, 12, 12}, 1)); });
  const auto beside = through(x, g, [&](const at::Tensor& r) { return attended(columns(r, {24, 12, 12})); });
  CHECK(largestDifference(beside.first, apart.first) == 0);
  CHECK(largestDifference(beside.second, apart.second) == 0);
  for (const bool all : {true, false})
    same(
        x, 12, at::kFloat, 1e-6,
        [&](const at::Tensor& r) {
          const auto parts = columns(r, {24, 12, 12});
          return all ? parts[1] * parts[2] + parts[0].narrow(1, 3, 12) : parts[2] * 2;  // what nobody used counts as zero
        },
        [&](const at::Tensor& r) {
          return all ? r.narrow(1, 24, 12) * r.narrow(1, 36, 12) + r.narrow(1, 3, 12) : r.narrow(1, 36, 12) * 2;
        });
}

TEST_CASE("layer norm, with and without bias, is the library's") {
  at::manual_seed(3);
  for (const auto type : types)
    for (const std::int64_t width : {5, 64, 770}) {
      const at::Tensor x = at::randn({19, width}) * 3 + 1, w = at::randn({width}).to(type), b = at::randn({width}).to(type);
      const at::Tensor wide = w.to(at::kFloat), shift = b.to(at::kFloat);
      same(
          x, width, type, 1e-5, [&](const at::Tensor& r) { return layerNorm(r, w, b, 1e-5); },
          [&](const at::Tensor& r) { return at::layer_norm(r, {width}, wide, shift, 1e-5); });
      same(
          x, width, type, 1e-5, [&](const at::Tensor& r) { return layerNorm(r, w, {}, 1e-5); },
          [&](const at::Tensor& r) { return at::layer_norm(r, {width}, wide, {}, 1e-5); });
    }
}

TEST_CASE("activations and gated units are the library's, to the far tails") {
  using Plain = at::Tensor (*)(const at::Tensor&);
  const std::vector<std::pair<Activation, Plain>> all{
      {Activation::GeluTanh, [](const at::Tensor& x) { return at::gelu(x, "tanh"); }},
      {Activation::Gelu, [](const at::Tensor& x) { return at::gelu(x); }},
      {Activation::QuickGelu, [](const at::Tensor& x) { return x * at::sigmoid(x * 1.702); }},
      {Activation::Relu, [](const at::Tensor& x) { return at::relu(x); }},
      {Activation::ReluSquared, [](const at::Tensor& x) { return at::relu(x).square(); }},
      {Activation::Silu, [](const at::Tensor& x) { return at::silu(x); }},
      {Activation::Tanh, [](const at::Tensor& x) { return at::tanh(x); }},
  };
  const at::Tensor near = at::linspace(-12, 12, 4001).reshape({1, 4001}), far = at::tensor({-1e4f, -200.f, 200.f, 1e4f}).reshape({1, 4});
  const at::Tensor up = at::linspace(2, -3, 4001).reshape({1, 4001});
  for (const auto type : types)
    for (const auto& [f, plain] : all) {
      same(
          near, 4001, type, 1e-6, [f = f](const at::Tensor& x) { return activate(f, x); }, plain);
      CHECK(largestDifference(activate(f, far.to(type)), plain(far.to(type).to(at::kFloat))) <= allowed(plain(far), type, 1e-6));
      same(
          near, 4001, type, 1e-6, [&, f = f](const at::Tensor& x) { return gated(f, x, up.to(type)); },
          [&, plain = plain](const at::Tensor& x) { return plain(x) * up.to(type).to(at::kFloat); });
      same(
          up, 4001, type, 1e-6, [&, f = f](const at::Tensor& x) { return gated(f, near.to(type), x); },
          [&, plain = plain](const at::Tensor& x) { return plain(near.to(type).to(at::kFloat)) * x; });
    }
}

TEST_CASE("cross entropy and its gradient are the library's, for a large vocabulary and for large logits") {
  at::manual_seed(4);
  for (const double size : {1.0, 60.0}) {
    const std::int64_t vocabulary = 50257, target = 31415;
    const at::Tensor logits = at::randn({1, vocabulary}) * size;
    at::Tensor gradient = at::empty_like(logits);
    const float loss = kernels::crossEntropy(logits.data_ptr<float>(), vocabulary, target, 0.25f, gradient.data_ptr<float>());
    const auto [expected, expectedGradient] = through(logits.to(at::kDouble), at::tensor(0.25), [&](const at::Tensor& x) {
      return at::cross_entropy_loss(x, at::tensor({target}, at::kLong));
    });
    CHECK(std::abs(loss - expected.item<double>()) <= 1e-5 * expected.item<double>());
    CHECK((gradient - expectedGradient).abs().max().item<double>() <= 1e-6);
    CHECK(std::abs(gradient.sum().item<double>()) <= 1e-4);
  }
}
