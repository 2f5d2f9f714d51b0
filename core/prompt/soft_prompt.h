// A soft prompt: P rows of H numbers that stand in front of the text, and where they came from. A plain value, copied across threads.
#pragma once

#include "core/model/layers/class_head.h"
#include "core/prompt/pooling.h"
#include "core/prompt/prompt_use.h"
#include "core/prompt/row_scale.h"
#include "core/tensor/matrix.h"

#include <cstdint>
#include <string>
#include <vector>

namespace incipit {

class FrozenModel;

enum class PromptInit { Random, RandomScaled, SampleVocabulary, Text, ClassLabels, Adapter };

// What kind of model it stands in front of, as PEFT's task_type says it: one that goes on with a text, one that answers it (T5), one that
// sorts it into classes.
enum class PromptTask { Unknown, CausalLm, Seq2SeqLm, SeqCls };
PromptTask taskOf(const ModelCard& card);
// PEFT's task_type: "CAUSAL_LM", "SEQ_2_SEQ_LM", "SEQ_CLS"; empty and anything else is Unknown.
std::string nameOf(PromptTask task);
PromptTask promptTaskFrom(const std::string& name);

struct PromptOrigin {
  std::string modelName;  // base_model_name_or_path of an adapter
  std::string modelFamily;
  std::string weightFingerprint;  // empty when unknown (an adapter made elsewhere)
  std::int64_t vocabularySize = 0;
  std::int64_t layers = 0;  // num_layers, num_attention_heads: PEFT writes them into every adapter
  std::int64_t heads = 0;
  PromptInit init = PromptInit::Random;
  std::string initText;       // with PromptInit::Text
  std::string tokenizerName;  // with PromptInit::Text
  PromptTask task = PromptTask::Unknown;
  std::vector<std::string> labels{};     // of the head's classes, in their order; empty when unknown
  Pooling pooling = Pooling::First;      // which row the head was trained on
  RowScale rowScale = RowScale::Unsaid;  // of Gemma's prompts: what the rows mean
  PromptUse use{};
  friend bool operator==(const PromptOrigin&, const PromptOrigin&) = default;
};

struct SoftPrompt {
  Matrix rows;  // [P, H] fp32, always
  PromptOrigin origin;
  // [P, H] or empty. PEFT's adapters of encoder-decoder models have by default as many rows again (num_transformer_submodules 2): meant for
  // the decoder, never used, without a gradient. They travel along, so that such an adapter is written as it was read.
  Matrix unusedRows{};
  // The head trained with it, of a model that classifies; empty when it writes text, or when the model's own head is meant (PEFT before
  // 0.20 did not train it).
  ClassHead head{};

  std::int64_t length() const { return rows.rows; }    // P
  std::int64_t width() const { return rows.columns; }  // H
  bool empty() const { return rows.empty(); }
  friend bool operator==(const SoftPrompt&, const SoftPrompt&) = default;
};

// All that training changes: the rows, then the head's parts.
std::vector<Matrix*> trainedParts(SoftPrompt& prompt);
std::vector<const Matrix*> trainedParts(const SoftPrompt& prompt);

// The head that the prompt is used with: its own, else the model's. Throws ModelError when neither has one.
ClassHead headFor(const SoftPrompt& prompt, const FrozenModel& model);

// Throws ModelError with a sentence when the prompt cannot stand in front of this model: other width, no rows, a row that is no
// number, no room left in the context. A different weight fingerprint is not an error (people move models about); see originWarning.
void checkFits(const SoftPrompt& prompt, const FrozenModel& model);
// One sentence when prompt and model were probably not made for each other; empty otherwise.
std::string originWarning(const SoftPrompt& prompt, const FrozenModel& model);

}  // namespace incipit
