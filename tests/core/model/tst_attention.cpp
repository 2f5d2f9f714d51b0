// The kernels, and the batched form for devices, against the plain formula: values and gradients, over every kind of forest.
#include "core/model/attention/batched_plan.h"
#include "core/model/attention/forest.h"
#include "core/model/attention/key_value_cache.h"
#include "core/model/layers/layers.h"
#include "core/model/positions/alibi.h"
#include "core/model/positions/rotary.h"

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/core/model/plain_attention.h"
#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

struct Shape {
  std::int64_t heads, keyValueHeads, size;
  std::int64_t window = 0;
  double softCap = 0;
  bool biased = false;
  bool byDistance = false;
};

AttentionHeads headsOf(const Shape& shape) {
  AttentionHeads heads{shape.heads, shape.keyValueHeads, shape.size, 1 / std::sqrt(static_cast<double>(shape.size))};
  heads.window = shape.window;
  heads.softCap = shape.softCap;
  if (shape.biased) heads.keyBias = at::randn({shape.heads, 90});
  if (shape.byDistance) heads.distanceBias = at::randn({shape.heads, 2 * 90 - 1});
  return heads;
}

// prompt -> three examples, one of which has two continuations; and a second tree beside it.
Forest woods() {
  Forest forest;
  const int prompt = forest.add(-1, 7);
  forest.add(prompt, 5);
  const int question = forest.add(prompt, 70);  // more than one block of queries
  forest.add(question, 2);
  forest.add(question, 3);
  const int other = forest.add(-1, 4);
  forest.add(other, 9);
  return forest;
}

double largestDifference(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kFloat) - b.to(at::kFloat)).abs().max().item<double>();
}

enum class Way { Plain, Kernels, Batched };  // plain: in fp32

// Outputs and the gradients of q, k and v.
std::vector<at::Tensor> through(Way way, AttentionPlan plannedRows, const Shape& shape, at::ScalarType type) {
  at::manual_seed(3);
  if (way == Way::Batched) plannedRows.batched = std::make_shared<const BatchedPlan>(plannedRows, at::kCPU);
  const auto plan = std::make_shared<const AttentionPlan>(std::move(plannedRows));
  const auto leaf = [&](std::int64_t rows, std::int64_t columns) {
    at::Tensor tensor = at::randn({rows, columns}).to(type);
    if (way == Way::Plain) tensor = tensor.to(at::kFloat);
    return tensor.requires_grad_(true);
  };
  const at::Tensor q = leaf(plan->queries, shape.heads * shape.size), k = leaf(plan->rows, shape.keyValueHeads * shape.size),
                   v = leaf(plan->rows, shape.keyValueHeads * shape.size);
  const AttentionHeads heads = headsOf(shape);
  const at::Tensor out = way == Way::Plain ? plainAttention(q, k, v, *plan, heads) : attention(q, k, v, plan, heads);
  out.backward(at::randn({out.size(0), out.size(1)}).to(out.scalar_type()));
  return {out.detach(), q.grad(), k.grad(), v.grad()};
}

std::vector<at::Tensor> through(Way way, const Forest& forest, const Shape& shape, const std::vector<std::int64_t>* scored,
                                at::ScalarType type) {
  return through(way, planAttention(forest, 0, scored), shape, type);
}

void compare(const AttentionPlan& plan, const Shape& shape, at::ScalarType type, double tolerance) {
  const auto plain = through(Way::Plain, plan, shape, type);
  for (const Way way : {Way::Kernels, Way::Batched}) {
    const auto fast = through(way, plan, shape, type);
    for (std::size_t i = 0; i < fast.size(); ++i)
      CHECK_CLOSE(largestDifference(fast[i], plain[i]), 0, tolerance);
  }
}

void compare(const Forest& forest, const Shape& shape, const std::vector<std::int64_t>* scored, at::ScalarType type, double tolerance) {
  compare(planAttention(forest, 0, scored), shape, type, tolerance);
}

}  // namespace

TEST_CASE("a forest knows the rows, positions and ancestors of its segments") {
  const Forest forest = woods();
  CHECK_EQUAL(forest.rows(), std::int64_t{100});
  CHECK_EQUAL(forest.depth(), std::int64_t{80});
  const auto positions = forest.positions();
  CHECK_EQUAL(positions[6], std::int64_t{6});
  CHECK_EQUAL(positions[7], std::int64_t{7});    // first row of the first example goes on where the prompt ends
  CHECK_EQUAL(positions[12], std::int64_t{7});   // so does the second's
  CHECK_EQUAL(positions[82], std::int64_t{77});  // a continuation goes on where the question ends
  CHECK_EQUAL(positions[87], std::int64_t{0});   // another tree begins anew
  const AttentionPlan plan = planAttention(forest, 0);
  CHECK_EQUAL(plan.runs[3].visible, (std::vector<std::int64_t>{78, 79}));
  CHECK_EQUAL(plan.runs[3].keys.size(), std::size_t{3});
  const std::vector<std::int64_t> scored{6, 6, 11, 90};
  const AttentionPlan few = planAttention(forest, 0, &scored);
  CHECK_EQUAL(few.queries, std::int64_t{4});
  CHECK_EQUAL(few.runs[0].visible, (std::vector<std::int64_t>{7, 7}));
}

