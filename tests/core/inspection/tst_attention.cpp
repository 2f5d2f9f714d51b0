// Attention against transformers' eager attention, on every kind of mask and bias against the kernels, and what is made of it.
#include "core/generation/reading.h"
#include "core/inspection/attention.h"
#include "core/model/layers/layers.h"
#include "core/model/pass_observer.h"
#include "tests/core/causal_variants.h"
#include "tests/core/class_variants.h"
#include "tests/core/encoder_decoder_variants.h"
#include "tests/core/inspection/reference_texts.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

// The largest difference to text `text` of a table [B, n, queries, keys] that is padded behind `queries` and `keys`.
double difference(const BlockAttention& map, const at::Tensor& expected, std::int64_t text) {
  const at::Tensor mine = at::from_blob(const_cast<float*>(map.weights.data()), {map.heads, map.queries, map.keys});
  return (mine - expected[text].narrow(1, 0, map.queries).narrow(2, 0, map.keys)).abs().max().item<double>();
}

double worstRowSum(const std::vector<BlockAttention>& maps) {
  double worst = 0;
  for (const BlockAttention& map : maps)
    for (std::int64_t head = 0; head < map.heads; ++head)
      for (std::int64_t query = 0; query < map.queries; ++query) {
        double sum = 0;
        for (std::int64_t key = 0; key < map.keys; ++key)
          sum += map.at(head, query, key);
        worst = std::max(worst, std::abs(sum - 1));
      }
  return worst;
}

SoftPrompt someRows(const FrozenModel& model, std::int64_t rows) {
  std::vector<TokenId> ids;
  for (std::int64_t i = 0; i < rows; ++i)
    ids.push_back(static_cast<TokenId>(7 + 11 * i));
  SoftPrompt prompt;
  prompt.rows = model.embeddingRows(ids);
  settleRowScale(prompt, model.card());
  return prompt;
}

const std::vector<TokenId> someText{5, 9, 120, 33, 70, 12, 99, 150, 41, 8, 61, 17};

}  // namespace

TEST_CASE("attention is that of transformers, head by head, with key and value heads repeated") {
  for (const std::string& variant : attentionVariants) {
    const AttentionReference reference(variant);
    for (std::int64_t text = 0; text < reference.texts(); ++text) {
      const AttentionMaps maps = attentionMaps(*reference.model, reference.prompt, reference.text(text));
      CHECK_EQUAL(static_cast<std::int64_t>(maps.text.size()), reference.model->card().layers);
      for (std::size_t block = 0; block < maps.text.size(); ++block) {
        const std::string number = std::to_string(block);
        CHECK_CLOSE(difference(maps.text[block], reference["attentions." + number], text), 0, 1e-5);
        if (!reference.model->card().encoderDecoder) continue;
        CHECK_CLOSE(difference(maps.answer.at(block), reference["decoder_attentions." + number], text), 0, 1e-5);
        CHECK_CLOSE(difference(maps.across.at(block), reference["cross_attentions." + number], text), 0, 1e-5);
      }
      CHECK(worstRowSum(maps.text) < 1e-5);
      CHECK(worstRowSum(maps.answer) < 1e-5 && worstRowSum(maps.across) < 1e-5);
    }
  }
}

namespace {

// Attention with the values that the rows' own numbers give, by the kernels and by the map, for every block of a pass: the kernels are
// held against transformers elsewhere, so windows, ALiBi, caps and repeated heads are right where both agree.
class Checker : public PassObserver {
 public:
  void attention(std::int64_t, bool, const at::Tensor& queries, const at::Tensor& keys, const AttentionPlan& plan,
                 const AttentionHeads& heads) override {
    const auto shared = std::make_shared<const AttentionPlan>(plan);
    kernels.push_back(incipit::attention(queries, keys, keys, shared, heads));  // the keys as values
    values.push_back(keys);
    shapes.push_back(heads);
  }
  std::vector<at::Tensor> kernels, values;
  std::vector<AttentionHeads> shapes;
};

}  // namespace

