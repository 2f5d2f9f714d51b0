#include "core/exchange/python_lines.h"

#include "core/support/json.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

constexpr std::size_t longText = 60;  // characters of an example that still fit beside its name

// Cut behind a word, never inside a UTF-8 sequence.
std::string shortened(const std::string& text) {
  if (text.size() <= longText) return text;
  std::size_t end = text.rfind(' ', longText);
  if (end == std::string::npos || end < longText / 2) end = longText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  return text.substr(0, end);
}

bool isPythonName(const std::string& name) {
  const auto fine = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 && std::all_of(name.begin(), name.end(), fine);
}

// A template's places of virtual tokens are no columns, and PEFT has none.
std::string withoutPlaces(std::string text) {
  constexpr std::string_view opening = "{virtual_tokens";
  for (std::size_t at = text.find(opening); at != std::string::npos; at = text.find(opening, at)) {
    const std::size_t end = text.find('}', at);
    if (end == std::string::npos) break;
    text.erase(at, end + 1 - at);
  }
  return text;
}

// The text of the example: through the template where one is known.
std::string textLines(const PromptUse& use) {
  if (use.values.empty()) return "text = \"Once upon a time\"\n";
  std::string values;
  const bool names = std::all_of(use.values.begin(), use.values.end(), [](const auto& value) { return isPythonName(value.first); });
  for (const auto& [name, value] : use.values) {
    const std::string shown = pythonText(shortened(value));
    values += (values.empty() ? "" : ", ") + (names ? name + "=" + shown : pythonText(name) + ": " + shown);
  }
  // Without a label the text itself is learned: its beginning is what the model goes on with.
  const std::string note =
      use.placed ? "# The rows were trained among the text, " + pythonText(use.textTemplate) + ";\n# PEFT can only put them in front.\n"
                 : std::string();
  return note + "template = " + pythonText(use.placed ? withoutPlaces(use.textTemplate) : use.textTemplate) + "\ntext = template.format(" +
         (names ? values : "**{" + values + "}") + ")\n";
}

std::string listOf(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts)
    list += (list.empty() ? "[" : ", ") + pythonText(text);
  return list + "]";
}

}  // namespace

std::string pythonText(const std::string& text) { return compactJson(Json(text)); }

std::string pythonLines(const SoftPrompt& prompt, const std::string& base, const std::string& folder) {
  const PromptOrigin& origin = prompt.origin;
  const bool answers = origin.task == PromptTask::Seq2SeqLm, classifies = origin.task == PromptTask::SeqCls;
  const std::string autoModel = classifies ? "AutoModelForSequenceClassification"
                                : answers  ? "AutoModelForSeq2SeqLM"
                                           : "AutoModelForCausalLM";
  const std::string classes = classifies && !prompt.head.empty() ? ", num_labels=" + std::to_string(classesOf(prompt.head)) : std::string();
  std::string lines = "from peft import PeftModel\nfrom transformers import AutoTokenizer\nfrom transformers import " + autoModel +
                      "\n\nbase = " + pythonText(base) + "\nadapter = " + pythonText(folder) +
                      "\ntokenizer = AutoTokenizer.from_pretrained(base)\nmodel = " + autoModel + ".from_pretrained(base" + classes +
                      ")\nmodel = PeftModel.from_pretrained(model, adapter)\n\n" + textLines(origin.use) +
                      "inputs = tokenizer(text, return_tensors=\"pt\")\n";
  if (classifies) {
    if (origin.pooling == Pooling::Mean || origin.pooling == Pooling::Text)
      lines += "# The head was trained on " +
               std::string(origin.pooling == Pooling::Mean ? "the mean of the text's tokens" : "the text's own first token") +
               "; PEFT reads\n# the first virtual token instead, so these scores are others than Incipit's.\n";
    const auto& labels = origin.labels.empty() ? origin.use.answers : origin.labels;
    lines += "scores = model(**inputs).logits.softmax(-1)[0]\n";
    return lines + (labels.empty() ? "print(scores)\n" : "labels = " + listOf(labels) + "\nprint(labels[scores.argmax()], scores)\n");
  }
  const std::string length = "max_new_tokens=" + std::string(origin.use.answer.empty() ? "50" : "8");
  if (answers) return lines + "output = model.generate(**inputs, " + length + ")\nprint(tokenizer.decode(output[0]))\n";
  return lines +
         "# With a cache, PEFT 0.21 on transformers 5 puts the virtual tokens\n# in again before every new token.\n"
         "output = model.generate(**inputs, " +
         length + ", use_cache=False)\nprint(tokenizer.decode(output[0]))\n";
}

}  // namespace incipit
