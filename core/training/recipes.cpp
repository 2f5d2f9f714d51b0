#include "core/training/recipes.h"

#include "core/support/error.h"

#include <algorithm>

namespace incipit {
namespace {

// The knobs of a recipe: those of a new plan, but for what it says otherwise.
Json knobs(const Json& own) {
  const Json fresh = toJson(TrainingPlan{});
  Json all = Json::object();
  for (const char* key : {"optimizer", "learning_rate", "weight_decay", "schedule", "warmup_steps", "warmup_ratio", "max_grad_norm",
                          "batch_size", "num_virtual_tokens", "prompt_tuning_init", "reparametrization", "encoder_hidden_size",
                          "reparametrization_learning_rate", "head_init", "head_learning_rate", "pooling"})
    all[key] = own.contains(key) ? own[key] : fresh[key];
  return all;
}

std::vector<Recipe> makeRecipes() {
  return {
      {"ours", "Incipit's", "Measured here: see Training in the help.",
       "A start for everything: words of the vocabulary, AdamW, a rate that falls to 0. The one to compare others with.",
       knobs(Json::object())},
      {"paper", "The paper's",
       "Lester, Al-Rfou, Constant 2021, \"The power of scale for parameter-efficient prompt tuning\", sections 2.1 and 3.",
       "Long runs (the paper's have 30,000 steps) of large models, T5 first of all: a constant rate of 0.3 with Adafactor, 100 rows that "
       "start "
       "from the class labels, batches of 32.",
       knobs({{"optimizer", "adafactor"},
              {"learning_rate", 0.3},
              {"weight_decay", 1e-5},
              {"schedule", "constant"},
              {"max_grad_norm", 0.0},
              {"batch_size", 32},
              {"num_virtual_tokens", 100},
              {"prompt_tuning_init", "CLASS_LABELS"},
              {"head_init", "random"},
              {"pooling", "first"}})},
      {"peft", "PEFT's example",
       "PEFT's documentation, \"Prompt tuning for causal language models\": AdamW as PyTorch has it, RANDOM rows.",
       "Numbers to hold against PEFT's. RANDOM rows start far outside the vocabulary: they need more steps than words do.",
       knobs({{"learning_rate", 0.03},
              {"weight_decay", 0.01},
              {"max_grad_norm", 0.0},
              {"prompt_tuning_init", "RANDOM"},
              {"head_init", "random"},
              {"pooling", "first"}})},
      {"p-tuning", "P-tuning", "Liu et al. 2021, \"GPT understands, too\"; the rows by way of an MLP, as PEFT's PromptEncoder has it.",
       "When plain rows hardly learn: they learn together, and few of them reach what takes many otherwise.",
       knobs({{"reparametrization", "mlp"}})},
  };
}

}  // namespace

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> all = makeRecipes();
  return all;
}

const Recipe& recipeNamed(std::string_view name) {
  std::string names;
  for (const Recipe& recipe : recipes()) {
    if (recipe.name == name) return recipe;
    names += (names.empty() ? "" : ", ") + recipe.name;
  }
  throw PlanError("'" + std::string(name) + "' is not a recipe.", "Use one of these: " + names + ".");
}

TrainingPlan withRecipe(const TrainingPlan& plan, const Recipe& recipe) {
  Json json = toJson(plan);
  for (const auto& [key, value] : recipe.knobs.items())
    json[key] = value;
  TrainingPlan changed = planFrom(json, "the recipe");
  changed.data.chat = plan.data.chat;
  return changed;
}

double usualRate(Optimizer optimizer) {
  switch (optimizer) {
  case Optimizer::Adafactor:
    return 0.3;
  case Optimizer::Sgd:
    return 1;
  case Optimizer::Lion:
    return 0.003;
  default:
    return 0.03;
  }
}

}  // namespace incipit
