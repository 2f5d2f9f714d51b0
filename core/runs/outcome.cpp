#include "core/runs/outcome.h"

namespace incipit {

PromptUse useOf(const Examples& training, const std::filesystem::path& data) {
  PromptUse use;
  use.textTemplate = training.example.textTemplate;
  use.placed = training.example.placed;
  use.system = training.example.system;
  use.values = training.example.values;
  use.answer = training.example.answer;
  use.answers = training.classes;
  use.data = data.filename().string();
  return use;
}

SoftPrompt withOutcome(SoftPrompt prompt, const Summary& summary) {
  PromptUse& use = prompt.origin.use;
  use.steps = summary.bestStep;
  use.validationLoss = summary.bestValidationLoss;
  use.accuracy = summary.accuracy;
  use.labelLoss = summary.labelLoss;
  use.f1Macro = summary.f1Macro;
  use.keptBecause = summary.why;
  use.validationRows = summary.validationRows;
  return prompt;
}

}  // namespace incipit
