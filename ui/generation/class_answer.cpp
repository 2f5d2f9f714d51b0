#include "ui/generation/class_answer.h"

#include "core/generation/classify.h"
#include "core/model/frozen_model.h"
#include "core/tokenizer/tokenizer.h"
#include "core/training/ranked_classes.h"
#include "ui/workspace/asked.h"
#include "ui/workspace/text.h"
#include "ui/workspace/values.h"

namespace incipit::ui {

std::vector<ClassShare> classesOf(const Asking& asking, const std::string& text, const std::vector<std::string>& labels) {
  const auto& model = *asking.model->frozen;
  bool inChat = false;
  const auto put = asked(*asking.model, asking.prompt, asking.meant, text, inChat);
  std::vector<ClassShare> shares;
  if (model.card().head != HeadKind::None) {
    if (asking.prompt.head.empty() && model.head().empty()) return shares;
    for (const auto& each : classify(model, asking.prompt, put.ids, put.places))
      shares.push_back({toText(each.label), each.probability});
    return shares;
  }
  const auto words = labelTokens(model, *asking.model->tokenizer, labels, put.ids, inChat);
  const auto probabilities = rankClasses(model, asking.prompt, put.ids, put.places, words);
  for (std::size_t i = 0; i < labels.size(); ++i)
    shares.push_back({toText(labels[i]), probabilities[i]});
  return shares;
}

}  // namespace incipit::ui
