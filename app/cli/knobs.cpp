#include "app/cli/knobs.h"

#include "app/cli/checks.h"

#include "core/support/error.h"
#include "core/training/plan_fields.h"
#include "core/training/recipes.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <type_traits>

namespace incipit::cli {
namespace {

constexpr const char* recipeKey = "_recipe";  // among the flags: no knob, but a name for several

std::string flagOf(const char* key) {
  std::string flag = key;
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

// "[0.03]" behind the flag in --help.
std::string defaultOf(const char* key) {
  static const Json defaults = toJson(TrainingPlan{});
  const Json& value = defaults.at(key);
  if (value.is_string()) return value.get<std::string>();
  return value.dump();
}

// A flag that takes a value: `Value` is what it is parsed as.
template <class Value>
CLI::Option* addValue(CLI::App& command, const PlanField& field, const std::shared_ptr<Json>& given) {
  CLI::Option* option = command.add_option_function<Value>(
      "--" + flagOf(field.key), [given, key = field.key](const Value& value) { (*given)[key] = value; }, field.help);
  if (std::is_unsigned_v<Value>) option->check(atLeast(0));
  return option->default_str(defaultOf(field.key));
}

// A switch has both ways, of which --help shows the one that changes something.
CLI::Option* addSwitch(CLI::App& command, const PlanField& field, bool on, const std::shared_ptr<Json>& given) {
  const auto turns = [&](bool to) {
    return command.add_flag_callback((to ? "--" : "--no-") + flagOf(field.key), [given, key = field.key, to] { (*given)[key] = to; });
  };
  turns(on)->group("");
  return turns(!on)->description(field.help);
}

// VALUE=WORD, as often as there are values.
CLI::Option* addPairs(CLI::App& command, const PlanField& field, const std::shared_ptr<Json>& given) {
  const std::string flag = "--" + flagOf(field.key);
  return command.add_option_function<std::vector<std::string>>(
      flag,
      [given, flag, key = field.key](const std::vector<std::string>& pairs) {
        for (const std::string& pair : pairs) {
          const auto equals = pair.find('=');
          if (equals == std::string::npos) throw CLI::ValidationError(flag, "'" + pair + "' is not VALUE=WORD");
          (*given)[key][pair.substr(0, equals)] = pair.substr(equals + 1);
        }
      },
      field.help);
}

CLI::Option* addFlag(CLI::App& command, const PlanField& field, const std::shared_ptr<Json>& given) {
  TrainingPlan defaults;
  return std::visit(
      [&]<class Value>(const Value* value) {
        if constexpr (std::is_same_v<Value, bool>)
          return addSwitch(command, field, *value, given);
        else if constexpr (std::is_same_v<Value, std::map<std::string, std::string>>)
          return addPairs(command, field, given);
        else if constexpr (std::is_arithmetic_v<Value>)
          return addValue<std::conditional_t<std::is_same_v<Value, int>, std::int64_t, Value>>(command, field, given);
        else  // texts, paths, names
          return addValue<std::string>(command, field, given);
      },
      field.in(defaults));
}

CLI::Option* addField(CLI::App& command, const PlanField& field, const std::string& title, const std::shared_ptr<Json>& given) {
  CLI::Option* option = addFlag(command, field, given);
  option->group(title);
  if (!field.choices.empty()) option->check(CLI::IsMember(field.choices));
  if (field.takes != nullptr) option->type_name(field.takes);
  return option;
}

void addFlags(CLI::App& command, PlanField::Group group, const std::string& title, const std::shared_ptr<Json>& given) {
  for (const PlanField& field : planFields())
    if (field.group == group && field.key != std::string_view("model")) addField(command, field, title, given);  // MODEL stands by itself
}

}  // namespace

void addDataFlags(CLI::App& command, const std::shared_ptr<Json>& given) { addFlags(command, PlanField::Group::Data, "Data", given); }

void addDataPlanFlags(CLI::App& command, const std::shared_ptr<Json>& given) {
  addField(command, *planField("train"), "Data", given)->required();
  for (const char* key : {"validation", "validation_fraction", "seed", "num_virtual_tokens"})
    addField(command, *planField(key), "Data", given);
  addDataFlags(command, given);
}

void addPlanFlags(CLI::App& command, std::string& planFile, const std::shared_ptr<Json>& given) {
  CLI::Option* model = command
                           .add_option_function<std::string>(
                               "MODEL", [given](const std::string& name) { (*given)["model"] = name; }, planField("model")->help)
                           ->type_name("");
  CLI::Option* plan = command.add_option("--plan", planFile, "plan.json to start from; flags win over it")->type_name("FILE");
  std::vector<std::string> names;
  for (const Recipe& recipe : recipes())
    names.push_back(recipe.name);
  command
      .add_option_function<std::string>(
          "--recipe", [given](const std::string& name) { (*given)[recipeKey] = name; },
          "Knobs that are known from somewhere (resources/help: Training); flags win over it")
      ->check(CLI::IsMember(names));
  addFlags(command, PlanField::Group::Places, "Places", given);
  addDataFlags(command, given);
  addFlags(command, PlanField::Group::Prompt, "Prompt", given);
  addFlags(command, PlanField::Group::Training, "Training", given);
  command.get_option("--steps")->excludes(command.get_option("--epochs"));
  command.parse_complete_callback([model, plan, train = command.get_option("--train")] {
    if (model->count() + plan->count() == 0) throw CLI::RequiredError("MODEL or --plan");
    if (plan->count() + train->count() == 0) throw CLI::RequiredError("--train or --plan");
  });
}

Json mergedPlan(const std::string& planFile, const Json& flags) {
  Json given = flags;
  if (const auto recipe = flags.find(recipeKey); recipe != flags.end()) {
    given = recipeNamed(recipe->get<std::string>()).knobs;
    if (flags.contains("init_from") || flags.contains("prompt_tuning_init_text")) given.erase("prompt_tuning_init");
    given.update(flags);
    given.erase(recipeKey);
  }
  Json json = planFile.empty() ? freshPlan() : readJson(planFile);
  if (!json.is_object())
    throw PlanError("'" + planFile + "' is not a plan: it holds no JSON object.", "Take the plan.json of a run as a pattern.");
  // The plan in a run folder describes that run; doing it again needs a folder of its own.
  std::error_code ignored;
  if (json.contains("out") && json["out"].is_string() &&
      std::filesystem::equivalent(json["out"].get<std::string>(), std::filesystem::absolute(planFile).parent_path(), ignored))
    json.erase("out");
  if (given.contains("steps")) json.erase("epochs");
  if (given.contains("epochs")) json.erase("steps");
  if (given.contains("init_from")) json.erase("gemma_prompt");  // it was said of another adapter
  const bool startSaid = given.contains("prompt_tuning_init");
  const bool startImplied = json.contains("init_from") && !json.contains("prompt_tuning_init");
  json = changed(std::move(json), given);
  if (!startSaid && (given.contains("init_from") || startImplied))
    json["prompt_tuning_init"] = "ADAPTER";
  else if (!startSaid && given.contains("prompt_tuning_init_text"))
    json["prompt_tuning_init"] = "TEXT";
  return json;
}

}  // namespace incipit::cli