TEST_CASE("fp32 kernels give the formula's values and gradients, with shared heads and odd sizes") {
  for (const Shape shape : {Shape{4, 4, 16}, Shape{6, 2, 8}, Shape{2, 1, 20}, Shape{3, 3, 64}})
    compare(woods(), shape, nullptr, at::kFloat, 2e-5);
}

TEST_CASE("sliding windows, soft caps and biases by position are the formula's, alone and together") {
  const std::vector<std::int64_t> scored{3, 6, 6, 11, 50, 81, 82, 86, 99};
  const Shape plain{4, 2, 16};
  const auto base = through(Way::Kernels, woods(), plain, nullptr, at::kFloat);
  for (const Shape shape :
       {Shape{4, 2, 16, 5}, Shape{4, 2, 16, 33}, Shape{4, 2, 16, 0, 1.5}, Shape{4, 2, 16, 0, 0, true}, Shape{6, 2, 8, 20, 0.7, true}}) {
    compare(woods(), shape, nullptr, at::kFloat, 2e-5);
    compare(woods(), shape, &scored, at::kFloat, 2e-5);
    compare(woods(), shape, nullptr, at::kBFloat16, 0.06);
    if (shape.size == plain.size) CHECK(largestDifference(through(Way::Kernels, woods(), shape, nullptr, at::kFloat)[0], base[0]) > 1e-2);
  }
  // A window as long as the deepest path leaves everything as it is.
  CHECK_CLOSE(largestDifference(through(Way::Kernels, woods(), {4, 2, 16, 80}, nullptr, at::kFloat)[0], base[0]), 0, 0);
}

TEST_CASE("ALiBi's slopes for any number of heads, and Falcon's rounding of them") {
  const at::Tensor six = alibi(6, 4, 0.5, AlibiRounding::None);
  for (const auto& [head, slope] : {std::pair{0, 1 / 4.0}, {3, 1 / 256.0}, {4, 1 / 2.0}, {5, 1 / 8.0}})
    CHECK_CLOSE(six[head][3].item<double>(), 0.5 * 3 * slope, 1e-7);
  const at::Tensor plain = alibi(16, 600, 1, AlibiRounding::None), falcon = alibi(16, 600, 1, AlibiRounding::Bf16);
  CHECK_CLOSE(plain[0][301].item<double>(), 301 * std::sqrt(0.5), 1e-4);
  CHECK_CLOSE(falcon[0][301].item<double>(), 212, 0);  // 300 * 0.70703125, rounded
  CHECK_CLOSE(falcon[2][577].item<double>(), 204, 0);
}

TEST_CASE("an encoder's attention, a decoder's across to it and biases by distance are the formula's") {
  Forest texts, answers;
  for (const std::int64_t length : {70, 1, 33})  // more than one block of queries, and a single row
    texts.add(-1, length);
  const int first = answers.add(-1, 3, 2);
  answers.add(first, 4);  // has its parent's source
  answers.add(-1, 66, 0);
  answers.add(-1, 2, 1);
  const std::vector<std::int64_t> scored{0, 2, 2, 6, 60, 74};
  const Shape plain{4, 4, 16}, biased{4, 4, 16, 0, 0, false, true}, shared{6, 2, 20, 0, 0.7, false, true};
  for (const Shape& shape : {plain, biased, shared}) {
    compare(planBothWays(texts), shape, at::kFloat, 3e-5);
    compare(planBothWays(texts), shape, at::kBFloat16, 0.06);
    compare(planAcross(answers, texts, 0), shape, at::kFloat, 3e-5);
    compare(planAcross(answers, texts, 0, &scored), shape, at::kBFloat16, 0.06);
    compare(planAttention(answers, 0, &scored), shape, at::kFloat, 3e-5);
    compare(woods(), shape, nullptr, at::kFloat, 3e-5);
  }
  const AttentionPlan across = planAcross(answers, texts, 5);
  CHECK_EQUAL(across.rows, texts.rows());
  CHECK_EQUAL(across.queries, std::int64_t{70});
  CHECK_EQUAL(across.runs[0].position, (std::vector<std::int64_t>{5, 6}));
  CHECK_EQUAL(across.runs[0].visible, (std::vector<std::int64_t>{33, 33}));
  CHECK_EQUAL(across.runs[0].keys[0].begin, std::int64_t{71});
  CHECK(largestDifference(through(Way::Kernels, planBothWays(texts), plain, at::kFloat)[0],
                          through(Way::Kernels, planBothWays(texts), biased, at::kFloat)[0]) > 1e-2);
}

