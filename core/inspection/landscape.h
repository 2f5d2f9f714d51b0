// The loss around a prompt: along noise of growing size, on a plane through it, and what it costs to store its rows in fewer bits. A steep
// surrounding goes with unsteady training (PTP, Chen et al. 2023). A plane is two directions of P * H: what it does not show may be steep.
#pragma once

#include "core/dataset/examples.h"
#include "core/prompt/soft_prompt.h"
#include "core/support/watch.h"

#include <cstdint>
#include <string>
#include <vector>

namespace incipit {

class FrozenModel;

struct LandscapeOptions {
  std::int64_t sample = 32;  // examples at most, drawn by seed; 0: all
  std::int64_t batchSize = 16;
  std::uint64_t seed = 0;
  int draws = 3;                                    // noises of each size
  std::vector<double> sizes{0.03, 0.1, 0.3, 1, 3};  // of the noise, in standard deviations of the vocabulary's numbers
  std::vector<double> steps{-1, -0.5, 0, 0.5, 1};   // of the plane, both ways; 0 is the prompt
};

struct NoisePoint {
  double size = 0;                     // standard deviation of the noise, in the vocabulary's
  double loss = 0, low = 0, high = 0;  // mean, least and largest over the draws
};
struct NoiseCurve {
  double loss = 0;  // of the prompt as it is
  std::vector<NoisePoint> points;
};
// Where noise of a tenth of a deviation or less costs more than a tenth of the loss, a sentence that says so; empty else.
std::string sharpness(const NoiseCurve& curve);
NoiseCurve noiseCurve(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, const LandscapeOptions& options = {},
                      const Watch& watch = {});

struct LossPlane {
  bool towards = false;      // the first direction leads to another prompt
  std::vector<double> a, b;  // steps along the two directions
  Matrix losses;             // [b, a]
};
// L(P + a u + b v). u and v are random, at right angles, and as long as noise of one standard deviation of the vocabulary; with `other` u =
// P - other, so that a = -1 is the other prompt (the start), and v as long as u. Throws ModelError where the other's shape differs.
LossPlane lossPlane(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, const LandscapeOptions& options = {},
                    const SoftPrompt* other = nullptr, const Watch& watch = {});

struct RoundedPrompt {
  std::string format;  // "bf16", "fp16", "int8"
  double loss = 0;
  double change = 0;   // against the prompt in fp32
  double largest = 0;  // change of a number
};
// Rounded to the nearest of each format and evaluated; int8 with a scale a row (its largest number / 127).
std::vector<RoundedPrompt> roundingCost(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples,
                                        const LandscapeOptions& options = {}, const Watch& watch = {});

// What the three take together: how often a prompt is evaluated, and the work of it in tokens read forwards.
std::size_t landscapeEvaluations(const LandscapeOptions& options = {});
double landscapeWork(const Examples& examples, const LandscapeOptions& options = {});

Matrix roundedTo(const std::string& format, const Matrix& rows);  // throws PlanError for another format

}  // namespace incipit
