// Each rule of the coach on a recorded run that shows it, and on one that does not. The runs in tests/fixtures/coach are real: README.md
// there says how each was made.
#include "core/coach/coach.h"
#include "core/support/files.h"
#include "core/support/json.h"
#include "tests/harness/harness.h"

#include <algorithm>
#include <sstream>

using namespace incipit;

namespace {

// The first line of a recording is its plan, the others are its events.
struct Recording {
  explicit Recording(const std::string& name) {
    std::istringstream lines(readFile(test::fixtures() / "coach" / (name + ".jsonl")));
    std::string line;
    std::getline(lines, line);
    plan = planFrom(parseJson(line, name), name);
    while (std::getline(lines, line))
      if (auto event = eventFrom(parseJson(line, name))) events.push_back(std::move(*event));
    CHECK(events.size() > 20);
  }
  TrainingPlan plan;
  std::vector<TrainingEvent> events;
};

std::vector<Advice> adviceOn(const std::string& name) {
  const Recording run(name);
  Coach coach(run.plan);
  for (const TrainingEvent& event : run.events)
    coach.follow(event);
  return coach.advice();
}

const Advice* find(const std::vector<Advice>& advice, const std::string& rule) {
  const auto found = std::ranges::find(advice, rule, &Advice::rule);
  return found == advice.end() ? nullptr : &*found;
}

std::string rulesOf(const std::vector<Advice>& advice) {
  std::string names;
  for (const Advice& one : advice)
    names += (names.empty() ? "" : " ") + one.rule;
  return names;
}

}  // namespace

TEST_CASE("each rule speaks on the run that shows it, and on no other") {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"good", ""},
      {"unsure", "no_better_than_guessing too_few_to_tell"},
      {"low", "rate_too_low no_better_than_guessing"},
      {"lower", "rate_too_low no_better_than_guessing"},
      {"high", "rate_too_high too_few_to_tell"},
      {"random", "start_outside_vocabulary no_better_than_guessing"},
      {"heart", "validation_rises too_few_to_tell"},
      {"mixed", "start_outside_vocabulary few_rows_learn longer_than_used too_few_to_tell"},
  };
  for (const auto& [name, rules] : expected)
    if (const std::string said = rulesOf(adviceOn(name)); said != rules) test::fail(name + ": the coach says " + said, __FILE__, __LINE__);
}

TEST_CASE("what it says has the run's figures, and what it suggests is a plan that can start") {
  const auto low = adviceOn("low");
  CHECK(find(low, "rate_too_low")->remedy.find("by about 30 times: try 0.009") != std::string::npos);
  CHECK_CLOSE(find(low, "rate_too_low")->change.at("learning_rate").get<double>(), 0.009, 1e-12);
  CHECK(find(adviceOn("lower"), "rate_too_low")->remedy.find("by about 300 times: try 0.009") != std::string::npos);
  CHECK(find(adviceOn("heart"), "validation_rises")->seen.find("since step 35 (1.748, now 2.105)") != std::string::npos);
  CHECK(find(adviceOn("unsure"), "no_better_than_guessing")
            ->seen.find("loss is 1.590, and guessing by how often each class occurs would give 1.386") != std::string::npos);
  CHECK(find(adviceOn("random"), "start_outside_vocabulary")->seen.find("15 times as long") != std::string::npos);
  CHECK_EQUAL(find(adviceOn("random"), "start_outside_vocabulary")->change.at("prompt_tuning_init").get<std::string>(), "SAMPLE_VOCAB");
  CHECK(find(adviceOn("mixed"), "longer_than_used")->change.empty());  // its length is its adapter's
  for (const char* name : {"good", "unsure", "low", "lower", "high", "random", "heart", "mixed"}) {
    const Recording run(name);
    for (const Advice& advice : adviceOn(name)) {
      CHECK(advice.seen.ends_with('.') && advice.remedy.ends_with('.'));
      Json plan = toJson(run.plan);
      plan.update(advice.change);
      for (const PlanProblem& problem : problemsIn(planFrom(plan, advice.rule)))
        test::fail(std::string(name) + ", " + advice.rule + ": " + problem.sentence, __FILE__, __LINE__);
    }
  }
}

TEST_CASE("nothing is said of a run that has just begun, of one without steps, or of an older one that does not say enough") {
  const Recording run("lower");
  Coach coach(run.plan);
  CHECK(coach.advice().empty());
  for (std::size_t i = 0; i < 15; ++i)
    coach.follow(run.events[i]);
  CHECK(coach.advice().empty());

  Coach older(run.plan);
  for (TrainingEvent event : run.events) {
    if (auto* started = std::get_if<Started>(&event)) started->startNorm = started->vocabularyHigh = 0, started->classExamples.clear();
    if (auto* step = std::get_if<Stepped>(&event)) step->topRowsGradient = 0;
    older.follow(event);
  }
  CHECK_EQUAL(rulesOf(older.advice()), "");
}

TEST_CASE("a loss that rises is no harm where the measure that decides still gets better") {
  const Recording run("heart");
  Coach coach(run.plan);
  for (TrainingEvent event : run.events) {
    if (auto* look = std::get_if<Evaluated>(&event); look && look->step == 60) look->best = true;  // by accuracy, say
    coach.follow(event);
  }
  CHECK(find(coach.advice(), "validation_rises") == nullptr);
}

TEST_CASE("a run that goes on is judged by the steps it keeps") {
  const Recording run("high");
  Coach coach(run.plan);
  for (const TrainingEvent& event : run.events)
    coach.follow(event);
  CHECK(!coach.advice().empty());
  Started again = std::get<Started>(run.events.front());
  again.firstStep = 1;
  coach.follow(again);
  CHECK_EQUAL(rulesOf(coach.advice()), "");
}