TEST_CASE("what a device is given: groups of similar length, each with as many masks as there are kinds of layers") {
  Forest forest;
  const int prompt = forest.add(-1, 3);
  for (const std::int64_t length : {400, 300, 5, 1, 150, 60})  // three groups: 400 300, 150, and those of few queries
    forest.add(prompt, length);
  const std::vector<std::int64_t> scored{2, 300, 402, 700, 703, 708, 709, 900};
  for (const Shape& shape : {Shape{4, 2, 16}, Shape{4, 2, 16, 40, 0.7}}) {
    compare(forest, shape, nullptr, at::kFloat, 3e-5);
    compare(forest, shape, &scored, at::kFloat, 3e-5);
  }
  // Layers of several kinds share one plan.
  AttentionPlan rows = planAttention(woods(), 0);
  rows.batched = std::make_shared<const BatchedPlan>(rows, at::kCPU);
  const auto plan = std::make_shared<const AttentionPlan>(rows);
  for (int layer = 0; layer < 2; ++layer)
    for (const Shape& shape : {Shape{4, 4, 8}, Shape{4, 4, 8, 9}, Shape{4, 4, 8, 0, 0, true}, Shape{4, 4, 8, 0, 0, false, true}}) {
      const AttentionHeads heads = headsOf(shape);
      const at::Tensor q = at::randn({100, 32}), k = at::randn({100, 32}), v = at::randn({100, 32});
      CHECK_CLOSE(largestDifference(attention(q, k, v, plan, heads), plainAttention(q, k, v, *plan, heads)), 0, 2e-5);
    }
}

TEST_CASE("what is not a number in one tree stays there, both ways") {
  Forest forest;
  forest.add(forest.add(-1, 3), 9);
  forest.add(forest.add(-1, 5), 2);
  AttentionPlan rows = planAttention(forest, 0);
  rows.batched = std::make_shared<const BatchedPlan>(rows, at::kCPU);
  const auto plan = std::make_shared<const AttentionPlan>(rows);
  at::Tensor x = at::randn({19, 16});
  x.narrow(0, 0, 12).fill_(std::nan(""));
  x.requires_grad_(true);
  const at::Tensor out = attention(x, x, x, plan, {2, 2, 8, 0.3});
  out.backward(at::ones_like(out));
  for (const at::Tensor& whole : {out.detach(), x.grad()}) {
    CHECK(whole.narrow(0, 0, 12).isnan().all().item<bool>());
    CHECK(!whole.narrow(0, 12, 7).isnan().any().item<bool>());
  }
}

TEST_CASE("a window of one row gives each row its own value") {
  const Forest forest = woods();
  const auto plan = std::make_shared<const AttentionPlan>(planAttention(forest, 0));
  const at::Tensor q = at::randn({forest.rows(), 16}), k = at::randn({forest.rows(), 16}), v = at::randn({forest.rows(), 16});
  AttentionHeads heads{2, 2, 8, 1};
  heads.window = 1;
  CHECK_CLOSE(largestDifference(attention(q, k, v, plan, heads), v), 0, 1e-6);
}

TEST_CASE("only scored rows ask in the last layer, some of them more than once") {
  const std::vector<std::int64_t> scored{3, 6, 6, 6, 11, 50, 81, 82, 86, 99};
  compare(woods(), {4, 2, 16}, &scored, at::kFloat, 2e-5);
}

TEST_CASE("bf16 kernels follow the formula within bf16's precision") { compare(woods(), {4, 2, 32}, nullptr, at::kBFloat16, 0.06); }

TEST_CASE("columns of a fused projection are read where they are") {
  const Forest forest = woods();
  const auto plan = std::make_shared<const AttentionPlan>(planAttention(forest, 0));
  const at::Tensor fused = at::randn({forest.rows(), 3 * 32});
  const AttentionHeads heads{2, 2, 16, 0.25};
  const auto parts = fused.split(32, 1);
  CHECK_CLOSE(largestDifference(attention(parts[0], parts[1], parts[2], plan, heads),
                                attention(parts[0].contiguous(), parts[1].contiguous(), parts[2].contiguous(), plan, heads)),
              0, 0);
}

