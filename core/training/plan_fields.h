// The one table of a plan's fields. Reading and writing plan.json, the flags of incipit-cli, the checks, and what differs between two
// plans are all made from it: a new knob is a member of TrainingPlan and an entry here.
#pragma once

#include "core/training/plan.h"

#include <map>
#include <string_view>
#include <variant>
#include <vector>

namespace incipit {

// Where the value of a field lies in a plan, and with it what kind of value it is.
using PlanValue = std::variant<std::string*, std::filesystem::path*, bool*, int*, std::int64_t*, std::uint64_t*, double*, Optimizer*,
                               Reparametrization*, Schedule*, HeadInit*, BestMetric*, Precision*, PromptInit*, PromptTask*, Pooling*,
                               RowScale*, std::map<std::string, std::string>*>;

struct PlanCheck {
  bool (*fine)(const TrainingPlan&);
  const char* sentence;  // in the user's words, with what to change
};

struct PlanField {
  enum class Group { Places, Data, Prompt, Training };  // headings of --help

  const char* key;  // of plan.json; as a flag, with dashes
  Group group;
  PlanValue (*in)(TrainingPlan&);
  const char* help;  // a line of --help; of a switch, what happens when it is turned from its default
  std::vector<PlanCheck> checks = {};
  std::vector<std::string> choices = {};    // the names a named value has; empty: anything of its kind
  const char* takes = nullptr;              // in --help, in place of the kind's name
  void (*before)(TrainingPlan&) = nullptr;  // what a plan.json from before there was this field means; null: the default of today
};

const std::vector<PlanField>& planFields();
// The field with that key; null: there is none.
const PlanField* planField(std::string_view key);

// The largest whole number in a plan: sums and products of any two fit into 64 bits.
inline constexpr std::int64_t mostOfAnything = 1'000'000'000;

}  // namespace incipit
