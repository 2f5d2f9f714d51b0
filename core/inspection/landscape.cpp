#include "core/inspection/landscape.h"

#include "core/inspection/sample.h"
#include "core/inspection/vectors.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "core/support/random.h"
#include "core/training/train.h"
#include "core/training/validation.h"
#include "core/training/vocabulary_scale.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace incipit {
namespace {

using Direction = std::vector<float>;  // P * H numbers

// The loss of the prompt moved somewhere, always on the same examples, told as a share of `all` evaluations.
class Around {
 public:
  Around(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, const LandscapeOptions& options, std::size_t all,
         const Watch& watch)
      : m_model(model), m_prompt(prompt),
        m_examples(picked(examples, sampleOrder(examples, options.sample, options.seed), model.card().head != HeadKind::None)),
        m_batchSize(options.batchSize), m_all(all), m_watch(watch) {
    checkFits(prompt, model);
    if (model.card().embeddingScale != 1) m_prompt = withRowScale(prompt, RowScale::Scaled);
  }

  const SoftPrompt& prompt() const { return m_prompt; }
  double lossOf(const SoftPrompt& prompt) {
    m_watch.at(static_cast<double>(m_done++) / static_cast<double>(m_all));
    for (const float value : prompt.rows.values)
      if (!std::isfinite(value)) return std::numeric_limits<double>::infinity();
    return evaluate(m_model, prompt, m_examples, m_batchSize).loss;
  }
  double lossAt(const Direction& u, double a, const Direction& v, double b) {
    SoftPrompt moved = m_prompt;
    for (std::size_t i = 0; i < u.size(); ++i)
      moved.rows.values[i] += static_cast<float>(a * u[i] + b * v[i]);
    return lossOf(moved);
  }

 private:
  const FrozenModel& m_model;
  SoftPrompt m_prompt;
  Examples m_examples;
  std::int64_t m_batchSize;
  std::size_t m_all, m_done = 0;
  Watch m_watch;
};

Direction randomDirection(std::size_t size, Random& random) {
  Direction direction(size);
  for (float& value : direction)
    value = static_cast<float>(random.normal());
  return direction;
}

void scaleTo(Direction& direction, double length) {
  const double now = lengthOf(direction);
  for (float& value : direction)
    value = static_cast<float>(value * length / std::max(now, 1e-30));
}

// Takes away what `direction` has of `other`.
void makeUpright(Direction& direction, const Direction& other) {
  const double share = dot(direction, other) / std::max(dot(other, other), 1e-30);
  for (std::size_t i = 0; i < direction.size(); ++i)
    direction[i] -= static_cast<float>(share * other[i]);
}

}  // namespace

