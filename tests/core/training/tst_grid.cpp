// A grid of plans: which combinations there are, and what is not one.
#include "core/training/grid.h"
#include "tests/harness/harness.h"

#include <nlohmann/json.hpp>

using namespace incipit;

TEST_CASE("every combination once, the last knob turning fastest") {
  const auto all = combinations({gridAxis("learning-rate= 0.1, 3e-2"), gridAxis("optimizer=adamw,sgd,lion")});
  CHECK_EQUAL(all.size(), std::size_t{6});
  CHECK_EQUAL(all[0].dump(), std::string(R"({"learning_rate":0.1,"optimizer":"adamw"})"));
  CHECK_EQUAL(all[1]["optimizer"].get<std::string>(), std::string("sgd"));
  CHECK_EQUAL(all[3]["learning_rate"].get<double>(), 0.03);
  CHECK_EQUAL(combinations({}).size(), std::size_t{1});
  CHECK(gridAxis("shuffle=true,false").values[0].is_boolean());
}

TEST_CASE("what is no grid is said") {
  CHECK_THROWS(gridAxis("learning_rate"), "no values");
  CHECK_THROWS(gridAxis("=1,2"), "no knob");
  CHECK_THROWS(gridAxis("learning_rate= , "), "no values");
  CHECK_THROWS(gridAxis("seed=1,2,1"), "twice");
  CHECK_THROWS(combinations({gridAxis("seed=1"), gridAxis("seed=2")}), "named twice");
  std::string many = "seed=0";
  for (int i = 1; i <= 200; ++i)
    many += "," + std::to_string(i);
  auto other = many;
  other.replace(0, 4, "num_virtual_tokens");
  CHECK_THROWS(combinations({gridAxis(many), gridAxis(other)}), "combinations");
}