TEST_CASE("the maps mix values as the kernels do, in every family: windows, ALiBi, caps, groups of heads") {
  for (const std::string& variant : causalVariants) {
    const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
    const SoftPrompt prompt = someRows(*model, 5);
    ReadText text;
    text.ids = someText;
    const AttentionMaps maps = attentionMaps(*model, prompt, text);
    Checker checker;
    statesOf(*model, prompt, text, &checker);
    CHECK_EQUAL(maps.text.size(), checker.kernels.size());
    CHECK(worstRowSum(maps.text) < 1e-5);
    for (std::size_t block = 0; block < maps.text.size(); ++block) {
      const BlockAttention& map = maps.text[block];
      const AttentionHeads& heads = checker.shapes[block];
      const at::Tensor weights = at::from_blob(const_cast<float*>(map.weights.data()), {map.heads, map.queries, map.keys});
      for (std::int64_t head = 0; head < map.heads; ++head) {
        const std::int64_t group = head / (heads.heads / heads.keyValueHeads);
        const at::Tensor mixed = weights[head].matmul(checker.values[block].narrow(1, group * heads.size, heads.size));
        const at::Tensor kernel = checker.kernels[block].narrow(1, head * heads.size, heads.size);
        const double worst = (mixed - kernel).abs().max().item<double>() / std::max(1.0, kernel.abs().max().item<double>());
        if (!(worst < 2e-5))
          fail(variant + ", block " + std::to_string(block) + ": the values differ by " + show(worst), __FILE__, __LINE__);
      }
    }
  }
}

TEST_CASE("a pass that is looked into gives the same numbers, bit for bit") {
  for (const std::string variant : {"llama", "gpt2", "bloom", "t5"}) {
    const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
    const SoftPrompt prompt = someRows(*model, 5);
    ReadText text;
    text.ids = someText;
    if (model->card().encoderDecoder) text.answer = {4, 5, 6};
    PassObserver nobody;
    Checker checker;
    const at::Tensor plain = statesOf(*model, prompt, text);
    CHECK(plain.equal(statesOf(*model, prompt, text, &nobody, &nobody)));
    CHECK(plain.equal(statesOf(*model, prompt, text, &checker, &checker)));
  }
}

TEST_CASE("loudness is the share of the text's attention that the virtual tokens take, and the sink takes most of it") {
  const AttentionReference reference("llama");
  const AttentionMaps maps = attentionMaps(*reference.model, reference.prompt, reference.text(0));
  const std::vector<BlockLoudness> blocks = loudness(maps);
  const at::Tensor expected = reference["attentions.0"][0];  // [n, P + T, P + T]
  const std::int64_t n = reference.prompt.length();
  const double share = expected.narrow(1, n, 11).narrow(2, 0, n).sum(2).mean().item<double>();
  CHECK_CLOSE(blocks[0].mean, share, 1e-5);
  CHECK_CLOSE(blocks[0].byRow[2], expected.narrow(1, n, 11).select(2, 2).mean().item<double>(), 1e-5);
  double even = 0;
  for (int i = 0; i < 11; ++i)
    even += 5.0 / (6 + i) / 11;
  CHECK_CLOSE(blocks[0].even, even, 1e-9);

  const AttentionSink sink = sinkOf(maps);
  const at::Tensor both = (expected + reference["attentions.1"][0]) / 2;
  const at::Tensor taken = both.narrow(1, n, 11).mean(1).mean(0);  // [P + T]
  CHECK_EQUAL(sink.row, taken.argmax().item<std::int64_t>());
  CHECK_CLOSE(sink.share, taken.max().item<double>(), 1e-5);
}

TEST_CASE("a prompt among its text is found among the rows") {
  const AttentionReference reference("gpt2");
  ReadText text = reference.text(0);
  text.places = {{2, 3}, {4, 2}};
  const AttentionMaps maps = attentionMaps(*reference.model, reference.prompt, text);
  CHECK_EQUAL(std::vector<std::int64_t>(maps.rows.begin(), maps.rows.begin() + 9),
              std::vector<std::int64_t>{0, 1, -1, -2, -3, 2, 3, -4, -5});
  const auto blocks = loudness(maps);
  for (const BlockLoudness& block : blocks)
    for (const double share : block.byHead)
      CHECK(share > 0 && share < 1);
  ReadText long_;
  long_.ids.assign(60, 5);
  CHECK_THROWS(attentionMaps(*reference.model, reference.prompt, long_), "context");
}

TEST_CASE("looking is given up between two blocks") {
  const AttentionReference reference("gpt2");
  std::stop_source stop;
  const Watch watch(
      [&](double share) {
        CHECK(share < 0.5);  // of two blocks the second is not entered
        stop.request_stop();
      },
      stop.get_token());
  bool givenUp = false;
  try {
    attentionMaps(*reference.model, reference.prompt, reference.text(0), watch);
  } catch (const GivenUp&) {
    givenUp = true;
  }
  CHECK(givenUp);
}
