#include "core/prompt/row_scale.h"

#include "core/prompt/soft_prompt.h"
#include "core/support/error.h"

#include <cmath>
#include <string>

namespace incipit {

std::string_view nameOf(RowScale scale) { return scale == RowScale::Scaled ? "scaled" : scale == RowScale::Unscaled ? "unscaled" : ""; }

RowScale rowScaleFrom(std::string_view name) {
  for (const RowScale scale : {RowScale::Unsaid, RowScale::Unscaled, RowScale::Scaled})
    if (name == nameOf(scale)) return scale;
  throw PlanError("'" + std::string(name) + "' is not a meaning of a Gemma prompt.",
                  "Use scaled (transformers 5 and later) or unscaled (transformers up to 4).");
}

RowScale rowScaleBefore(std::string_view family) { return embeddingScaleOf(family, 4) != 1 ? RowScale::Unscaled : RowScale::Unsaid; }

bool settleRowScale(SoftPrompt& prompt, const ModelCard& card) {
  RowScale& scale = prompt.origin.rowScale;
  if (card.embeddingScale == 1) scale = RowScale::Unsaid;
  if (card.embeddingScale == 1 || scale != RowScale::Unsaid) return false;
  scale = RowScale::Scaled;
  return true;
}

SoftPrompt withRowScale(SoftPrompt prompt, RowScale wanted) {
  const RowScale now = prompt.origin.rowScale;
  if (now == wanted || now == RowScale::Unsaid || wanted == RowScale::Unsaid) return prompt;
  const auto factor = static_cast<float>(std::sqrt(static_cast<double>(prompt.width())));
  for (float& value : prompt.rows.values)
    value = wanted == RowScale::Scaled ? value * factor : value / factor;
  prompt.origin.rowScale = wanted;
  return prompt;
}

double entryFactor(const SoftPrompt& prompt, const ModelCard& card) {
  return prompt.origin.rowScale == RowScale::Unscaled ? card.embeddingScale : 1;
}

}  // namespace incipit
