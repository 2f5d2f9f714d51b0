#include "core/prompt/soft_prompt.h"

namespace incipit {

PromptTask taskOf(const ModelCard& card) {
  return card.encoderDecoder ? PromptTask::Seq2SeqLm : card.head != HeadKind::None ? PromptTask::SeqCls : PromptTask::CausalLm;
}

std::string nameOf(PromptTask task) {
  switch (task) {
  case PromptTask::CausalLm:
    return "CAUSAL_LM";
  case PromptTask::Seq2SeqLm:
    return "SEQ_2_SEQ_LM";
  case PromptTask::SeqCls:
    return "SEQ_CLS";
  case PromptTask::Unknown:
    break;
  }
  return "";
}

PromptTask promptTaskFrom(const std::string& name) {
  for (const PromptTask task : {PromptTask::CausalLm, PromptTask::Seq2SeqLm, PromptTask::SeqCls})
    if (name == nameOf(task)) return task;
  return PromptTask::Unknown;
}

std::vector<Matrix*> trainedParts(SoftPrompt& prompt) {
  std::vector<Matrix*> parts{&prompt.rows};
  for (HeadPart& part : prompt.head)
    parts.push_back(&part.values);
  return parts;
}

std::vector<const Matrix*> trainedParts(const SoftPrompt& prompt) {
  std::vector<const Matrix*> parts{&prompt.rows};
  for (const HeadPart& part : prompt.head)
    parts.push_back(&part.values);
  return parts;
}

}  // namespace incipit
