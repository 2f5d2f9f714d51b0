// The coach: somebody who has tuned many prompts, looking at a run. It sees the plan and the events and nothing else, so that a run on its
// way, a replayed one and one of last month get the same advice.
#pragma once

#include "core/coach/run_seen.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

struct Advice {
  std::string rule;    // its name: "rate_too_low"
  std::string seen;    // what is seen, one sentence with its figures
  std::string remedy;  // what to do about it, one sentence
  Json change;         // keys of plan.json with the values that a run which tries it would have; an empty object: it is not about knobs
};

class Coach {
 public:
  explicit Coach(TrainingPlan plan) : m_run(std::move(plan)) {}

  void follow(const TrainingEvent& event) { m_run.follow(event); }
  // What is to be said now, the most pressing first. Rules and their order stand in rules.h.
  std::vector<Advice> advice() const;

 private:
  RunSeen m_run;
};

}  // namespace incipit
