#include "app/cli/data_plan.h"

#include "app/cli/terminal.h"
#include "core/dataset/placement.h"
#include "core/runs/run_folder.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace incipit::cli {

TrainingPlan dataPlan(const std::string& prompt, const Json& given) {
  Json json = Json::object();
  std::error_code ignored;
  if (!prompt.empty() && std::filesystem::exists(std::filesystem::path(prompt) / "plan.json", ignored))
    json = toJson(readRun(prompt).plan);
  else if (prompt.empty())
    json["chat_template"] = "auto";  // the bare model as it wants to be asked
  return planFrom(changed(std::move(json), given), "the flags");
}

void placeAsTrained(TrainingPlan& plan, const SoftPrompt& prompt, const std::string& path) {
  const PromptUse& use = prompt.origin.use;
  if (!use.placed) return;
  if (plan.data.textTemplate.empty()) {
    plan.data.textTemplate = use.textTemplate;
    note("'" + path + "' stands among the text, as it was trained: '" + use.textTemplate + "'.");
  } else if (placedText(plan.data.textTemplate).shares.empty() && placedText(plan.data.system).shares.empty()) {
    note("Warning: '" + path + "' was trained among its text ('" + use.textTemplate + "'), and this template puts it in front.");
  }
}

void leaveOpen(TrainingPlan& plan, const Table& table) {
  const auto decided = [&](const char* key) { return std::ranges::find(plan.defaults, key) != plan.defaults.end(); };
  if (plan.data.inputColumn.empty() || table.column(plan.data.inputColumn) >= 0 || !decided("input_column")) return;
  plan.data.inputColumn.clear();
  if (decided("template")) plan.data.textTemplate.clear();
}

}  // namespace incipit::cli
