#include "core/exchange/model_card.h"

#include "core/prompt/recipe.h"

#include <algorithm>

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

}  // namespace

std::string modelCard(const SoftPrompt& prompt) {
  const PromptOrigin& origin = prompt.origin;
  const std::string model = origin.modelName.empty() ? "the base model" : "`" + origin.modelName + "`";
  const bool answers = origin.task == PromptTask::Seq2SeqLm;
  const std::string autoModel = answers ? "AutoModelForSeq2SeqLM" : "AutoModelForCausalLM";
  std::string card = "---\n";
  if (!origin.modelName.empty()) card += "base_model: " + yaml(origin.modelName) + "\n";
  card += std::string("library_name: peft\npipeline_tag: ") + (answers ? "text2text-generation" : "text-generation") + "\ntags:\n";
  if (!origin.modelName.empty()) card += "- " + yaml("base_model:adapter:" + origin.modelName) + "\n";
  card += "- prompt-tuning\n- soft-prompt\n---\n\n# A soft prompt for " + model + "\n\n";
  card += std::to_string(prompt.length()) + " virtual tokens of " + std::to_string(prompt.width()) + " numbers each, tuned with Incipit " +
          INCIPIT_VERSION + " while every weight of the model stayed as it was. They started from " + startOf(origin) + ".\n\n";
  card += "## Use\n\n```python\nfrom peft import PeftModel\nfrom transformers import " + autoModel +
          ", AutoTokenizer\n\nbase = " + yaml(origin.modelName.empty() ? "path/to/the/base/model" : origin.modelName) +
          "\n"
          "tokenizer = AutoTokenizer.from_pretrained(base)\n"
          "model = PeftModel.from_pretrained(" +
          autoModel +
          ".from_pretrained(base), \"path/to/this/folder\")\n"
          "inputs = tokenizer(\"Once upon a time\", return_tensors=\"pt\")\n"
          "print(tokenizer.decode(model.generate(**inputs, max_new_tokens=50)[0]))\n```\n\n";
  card +=
      "## Method\n\nPrompt tuning: Brian Lester, Rami Al-Rfou, Noah Constant, *The Power of Scale for Parameter-Efficient Prompt Tuning*, "
      "2021 (https://arxiv.org/abs/2104.08691).\n";
  return card;
}

}  // namespace incipit
