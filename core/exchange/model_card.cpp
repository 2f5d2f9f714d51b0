#include "core/exchange/model_card.h"

#include "core/exchange/elsewhere.h"
#include "core/exchange/exchange.h"
#include "core/exchange/python_lines.h"
#include "core/prompt/recipe.h"
#include "core/support/counted.h"
#include "core/support/files.h"

#include <algorithm>
#include <cstdio>

namespace incipit {
namespace {

// A YAML scalar in double quotes: a model's path may hold anything.
std::string yaml(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' ? ' ' : c;
  }
  return quoted + '"';
}

std::string startOf(const PromptOrigin& origin) {
  switch (origin.init) {
  case PromptInit::Text:
    return "the text \"" + origin.initText + "\"";
  case PromptInit::SampleVocabulary:
    return "randomly drawn vocabulary entries";
  case PromptInit::ClassLabels:
    return "the class labels";
  case PromptInit::Adapter:
    return "another prompt";
  case PromptInit::Random:
  case PromptInit::RandomScaled:
    break;
  }
  return "random numbers";
}

// What a reader has to know who uses the head: its classes, and where it differs from what PEFT computes.
std::string classNotes(const SoftPrompt& prompt) {
  std::string notes;
  for (std::size_t i = 0; i < prompt.origin.labels.size(); ++i)
    notes += (i == 0 ? "The classes, in the order of the scores: " : ", ") + prompt.origin.labels[i];
  if (!notes.empty()) notes += ".\n\n";
  if (const std::string difference = differenceElsewhere(prompt); !difference.empty()) notes += difference + "\n\n";
  return notes;
}

// A text of the data as it stands in Markdown, whatever it holds.
std::string quoted(const std::string& text) {
  std::string block = "```text\n";
  for (std::size_t i = 0; i < text.size(); ++i)
    block += text[i] == '`' ? "'" : std::string(1, text[i]);
  return block + "\n```\n\n";
}

// A warning of one paragraph, in which a text of the data may break lines.
std::string quotedLines(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '`') c = c == '`' ? '\'' : ' ';
  return "> **Note.** " + text + "\n\n";
}

std::string decimals(double value, const char* format) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

// On what it was trained, how texts were put, and what came of it.
std::string trainingNotes(const PromptUse& use) {
  std::string notes;
  if (!use.data.empty())
    notes += "## Training\n\nTrained on `" + use.data + "`" + (use.steps > 0 ? " for " + counted(use.steps, "step") : "") + ".\n\n";
  if (use.validationLoss || use.accuracy) {
    notes += "| metric | value |\n| --- | --- |\n";
    if (use.validationLoss) notes += "| validation loss (nats) | " + decimals(*use.validationLoss, "%.4f") + " |\n";
    if (use.accuracy) notes += "| accuracy | " + decimals(100 * *use.accuracy, "%.1f %%") + " |\n";
    if (use.labelLoss) notes += "| loss of the labels alone (nats) | " + decimals(*use.labelLoss, "%.4f") + " |\n";
    if (use.f1Macro) notes += "| macro F1 | " + decimals(*use.f1Macro, "%.4f") + " |\n";
    if (use.validationRows > 0) notes += "| validation rows | " + std::to_string(use.validationRows) + " |\n";
    notes += "\n";
    if (!use.keptBecause.empty()) notes += "Of the prompts of its run this one was kept because " + use.keptBecause + ".\n\n";
  }
  if (!use.textTemplate.empty())
    notes += "Every text was put into this template, with the columns of the data in braces:\n\n" + quoted(use.textTemplate);
  if (!use.values.empty() && !use.answer.empty()) {
    notes += "A row of the data, and the answer that was to be learned:\n\n";
    std::string row;
    for (const auto& [name, value] : use.values)
      row += name + ": " + value + "\n";
    notes += quoted(row + "answer: " + use.answer);
  }
  for (std::size_t i = 0; i < use.answers.size(); ++i)
    notes += (i == 0 ? "The answers it was taught: " : ", ") + use.answers[i];
  return notes + (use.answers.empty() ? "" : ".\n\n");
}

// Gemma's rows mean one thing up to transformers 4 and another from 5 on.
std::string scaleNotes(const SoftPrompt& prompt) {
  switch (prompt.origin.rowScale) {
  case RowScale::Scaled:
    return "These rows are for transformers 5 and later, where a prompt's rows enter the model as they are. Transformers up to 4 "
           "multiplies "
           "them by the square root of their width: divide them by it there.\n\n";
  case RowScale::Unscaled:
    return "These rows are for transformers up to 4, which multiplies a prompt's rows by the square root of their width. From 5 on it no "
           "longer does: multiply them by it there.\n\n";
  case RowScale::Unsaid:
    break;
  }
  return "";
}

}  // namespace

std::string modelCard(const SoftPrompt& prompt) {
  const PromptOrigin& origin = prompt.origin;
  const std::string model = origin.modelName.empty() ? "the base model" : "`" + origin.modelName + "`";
  const bool answers = origin.task == PromptTask::Seq2SeqLm, classifies = origin.task == PromptTask::SeqCls;
  std::string card = "---\n";
  if (!origin.modelName.empty()) card += "base_model: " + yaml(origin.modelName) + "\n";
  card += std::string("library_name: peft\npipeline_tag: ") +
          (classifies ? "text-classification"
           : answers  ? "text2text-generation"
                      : "text-generation") +
          "\ntags:\n";
  if (!origin.modelName.empty()) card += "- " + yaml("base_model:adapter:" + origin.modelName) + "\n";
  card += "- prompt-tuning\n- soft-prompt\n---\n\n# A soft prompt for " + model + "\n\n";
  card += counted(prompt.length(), "virtual token") + " of " + std::to_string(prompt.width()) + " numbers each, tuned with Incipit " +
          INCIPIT_VERSION + " while every weight of the model stayed as it was. They started from " + startOf(origin) + ".\n\n";
  card += trainingNotes(origin.use);
  card += "## Use\n\n```python\n" +
          pythonLines(prompt, origin.modelName.empty() ? "path/to/the/base/model" : origin.modelName, "path/to/this/folder") + "```\n\n";
  if (const std::string warning = placementWarning(prompt); !warning.empty()) card += quotedLines(warning);
  if (classifies) card += classNotes(prompt);
  card += scaleNotes(prompt);
  card +=
      "## Method\n\nPrompt tuning: Brian Lester, Rami Al-Rfou, Noah Constant, *The Power of Scale for Parameter-Efficient Prompt Tuning*, "
      "2021 (https://arxiv.org/abs/2104.08691).\n";
  return card;
}

bool isForeignCard(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return false;
  const std::string text = readFile(file);
  return text.find("# A soft prompt for ") == std::string::npos || text.find("tuned with Incipit") == std::string::npos;
}

}  // namespace incipit
