// The names of the ways a prompt can start: what plans and adapters say, without the model that carries it out.
#include "core/prompt/recipe.h"
#include "core/support/error.h"

#include <algorithm>
#include <array>
#include <utility>

namespace incipit {
namespace {

constexpr std::array initNames{
    std::pair{PromptInit::Random, std::string_view("RANDOM")},
    std::pair{PromptInit::RandomScaled, std::string_view("RANDOM_SCALED")},
    std::pair{PromptInit::SampleVocabulary, std::string_view("SAMPLE_VOCAB")},
    std::pair{PromptInit::Text, std::string_view("TEXT")},
    std::pair{PromptInit::ClassLabels, std::string_view("CLASS_LABELS")},
    std::pair{PromptInit::Adapter, std::string_view("ADAPTER")},
};

}  // namespace

std::string_view nameOf(PromptInit init) {
  return std::find_if(initNames.begin(), initNames.end(), [&](const auto& entry) { return entry.first == init; })->second;
}

PromptInit promptInitFrom(std::string_view name) {
  const auto found = std::find_if(initNames.begin(), initNames.end(), [&](const auto& entry) { return entry.second == name; });
  if (found == initNames.end())
    throw PlanError("'" + std::string(name) + "' is not a way to start a prompt.",
                    "Use RANDOM, RANDOM_SCALED, SAMPLE_VOCAB, TEXT, CLASS_LABELS or ADAPTER.");
  return found->first;
}

}  // namespace incipit
