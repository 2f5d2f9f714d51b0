// How the virtual tokens start: PEFT's initialisers, the paper's, and one scaled to the model (house rule: mode and rate decide a run).
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/tokenizer/tokenizer.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

std::string_view nameOf(PromptInit init);          // "RANDOM", "RANDOM_SCALED", "SAMPLE_VOCAB", "TEXT", "CLASS_LABELS", "ADAPTER"
PromptInit promptInitFrom(std::string_view name);  // throws PlanError listing the names

struct PromptRecipe {
  PromptInit init = PromptInit::SampleVocabulary;
  std::int64_t length = 20;  // P, num_virtual_tokens
  std::uint64_t seed = 0;
  std::string text;                                // Text
  SpecialTokens textSpecial = SpecialTokens::Add;  // PEFT tokenises with special tokens
  std::vector<std::string> classLabels;            // ClassLabels: row i is the mean of label i's sub-tokens, the rest sampled vocabulary
  std::optional<SoftPrompt> source;                // Adapter
  // num_transformer_submodules: 2 makes PEFT's unused rows too (encoder-decoder models only); 0 takes PEFT's default, 2 for those and 1
  // else.
  std::int64_t submodules = 0;
  Pooling pooling = Pooling::First;      // of models that classify; their head starts as the checkpoint's, or anew with a class a label
  RowScale rowScale = RowScale::Unsaid;  // Gemma: what the rows are to mean, and so what is trained; unsaid: scaled, the newest
};

// Where each row comes from; shown as chips before training and used by makePrompt, so that picture and fact cannot differ.
struct InitialRow {
  enum class Source { Random, Vocabulary, Text, TextRepeated, Label, Copied } source;
  std::vector<TokenId> tokens;  // one for Vocabulary and Text, the sub-tokens for Label, none for Random and Copied
};

struct InitialLayout {
  std::vector<InitialRow> rows;     // P of them
  std::vector<TokenId> textTokens;  // Text: all ids of the text
  std::int64_t cutOff = 0;          // Text: ids that found no row; ClassLabels: labels that found none
  std::string problem;              // one sentence when no prompt can be made of it (empty text, length 0 ...); empty otherwise
};

// Pure and fast (no weights touched): the live preview of the Prompt panel. `vocabularySize` is the model's V.
InitialLayout layOut(const PromptRecipe& recipe, const Tokenizer& tokenizer, std::int64_t vocabularySize);

// Throws PlanError with layOut's problem. The tokenizer may be null for Random, RandomScaled, SampleVocabulary and Adapter.
SoftPrompt makePrompt(const PromptRecipe& recipe, const FrozenModel& model, const Tokenizer* tokenizer);

}  // namespace incipit
