// Runs that belong together, and their averages: none is left out without a word.
#include "core/library/groups.h"
#include "tests/harness/harness.h"

using namespace incipit;

namespace {

RunEntry made(double rate, std::uint64_t seed, std::optional<double> best, const char* metric = "accuracy") {
  RunEntry entry;
  entry.plan.learningRate = rate, entry.plan.seed = seed;
  entry.best = best, entry.metric = metric;
  return entry;
}

}  // namespace

TEST_CASE("seeds of one plan stand together") {
  const std::vector<RunEntry> runs{made(0.1, 0, 0.8), made(0.3, 0, 0.5), made(0.1, 1, 0.6), made(0.3, 1, 0.7), made(0.1, 2, 0.85)};
  const Differing differing = whatDiffers(runs);
  const auto groups = groupsBy(butTheSeed, runs, differing);
  CHECK_EQUAL(groups.size(), std::size_t(2));
  CHECK(groups[0].members == (std::vector<std::size_t>{0, 2, 4}));
  CHECK(groups[0].name.starts_with("learning_rate 0.1"));
  CHECK_CLOSE(*groups[0].mean, 0.75, 1e-12);
  CHECK_CLOSE(*groups[0].low, 0.6, 1e-12);
  CHECK_CLOSE(*groups[0].high, 0.85, 1e-12);
  const auto bySeed = groupsBy("learning_rate", runs, differing);
  CHECK_EQUAL(bySeed.size(), std::size_t(2));  // the same here: the rate is all that differs beside the seed
  CHECK(bySeed[1].members == (std::vector<std::size_t>{1, 3}));
}

TEST_CASE("where nothing but the seed differs, all stand together") {
  const std::vector<RunEntry> runs{made(0.1, 0, 0.8), made(0.1, 1, 0.6)};
  const auto groups = groupsBy(butTheSeed, runs, whatDiffers(runs));
  CHECK_EQUAL(groups.size(), std::size_t(1));
  CHECK_EQUAL(groups[0].name, "all runs");
}

TEST_CASE("a group has no mean where a run has no value, or another measure") {
  for (const auto& other : {made(0.1, 1, {}), made(0.1, 1, 2.5, "loss")}) {
    const std::vector<RunEntry> runs{made(0.1, 0, 0.8), other};
    const auto groups = groupsBy(butTheSeed, runs, whatDiffers(runs));
    CHECK(!groups[0].mean && !groups[0].low);
    CHECK_EQUAL(groups[0].members.size(), std::size_t(2));
  }
}

TEST_CASE("a band reaches as far as every curve does") {
  const auto band = bandOf({{{1, 4}, {2, 3}, {3, 2}}, {{1, 2}, {3, 4}}});
  CHECK_EQUAL(band.size(), std::size_t(2));
  CHECK_CLOSE(band[0].mean, 3, 1e-12);
  CHECK_CLOSE(band[1].x, 3, 1e-12);
  CHECK_CLOSE(band[1].low, 2, 1e-12);
  CHECK_CLOSE(band[1].high, 4, 1e-12);
  CHECK(bandOf({}).empty());
}
