// plan.json: the table of fields written and read, and two plans compared by it.
#include "core/support/error.h"
#include "core/training/plan_fields.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <type_traits>

namespace incipit {
namespace {

constexpr const char *versionKey = "version", *defaultsKey = "_defaults";

// A value as a sentence shows it. A list or an object is not written out: it may be nested deeper than it could be printed.
std::string shown(const Json& json) {
  if (json.is_structured()) return json.is_array() ? "a list" : "an object";
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() <= 80 ? text : text.substr(0, 80) + "...";
}

// What a field of that kind takes, thrown where the value is something else.
struct WrongKind {
  std::string takes;
};

template <class Whole>
Whole wholeNumber(const Json& json) {
  constexpr auto least = std::numeric_limits<Whole>::min(), most = std::numeric_limits<Whole>::max();
  if (json.is_number_unsigned()) {
    if (const auto value = json.get<std::uint64_t>(); std::in_range<Whole>(value)) return static_cast<Whole>(value);
  } else if (json.is_number_integer()) {
    if (const auto value = json.get<std::int64_t>(); std::in_range<Whole>(value)) return static_cast<Whole>(value);
  } else if (json.is_number_float()) {
    // 200.0 is a whole number too; beyond 2^53 a double does not know which.
    const auto value = json.get<double>();
    if (std::abs(value) <= 9007199254740992.0 && value == std::floor(value) && std::in_range<Whole>(static_cast<std::int64_t>(value)))
      return static_cast<Whole>(value);
  }
  throw WrongKind{"a whole number from " + std::to_string(least) + " to " + std::to_string(most)};
}

std::string textOf(const Json& json) {
  if (!json.is_string()) throw WrongKind{"a text"};
  return json.get<std::string>();
}

void read(const Json& json, std::string& value) { value = textOf(json); }
void read(const Json& json, std::filesystem::path& value) { value = textOf(json); }
void read(const Json& json, int& value) { value = wholeNumber<int>(json); }
void read(const Json& json, std::int64_t& value) { value = wholeNumber<std::int64_t>(json); }
void read(const Json& json, std::uint64_t& value) { value = wholeNumber<std::uint64_t>(json); }
void read(const Json& json, bool& value) {
  if (!json.is_boolean()) throw WrongKind{"true or false"};
  value = json.get<bool>();
}
void read(const Json& json, double& value) {
  if (!json.is_number()) throw WrongKind{"a number"};
  value = json.get<double>();
}
void read(const Json& json, std::map<std::string, std::string>& value) {
  const auto isText = [](const Json& one) { return one.is_string(); };
  if (!json.is_object() || !std::all_of(json.begin(), json.end(), isText)) throw WrongKind{"an object of texts"};
  value = json.get<std::map<std::string, std::string>>();
}

void named(const std::string& name, Optimizer& value) { value = optimizerFrom(name); }
void named(const std::string& name, Schedule& value) { value = scheduleFrom(name); }
void named(const std::string& name, Reparametrization& value) { value = reparametrizationFrom(name); }
void named(const std::string& name, HeadInit& value) { value = headInitFrom(name); }
void named(const std::string& name, BestMetric& value) { value = bestMetricFrom(name); }
void named(const std::string& name, Precision& value) { value = precisionFrom(name); }
void named(const std::string& name, PromptInit& value) { value = promptInitFrom(name); }
void named(const std::string& name, Pooling& value) { value = poolingFrom(name); }
void named(const std::string& name, RowScale& value) { value = rowScaleFrom(name); }
void named(const std::string& name, PromptTask& value) {
  value = promptTaskFrom(name);
  if (value == PromptTask::Unknown)
    throw PlanError("'" + name + "' is not a task_type.", "Use CAUSAL_LM, SEQ_2_SEQ_LM or SEQ_CLS, or leave it away.");
}

template <class Enum>
requires std::is_enum_v<Enum>
void read(const Json& json, Enum& value) {
  if (const std::string name = textOf(json); !name.empty()) named(name, value);
}

template <class Value>
Json written(const Value& value) {
  if constexpr (std::is_enum_v<Value>)
    return nameOf(value);
  else if constexpr (std::is_same_v<Value, std::filesystem::path>)
    return value.string();
  else
    return value;
}

Json valueOf(const PlanField& field, TrainingPlan& plan) {
  return std::visit([](const auto* value) { return written(*value); }, field.in(plan));
}

// Levenshtein distance, to name the key that was probably meant.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

void refuseUnknownKeys(const Json& json, const std::string& origin) {
  for (const auto& [key, value] : json.items()) {
    if (key == versionKey || key.starts_with("_") || planField(key) != nullptr) continue;
    const auto& fields = planFields();
    const auto nearest = std::min_element(fields.begin(), fields.end(), [&name = key](const PlanField& a, const PlanField& b) {
      return distance(name, a.key) < distance(name, b.key);
    });
    throw PlanError("'" + origin + "' has the key '" + key + "', which is not a knob of a plan.",
                    "Did you mean '" + std::string(nearest->key) + "'?");
  }
}

void refuseNewer(const Json& json, const std::string& origin) {
  const auto found = json.find(versionKey);
  if (found == json.end()) return;
  if (!found->is_number_integer() || *found < 1)
    throw PlanError("'" + origin + "': the version of a plan is a whole number from 1 on, not " + shown(*found) + ".",
                    "Take the plan.json of a run as a pattern.");
  if (*found > planVersion)
    throw PlanError("'" + origin + "' is a plan of version " + shown(*found) + ", and this program reads plans up to version " +
                        std::to_string(planVersion) + ".",
                    "Use the newer Incipit that wrote it.");
}

std::vector<std::string> defaultsIn(const Json& json) {
  std::vector<std::string> names;
  const auto found = json.find(defaultsKey);
  if (found == json.end() || !found->is_array()) return names;
  for (const Json& name : *found)
    if (name.is_string() && planField(name.get<std::string>()) != nullptr) names.push_back(name.get<std::string>());
  return names;
}

bool holds(const std::vector<std::string>& names, const char* name) { return std::find(names.begin(), names.end(), name) != names.end(); }

}  // namespace

Json toJson(const TrainingPlan& plan) {
  TrainingPlan copy = plan;
  Json json{{versionKey, planVersion}};
  for (const PlanField& field : planFields())
    json[field.key] = valueOf(field, copy);
  if (!plan.defaults.empty()) json[defaultsKey] = plan.defaults;
  return json;
}

TrainingPlan planFrom(const Json& json, const std::string& origin) {
  if (!json.is_object())
    throw PlanError("'" + origin + "' is not a plan: it holds no JSON object.", "Take the plan.json of a run as a pattern.");
  refuseNewer(json, origin);
  refuseUnknownKeys(json, origin);
  TrainingPlan plan;
  for (const PlanField& field : planFields()) {
    const auto found = json.find(field.key);
    if (found == json.end() && field.before != nullptr) field.before(plan);
    if (found == json.end() || found->is_null()) continue;
    try {
      std::visit([&](auto* value) { read(*found, *value); }, field.in(plan));
    } catch (const WrongKind& wrong) {
      throw PlanError("'" + origin + "': '" + field.key + "' takes " + wrong.takes + ", not " + shown(*found) + ".",
                      "Take the plan.json of a run as a pattern.");
    }
  }
  if (json.contains(runKey) && !json.contains("gemma_rows")) plan.gemmaPrompt = plan.gemmaRows = RowScale::Unscaled;
  plan.defaults = defaultsIn(json);
  return plan;
}

Json freshPlan() {
  TrainingPlan plan;
  Json json = Json::object();
  for (const PlanField& field : planFields())
    if (field.before != nullptr) json[field.key] = valueOf(field, plan);
  return json;
}

Json changed(Json plan, const Json& values) {
  const bool same = values.empty() || (values.size() == 1 && values.contains("out"));
  if (!same) {
    const Json fresh = freshPlan();
    for (const std::string& name : defaultsIn(plan))
      if (fresh.contains(name))
        plan[name] = fresh[name];
      else
        plan.erase(name);
    plan.erase(defaultsKey);
  }
  for (const auto& [key, value] : values.items())
    plan[key] = value;
  return plan;
}

std::vector<std::string> defaultsOf(const TrainingPlan& plan) {
  TrainingPlan copy = plan, fresh;
  std::vector<std::string> names;
  for (const PlanField& field : planFields())
    if (holds(plan.defaults, field.key) || valueOf(field, copy) == valueOf(field, fresh)) names.emplace_back(field.key);
  return names;
}

std::vector<PlanDifference> differences(const TrainingPlan& before, const TrainingPlan& after) {
  TrainingPlan one = before, other = after, fresh;
  const auto oneDefaults = defaultsOf(before), otherDefaults = defaultsOf(after);
  const auto text = [](const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); };
  std::vector<PlanDifference> result;
  for (const PlanField& field : planFields()) {
    const Json a = valueOf(field, one), b = valueOf(field, other), open = valueOf(field, fresh);
    const bool leftOpen = (a == open || b == open) && holds(oneDefaults, field.key) && holds(otherDefaults, field.key);
    if (a != b && !leftOpen) result.push_back({field.key, text(a), text(b)});
  }
  return result;
}

}  // namespace incipit
