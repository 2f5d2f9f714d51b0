#include "core/dataset/words.h"

#include <algorithm>

namespace incipit {

const std::vector<std::string>& inputWords() {
  static const std::vector<std::string> words = {"text",    "input",       "sentence", "question", "prompt",  "content",
                                                 "review",  "tweet",       "message",  "document", "article", "passage",
                                                 "premise", "instruction", "source",   "body",     "inputs",  "sentence1"};
  return words;
}

const std::vector<std::string>& labelWords() {
  static const std::vector<std::string> words = {"label",      "labels",   "target", "output",  "class", "category", "sentiment", "answer",
                                                 "completion", "response", "intent", "targets", "topic", "tag",      "outputs"};
  return words;
}

bool isColumnWord(std::string_view cell) {
  static const std::vector<std::string> others = {"id", "idx", "index", "title", "name", "description", "score", "text_label"};
  const std::string word = lowered(cell);
  const auto in = [&](const std::vector<std::string>& words) { return std::find(words.begin(), words.end(), word) != words.end(); };
  return in(inputWords()) || in(labelWords()) || in(others);
}

}  // namespace incipit