TEST_CASE("RMS norm and its gradients are the formula's") {
  at::manual_seed(5);
  at::Tensor x = at::randn({9, 40}).requires_grad_(true), weight = at::randn({40}).requires_grad_(true);
  const at::Tensor seed = at::randn({9, 40});
  const at::Tensor y = rmsNorm(x, weight, 1e-5);
  y.backward(seed);
  at::Tensor x2 = x.detach().clone().requires_grad_(true), weight2 = weight.detach().clone().requires_grad_(true);
  const at::Tensor y2 = x2 / (x2.square().mean(1, true) + 1e-5).sqrt() * weight2;
  y2.backward(seed);
  CHECK_CLOSE(largestDifference(y, y2), 0, 1e-5);
  CHECK_CLOSE(largestDifference(x.grad(), x2.grad()), 0, 1e-5);
  CHECK_CLOSE(largestDifference(weight.grad(), weight2.grad()), 0, 1e-5);
}

TEST_CASE("rotary positions turn pairs by their angle, and the gradient turns back") {
  ModelCard card;
  card.contextLength = 16;
  card.headSize = 4;
  card.config = std::make_shared<Json>(Json{{"rope_theta", 100.0}});
  Forest forest;
  forest.add(-1, 4);
  Turning turning = Rotary(card, 4, "cpu").turning(forest, 0, at::tensor(forest.positions(), at::kLong));
  turning.rows = at::tensor(std::vector<std::int64_t>{0, 3}, at::kLong);
  at::Tensor x = at::tensor(std::vector<float>{1, 0, 0, 2, 1, 0, 0, 2}).reshape({2, 4}).requires_grad_(true);
  const at::Tensor y = rotate(x, turning, 1);
  CHECK_CLOSE(y[0][0].item<double>(), 1, 1e-6);
  CHECK_CLOSE(y[1][0].item<double>(), std::cos(3.0), 1e-6);  // pair (0, 2) turns by 3 * 100^0
  CHECK_CLOSE(y[1][2].item<double>(), std::sin(3.0), 1e-6);
  CHECK_CLOSE(y[1][1].item<double>(), -2 * std::sin(0.3), 1e-6);  // pair (1, 3) by 3 * 100^(-1/2)
  y.backward(y.detach());
  CHECK_CLOSE(largestDifference(x.grad(), x.detach()), 0, 1e-6);  // turning back what was turned
}

TEST_CASE("both ways to pair numbers turn alike by kernel and by operators") {
  ModelCard card;
  card.contextLength = 32;
  card.headSize = 10;
  card.config = std::make_shared<Json>(Json::object());
  Forest forest;
  forest.add(-1, 32);
  for (const auto pairs : {RotaryTable::Pairs::Halves, RotaryTable::Pairs::Neighbours}) {
    Turning turning = Rotary(card, 6, "cpu", pairs).turning(forest, 0, at::tensor(forest.positions(), at::kLong));
    turning.rows = at::tensor(std::vector<std::int64_t>{0, 5, 31, 5}, at::kLong);
    at::Tensor x = at::randn({4, 30}).requires_grad_(true), y = x.detach().to(at::kDouble).requires_grad_(true);  // fp64 has no kernel
    const at::Tensor kernel = rotate(x, turning, 3), operators = rotate(y, turning, 3), seed = at::randn({4, 30});
    kernel.backward(seed);
    operators.backward(seed.to(at::kDouble));
    CHECK_CLOSE(largestDifference(kernel, operators), 0, 1e-5);
    CHECK_CLOSE(largestDifference(x.grad(), y.grad()), 0, 1e-5);
    CHECK(largestDifference(kernel, x) > 0.1);
  }
}

TEST_CASE("rows that come through the cache see what rows of one pass see") {
  Forest whole, grown;
  whole.add(-1, 12);
  at::manual_seed(9);
  const at::Tensor q = at::randn({12, 32}), k = at::randn({12, 16}), v = at::randn({12, 16});
  const AttentionHeads heads{4, 2, 8, 0.3};
  const at::Tensor expected = attention(q, k, v, std::make_shared<const AttentionPlan>(planAttention(whole, 0)), heads);
  KeyValueCache cache;
  grown.add(-1, 9);
  std::vector<at::Tensor> parts;
  for (std::int64_t first = 0; first < 12;) {
    const std::int64_t count = grown.rows() - first;
    const auto [keys, values] = cache.append(0, k.narrow(0, first, count), v.narrow(0, first, count));
    parts.push_back(
        attention(q.narrow(0, first, count), keys, values, std::make_shared<const AttentionPlan>(planAttention(grown, first)), heads));
    first = grown.rows();
    grown.extendLast(1);
  }
  CHECK_CLOSE(largestDifference(at::cat(parts), expected), 0, 1e-6);
}
