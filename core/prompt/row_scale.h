// The two meanings of a prompt for models whose embedding layer scales its rows (Gemma: by sqrt(H), ModelCard::embeddingScale).
// transformers up to 4 applied the factor behind the embedding, to a prompt's rows too; from 5 on it belongs to the embedding layer, and a
// prompt's rows enter the model as they are. Every other model has one meaning, and its prompts say nothing.
#pragma once

#include <string_view>

namespace incipit {

struct ModelCard;
struct SoftPrompt;

enum class RowScale {
  Unsaid,    // the model has no factor, or a file did not say: then Scaled is meant, as by transformers today
  Unscaled,  // the model multiplies them by its factor: transformers up to 4
  Scaled,    // as they enter the model: transformers from 5 on
};

// "scaled", "unscaled"; empty for Unsaid.
std::string_view nameOf(RowScale scale);
RowScale rowScaleFrom(std::string_view name);  // throws PlanError

// What a file of ours means that says nothing: Gemma's rows were unscaled before files said it.
RowScale rowScaleBefore(std::string_view family);

// Takes an unsaid scale as Scaled where the model has a factor, and forgets a scale where it has none. True when it was taken.
bool settleRowScale(SoftPrompt& prompt, const ModelCard& card);

// The same prompt with its rows in the other convention: times or divided by sqrt(H), in fp32. An unsaid scale stays as it is.
SoftPrompt withRowScale(SoftPrompt prompt, RowScale wanted);

// What the model multiplies the rows by on their way in: its embedding's factor for unscaled rows, 1 otherwise.
double entryFactor(const SoftPrompt& prompt, const ModelCard& card);

}  // namespace incipit
