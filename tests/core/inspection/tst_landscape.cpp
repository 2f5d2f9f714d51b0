// The loss around a prompt: every figure is that of evaluate() at the place it is of.
#include "core/inspection/landscape.h"
#include "core/inspection/vectors.h"
#include "core/training/train.h"
#include "core/training/vocabulary_scale.h"
#include "tests/core/inspection/reference_texts.h"

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

TEST_CASE("noise grows from the prompt's own loss, and a seed gives the same curve") {
  const AttentionReference reference("gpt2");
  const Examples examples = reference.examples();
  LandscapeOptions options;
  options.sizes = {1e-5, 1};
  const NoiseCurve curve = noiseCurve(*reference.model, reference.prompt, examples, options);
  CHECK_CLOSE(curve.loss, evaluate(*reference.model, reference.prompt, examples).loss, 1e-6);
  CHECK_CLOSE(curve.points[0].loss, curve.loss, 1e-3);
  CHECK(std::abs(curve.points[1].loss - curve.loss) > 1e-3);
  CHECK(curve.points[1].low <= curve.points[1].loss && curve.points[1].loss <= curve.points[1].high);
  CHECK_EQUAL(noiseCurve(*reference.model, reference.prompt, examples, options).points[1].loss, curve.points[1].loss);
}

TEST_CASE("a plane towards the start has both in it, and its second direction is upright and as long") {
  const AttentionReference reference("llama");
  const Examples examples = reference.examples();
  SoftPrompt start = reference.prompt;
  for (float& value : start.rows.values)
    value = 0.5f * value + 0.1f;
  LandscapeOptions options;
  options.steps = {-1, 0, 1};
  const LossPlane plane = lossPlane(*reference.model, reference.prompt, examples, options, &start);
  CHECK(plane.towards);
  CHECK_CLOSE(plane.losses.row(1)[1], evaluate(*reference.model, reference.prompt, examples).loss, 1e-5);
  CHECK_CLOSE(plane.losses.row(1)[0], evaluate(*reference.model, start, examples).loss, 1e-5);
  CHECK(plane.losses.row(0)[1] != plane.losses.row(2)[1]);
  start.rows = Matrix(2, start.width());
  CHECK_THROWS(lossPlane(*reference.model, reference.prompt, examples, options, &start), "2 rows");
}

TEST_CASE("rounding rounds to the nearest, and its cost is the rounded prompt's loss") {
  Matrix rows(2, 3);
  rows.values = {1.0f, 1.00390625f, -2.54f, 0, 0, 0};
  CHECK_EQUAL(roundedTo("bf16", rows).values[1], 1.0f);  // half way between 1 and 1.0078125: to the even one
  CHECK_EQUAL(roundedTo("fp16", rows).values[1], 1.00390625f);
  CHECK_CLOSE(roundedTo("int8", rows).values[0], 50 * 2.54 / 127, 1e-6);
  CHECK_EQUAL(roundedTo("int8", rows).values[4], 0.0f);
  CHECK_THROWS(roundedTo("int4", rows), "int4");

  const AttentionReference reference("gpt2");
  const Examples examples = reference.examples();
  const auto costs = roundingCost(*reference.model, reference.prompt, examples);
  CHECK_EQUAL(costs.size(), std::size_t{3});
  for (const RoundedPrompt& cost : costs) {
    SoftPrompt rounded = reference.prompt;
    rounded.rows = roundedTo(cost.format, rounded.rows);
    CHECK_CLOSE(cost.loss, evaluate(*reference.model, rounded, examples).loss, 1e-9);
  }
  CHECK(costs[1].largest < costs[0].largest && costs[0].largest < costs[2].largest);
}

TEST_CASE("a stop request gives the work up") {
  const AttentionReference reference("gpt2");
  std::stop_source stop;
  stop.request_stop();
  bool givenUp = false;
  try {
    noiseCurve(*reference.model, reference.prompt, reference.examples(), {}, Watch({}, stop.get_token()));
  } catch (const GivenUp&) {
    givenUp = true;
  }
  CHECK(givenUp);
}

TEST_CASE("a sharp minimum is said, and the work is that of all evaluations") {
  NoiseCurve curve{2.0, {{0.03, 2.1, 2, 2.2}, {0.1, 2.3, 2, 2.5}, {1, 9, 8, 10}}};
  CHECK_EQUAL(sharpness(curve), std::string("A sharp minimum: noise of 0.10 costs more than a tenth of the loss."));
  curve.points[1].loss = 2.15;
  CHECK_EQUAL(sharpness(curve), std::string());  // only much noise costs much
  const AttentionReference reference("gpt2");
  const Examples examples = reference.examples();
  LandscapeOptions options;
  options.sizes = {1}, options.draws = 2, options.steps = {-1, 0, 1};
  CHECK_EQUAL(landscapeEvaluations(options), std::size_t{1 + 2 + 4 + 9});
  CHECK_CLOSE(landscapeWork(examples, options), 16.0 * static_cast<double>(examples.items.tokens()), 1e-9);
}
