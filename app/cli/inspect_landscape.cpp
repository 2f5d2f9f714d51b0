// inspect --view landscape: the loss around the prompt.
#include "app/cli/commands.h"
#include "app/cli/inspect.h"
#include "app/cli/terminal.h"
#include "core/inspection/landscape.h"
#include "core/model/frozen_model.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

struct Landscape {
  NoiseCurve noise;
  std::vector<RoundedPrompt> rounded;
  LossPlane plane;
  std::int64_t examples = 0;
};

void printJsonOf(const Landscape& found) {
  Json noise = Json::array(), rounded = Json::array(), rows = Json::array();
  for (const NoisePoint& point : found.noise.points)
    noise.push_back({{"size", point.size}, {"loss", point.loss}, {"low", point.low}, {"high", point.high}});
  for (const RoundedPrompt& one : found.rounded)
    rounded.push_back({{"format", one.format}, {"loss", one.loss}, {"change", one.change}, {"largest", one.largest}});
  for (std::int64_t row = 0; row < found.plane.losses.rows; ++row)
    rows.push_back(std::vector<float>(found.plane.losses.row(row).begin(), found.plane.losses.row(row).end()));
  printJson({{"loss", found.noise.loss},
             {"examples", found.examples},
             {"noise", noise},
             {"rounded", rounded},
             {"plane", {{"towards_start", found.plane.towards}, {"a", found.plane.a}, {"b", found.plane.b}, {"losses", rows}}}});
}

void print(const Landscape& found) {
  std::cout << "Loss " << strong(decimals(found.noise.loss)) << " on " << counted(found.examples, "example") << ".\n"
            << faint(cell("noise", 9) + cell("loss", 10) + "of the draws") << '\n';
  for (const NoisePoint& point : found.noise.points)
    std::cout << cell(decimals(point.size, 2), 9) << cell(decimals(point.loss), 10) << decimals(point.low) << " to " << decimals(point.high)
              << '\n';
  std::cout << faint("Noise on every number, in standard deviations of the vocabulary's.") << '\n';
  if (const std::string sharp = sharpness(found.noise); !sharp.empty())
    std::cout << sharp << " Training with noise (--prompt-noise) may find a wider one.\n";
  std::cout << '\n' << faint(cell("stored as", 11) + cell("loss", 10) + "change") << '\n';
  for (const RoundedPrompt& one : found.rounded)
    std::cout << cell(one.format, 11) << cell(decimals(one.loss), 10) << (one.change > 0 ? "+" : "") << decimals(one.change) << '\n';
  std::cout << '\n'
            << (found.plane.towards ? "A plane through the prompt (0, 0); -1 to the left is its start, upwards is random:"
                                    : "A plane through the prompt (0, 0) in two random directions, 1 being a standard deviation of the "
                                      "vocabulary's numbers:")
            << '\n'
            << faint(cell("", 8));
  for (const double a : found.plane.a)
    std::cout << faint(cell(decimals(a, 2), 10));
  std::cout << '\n';
  for (std::size_t j = found.plane.b.size(); j-- > 0;) {
    std::cout << faint(cell(decimals(found.plane.b[j], 2), 8));
    for (const float loss : found.plane.losses.row(static_cast<std::int64_t>(j)))
      std::cout << cell(decimals(loss), 10);
    std::cout << '\n';
  }
}

}  // namespace

int inspectLandscape(const Inspected& inspected) {
  const InspectFlags& flags = inspected.flags;
  const InspectedPrompt& one = inspected.only();
  const auto examples = examplesFor(inspected, one);
  LandscapeOptions options;
  options.sample = flags.sample, options.batchSize = flags.batchSize, options.seed = flags.seed;
  const SoftPrompt* start = one.start ? &*one.start : nullptr;
  if (start != nullptr) options.steps = {-1.5, -1, -0.5, 0, 0.5};
  const auto count = static_cast<std::int64_t>(examples->items.size());
  Landscape found;
  found.examples = flags.sample > 0 ? std::min(flags.sample, count) : count;
  note(counted(landscapeEvaluations(options), "evaluation") + " over " + counted(found.examples, "example") +
       (found.examples < count ? " of " + withSeparators(count) : std::string()) + ".");
  const Watch watch = watchOf("Looking around", inspected.stop);
  try {
    found.noise = noiseCurve(inspected.model(), one.prompt, *examples, options, watch.part(0, 0.35));
    found.rounded = roundingCost(inspected.model(), one.prompt, *examples, options, watch.part(0.35, 0.45));
    found.plane = lossPlane(inspected.model(), one.prompt, *examples, options, start, watch.part(0.45, 1));
  } catch (const GivenUp&) {
    return stopped;
  }
  flags.json ? printJsonOf(found) : print(found);
  return 0;
}

}  // namespace incipit::cli
