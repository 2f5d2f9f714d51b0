// incipit-cli rate MODEL: the learning-rate range test on the data and with the settings of a training that is to come.
#include "app/cli/commands.h"
#include "app/cli/first_example.h"
#include "app/cli/interrupt.h"
#include "app/cli/knobs.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/runs/carry_out.h"
#include "core/training/rate_test.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

struct Flags {
  std::string planFile;
  RateRange range;
  bool json = false;
};

Json toJson(const RateTest& test) {
  Json curve = Json::array();
  for (const RatePoint& point : test.curve)
    curve.push_back({{"learning_rate", point.rate}, {"loss", point.loss}, {"low", point.low}, {"high", point.high}});
  return {{"knob", test.knob},         {"suggested", test.suggested}, {"reason", test.reason}, {"start_loss", test.startLoss},
          {"exploded", test.exploded}, {"curve", std::move(curve)}};
}

// A bar a rate: as long as the loss is high.
void print(const RateTest& test) {
  double low = test.startLoss, high = test.startLoss;
  for (const RatePoint& point : test.curve)
    low = std::min(low, point.loss), high = std::max(high, point.loss);
  const std::size_t every = std::max<std::size_t>(1, test.curve.size() / 20);
  for (std::size_t i = every - 1; i < test.curve.size(); i += every) {
    const RatePoint& point = test.curve[i];
    const auto bar = static_cast<std::size_t>(std::lround(40 * (point.loss - low) / std::max(1e-12, high - low)));
    char rate[32];
    std::snprintf(rate, sizeof rate, "%10.2g", point.rate);
    std::cout << rate << "  " << decimals(point.loss) << " (" << decimals(point.low) << " to " << decimals(point.high) << ")  "
              << std::string(bar, '#') << "\n";
  }
  char suggested[32];
  std::snprintf(suggested, sizeof suggested, "%.2g", test.suggested);
  std::string flag = test.knob;
  std::ranges::replace(flag, '_', '-');
  std::cout << test.reason << "\nSuggested: --" << flag << " " << strong(suggested) << "\n";
}

int testHere(const Flags& flags, const Json& given) {
  const PreparedRun run = prepare(planFrom(mergedPlan(flags.planFile, given), flags.planFile.empty() ? "the flags" : flags.planFile));
  note(firstExample(run));
  const auto tell = [](const std::vector<RatePoint>& curve, std::int64_t all) {
    if (curve.size() % 10 == 0)
      note(std::to_string(curve.size()) + " / " + std::to_string(all) + "  rate " + decimals(curve.back().rate, 5) + "  loss " +
           decimals(curve.back().loss, 3));
  };
  const auto test = testRates(run.plan, {run.model, run.training, nullptr, run.start, nullptr}, tell, interruptToken(), flags.range);
  if (!test) return stopped;
  if (flags.json)
    printJson(toJson(*test));
  else
    print(*test);
  return 0;
}

}  // namespace

void addRate(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  auto given = std::make_shared<Json>(Json::object());
  CLI::App* command = program.add_subcommand("rate", "Which learning rate suits this model, data and plan: a range test, no run is made");
  addPlanFlags(*command, flags->planFile, given);
  command->add_option("--from", flags->range.from, "Lowest rate; otherwise the optimiser's usual range")->group("Test");
  command->add_option("--to", flags->range.to, "Highest rate")->group("Test");
  command->add_option("--test-steps", flags->range.steps, "Steps from one to the other")
      ->check(CLI::Range(10, 10'000))
      ->group("Test")
      ->capture_default_str();
  command->add_option("--repeats", flags->range.repeats, "Side by side, whose spread is shown")
      ->check(CLI::Range(1, 16))
      ->group("Test")
      ->capture_default_str();
  addJsonFlag(*command, flags->json);
  command->callback([flags, given, &chosen] { chosen = [flags, given] { return testHere(*flags, *given); }; });
}

}  // namespace incipit::cli