NoiseCurve noiseCurve(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, const LandscapeOptions& options,
                      const Watch& watch) {
  Around around(model, prompt, examples, options, 1 + options.sizes.size() * static_cast<std::size_t>(options.draws), watch);
  const double deviation = vocabularyScale(model).deviation;
  Random random(options.seed);
  NoiseCurve curve;
  curve.loss = around.lossOf(around.prompt());
  const Direction nowhere(prompt.rows.values.size());
  for (const double size : options.sizes) {
    NoisePoint point{size, 0, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (int draw = 0; draw < options.draws; ++draw) {
      const double loss = around.lossAt(randomDirection(nowhere.size(), random), size * deviation, nowhere, 0);
      point.loss += loss / options.draws;
      point.low = std::min(point.low, loss), point.high = std::max(point.high, loss);
    }
    curve.points.push_back(point);
  }
  return curve;
}

std::string sharpness(const NoiseCurve& curve) {
  for (const NoisePoint& point : curve.points) {
    if (point.size > 0.1 || point.loss - curve.loss <= 0.1 * std::max(0.1, curve.loss)) continue;
    char size[32];
    std::snprintf(size, sizeof size, "%.2f", point.size);
    return std::string("A sharp minimum: noise of ") + size + " costs more than a tenth of the loss.";
  }
  return {};
}

std::size_t landscapeEvaluations(const LandscapeOptions& options) {
  return 1 + options.sizes.size() * static_cast<std::size_t>(options.draws) + 4 + options.steps.size() * options.steps.size();
}

double landscapeWork(const Examples& examples, const LandscapeOptions& options) {
  return static_cast<double>(landscapeEvaluations(options)) *
         workOfLook(picked(examples, sampleOrder(examples, options.sample, options.seed), false));
}

LossPlane lossPlane(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, const LandscapeOptions& options,
                    const SoftPrompt* other, const Watch& watch) {
  Around around(model, prompt, examples, options, options.steps.size() * options.steps.size(), watch);
  Random random(options.seed);
  const std::size_t size = prompt.rows.values.size();
  Direction u = randomDirection(size, random), v = randomDirection(size, random);
  if (other != nullptr) {
    if (other->length() != prompt.length() || other->width() != prompt.width())
      throw ModelError("The other prompt has " + std::to_string(other->length()) + " rows, this one " + std::to_string(prompt.length()) +
                           ".",
                       "Look towards a prompt of the same shape.");
    const Matrix there = enteringRows(*other, model.card());
    for (std::size_t i = 0; i < size; ++i)
      u[i] = around.prompt().rows.values[i] - there.values[i];
  } else {
    scaleTo(u, vocabularyScale(model).deviation * std::sqrt(static_cast<double>(size)));
  }
  makeUpright(v, u);
  scaleTo(v, lengthOf(u));
  LossPlane plane{other != nullptr, options.steps, options.steps, {}};
  plane.losses = Matrix(static_cast<std::int64_t>(plane.b.size()), static_cast<std::int64_t>(plane.a.size()));
  for (std::size_t j = 0; j < plane.b.size(); ++j)
    for (std::size_t i = 0; i < plane.a.size(); ++i)
      plane.losses.row(static_cast<std::int64_t>(j))[i] = static_cast<float>(around.lossAt(u, plane.a[i], v, plane.b[j]));
  return plane;
}

Matrix roundedTo(const std::string& format, const Matrix& rows) {
  Matrix rounded = rows;
  if (format == "int8") {
    for (std::int64_t row = 0; row < rows.rows; ++row) {
      float largest = 0;
      for (const float value : rows.row(row))
        largest = std::max(largest, std::abs(value));
      const float scale = largest / 127;
      for (float& value : rounded.row(row))
        value = scale > 0 ? std::nearbyint(value / scale) * scale : 0;
    }
    return rounded;
  }
  if (format != "bf16" && format != "fp16") throw PlanError("'" + format + "' is not a format to round to.", "Use bf16, fp16 or int8.");
  const at::Tensor exact = at::from_blob(rounded.values.data(), {static_cast<std::int64_t>(rounded.values.size())});
  exact.copy_(exact.to(format == "bf16" ? at::kBFloat16 : at::kHalf).to(at::kFloat));
  return rounded;
}

std::vector<RoundedPrompt> roundingCost(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples,
                                        const LandscapeOptions& options, const Watch& watch) {
  Around around(model, prompt, examples, options, 4, watch);
  const double exact = around.lossOf(prompt);
  std::vector<RoundedPrompt> all;
  for (const char* format : {"bf16", "fp16", "int8"}) {
    SoftPrompt rounded = prompt;
    rounded.rows = roundedTo(format, prompt.rows);
    RoundedPrompt one{format, around.lossOf(rounded), 0, 0};
    one.change = one.loss - exact;
    for (std::size_t i = 0; i < rounded.rows.values.size(); ++i)
      one.largest = std::max(one.largest, std::abs(static_cast<double>(rounded.rows.values[i]) - prompt.rows.values[i]));
    all.push_back(one);
  }
  return all;
}

}  // namespace incipit
