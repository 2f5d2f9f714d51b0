#include "core/exchange/origin.h"

#include "core/exchange/exchange.h"
#include "core/prompt/recipe.h"
#include "core/support/error.h"
#include "core/support/whole_number.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace incipit {

RowScale rowScaleOf(const std::string& text) {
  return text == nameOf(RowScale::Scaled) ? RowScale::Scaled : text == nameOf(RowScale::Unscaled) ? RowScale::Unscaled : RowScale::Unsaid;
}

namespace {

Json toJson(const PromptUse& use) {
  Json json{{"template", use.textTemplate}, {"values", use.values}, {"answer", use.answer},
            {"answers", use.answers},       {"data", use.data},     {"steps", use.steps}};
  if (use.placed) json["placed"] = true;
  if (!use.system.empty()) json["system"] = use.system;
  if (use.validationLoss) json["validation_loss"] = *use.validationLoss;
  if (use.accuracy) json["accuracy"] = *use.accuracy;
  if (use.labelLoss) json["label_loss"] = *use.labelLoss;
  if (use.f1Macro) json["f1_macro"] = *use.f1Macro;
  if (!use.keptBecause.empty()) json["kept_because"] = use.keptBecause;
  if (use.validationRows > 0) json["validation_rows"] = use.validationRows;
  return json;
}

std::string placedIn(const PromptUse& use) {
  return use.system.empty() ? "the template '" + use.textTemplate + "'" : "the system text '" + use.system + "'";
}

PromptUse useFrom(const Json& json) try {
  PromptUse use;
  if (!json.is_object()) return use;
  use.textTemplate = json.value("template", "");
  use.placed = json.value("placed", false);
  use.system = json.value("system", "");
  use.values = json.value("values", use.values);
  use.answer = json.value("answer", "");
  use.answers = json.value("answers", use.answers);
  use.data = json.value("data", "");
  use.steps = wholeNumberIn(json, "steps", 0);
  use.validationRows = wholeNumberIn(json, "validation_rows", 0);
  if (json.contains("validation_loss")) use.validationLoss = json["validation_loss"].get<double>();
  use.keptBecause = json.value("kept_because", "");
  if (json.contains("accuracy")) use.accuracy = json["accuracy"].get<double>();
  if (json.contains("label_loss")) use.labelLoss = json["label_loss"].get<double>();
  if (json.contains("f1_macro")) use.f1Macro = json["f1_macro"].get<double>();
  return use;
} catch (const nlohmann::json::exception&) {  // of a newer program, or changed by hand
  return {};
}

}  // namespace

Json toJson(const PromptOrigin& origin) {
  Json json{{"model", origin.modelName},
            {"family", origin.modelFamily},
            {"weights", origin.weightFingerprint},
            {"vocabulary_size", origin.vocabularySize},
            {"num_layers", origin.layers},
            {"num_attention_heads", origin.heads},
            {"prompt_tuning_init", nameOf(origin.init)},
            {"prompt_tuning_init_text", origin.initText},
            {"tokenizer", origin.tokenizerName},
            {"task_type", nameOf(origin.task)}};
  if (origin.task == PromptTask::SeqCls) {
    json["labels"] = origin.labels;
    json["pooling"] = nameOf(origin.pooling);
  }
  if (origin.rowScale != RowScale::Unsaid) json[rowScaleKey] = nameOf(origin.rowScale);
  if (origin.use != PromptUse{}) json["use"] = toJson(origin.use);
  return json;
}

PromptOrigin originFrom(const Json& json) {
  PromptOrigin origin;
  if (!json.is_object()) return origin;
  const auto text = [&](const char* key) { return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : ""; };
  const auto number = [&](const char* key) {
    return json.contains(key) && json[key].is_number_integer() ? json[key].get<std::int64_t>() : 0;
  };
  origin.modelName = text("model");
  origin.modelFamily = text("family");
  origin.weightFingerprint = text("weights");
  origin.vocabularySize = number("vocabulary_size");
  origin.layers = number("num_layers");
  origin.heads = number("num_attention_heads");
  origin.rowScale = json.contains(rowScaleKey) ? rowScaleOf(text(rowScaleKey)) : rowScaleBefore(origin.modelFamily);
  origin.initText = text("prompt_tuning_init_text");
  origin.tokenizerName = text("tokenizer");
  origin.task = promptTaskFrom(text("task_type"));
  if (json.contains("labels") && json["labels"].is_array())
    for (const Json& label : json["labels"])
      if (label.is_string()) origin.labels.push_back(label.get<std::string>());
  for (const Pooling pooling : {Pooling::Text, Pooling::Mean})
    if (text("pooling") == nameOf(pooling)) origin.pooling = pooling;
  if (json.contains("use")) origin.use = useFrom(json["use"]);
  try {
    origin.init = promptInitFrom(text("prompt_tuning_init"));
  } catch (const PlanError&) {  // of a newer program
  }
  return origin;
}

std::string placementWarning(const SoftPrompt& prompt) {
  const PromptUse& use = prompt.origin.use;
  if (!use.placed) return {};
  const std::string where = placedIn(use);
  return "These virtual tokens were trained among the text, where " + where +
         " has {virtual_tokens}. PEFT and most other programs can only put them in front of it, where they do not do what they learned.";
}

void checkNumbers(const Matrix& rows, const std::string& file) {
  if (rows.rows == 0 || rows.columns == 0)
    throw FormatError("The prompt in '" + file + "' has no numbers: its shape is [" + std::to_string(rows.rows) + ", " +
                          std::to_string(rows.columns) + "].",
                      "Export it again with at least one virtual token.");
  for (std::size_t i = 0; i < rows.values.size(); ++i)
    if (!std::isfinite(rows.values[i]))
      throw FormatError("The prompt in '" + file + "' has a value that is not a number in row " +
                            std::to_string(static_cast<std::int64_t>(i) / rows.columns) + ", column " +
                            std::to_string(static_cast<std::int64_t>(i) % rows.columns) + ".",
                        "Its training went wrong; take an earlier snapshot, or train again with a lower learning rate.");
}

}  // namespace incipit
