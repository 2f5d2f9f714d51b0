#include "core/training/ranked_classes.h"

#include "core/dataset/placement.h"
#include "core/model/frozen_model.h"
#include "core/support/counted.h"
#include "core/support/error.h"
#include "core/training/train.h"

#include <algorithm>
#include <cmath>

namespace incipit {

std::vector<std::vector<TokenId>> labelTokens(const FrozenModel& model, const Tokenizer& tokenizer, const std::vector<std::string>& words,
                                              const std::vector<TokenId>& text, bool inChat) {
  const ModelCard& card = model.card();
  const std::string front = tokenizer.decode(text, ShowSpecial::Yes);
  const bool space = !inChat && (front.empty() || std::string_view(" \t\r\n").find(front.back()) == std::string_view::npos);
  const auto end = tokenizer.endOfText() ? tokenizer.endOfText() : card.endOfText;
  std::vector<std::vector<TokenId>> all;
  for (const std::string& word : words) {
    if (card.encoderDecoder) {
      all.push_back(tokenizer.encode(word, SpecialTokens::Leave));
      if (end) all.back().push_back(*end);
    } else {
      all.push_back(tokensBehind(tokenizer, front, (space ? " " : "") + word));
    }
  }
  return all;
}

std::vector<double> rankClasses(const FrozenModel& model, const SoftPrompt& prompt, const std::vector<TokenId>& text, const Places& places,
                                const std::vector<std::vector<TokenId>>& words) {
  const bool empty = std::ranges::any_of(words, [](const std::vector<TokenId>& word) { return word.empty(); });
  if (text.empty()) throw DataError("There is no text to sort.", "Type a few words.");
  if (words.empty() || empty) throw DataError("There is no word for each label to rank.", "Give the labels as words.");
  const bool apart = model.card().encoderDecoder;
  std::size_t longest = 0;
  for (const std::vector<TokenId>& word : words)
    longest = std::max(longest, word.size());
  const auto needed = static_cast<std::int64_t>(text.size() + (apart ? 0 : longest)) + prompt.length();
  if (needed > model.card().contextLength)
    throw ModelError("Prompt, text and label are " + counted(needed, "token") + " together, and the context holds " +
                         counted(model.card().contextLength, "token") + ".",
                     "Take a shorter text.");
  Examples one;
  for (std::size_t i = 0; i < words.size(); ++i)
    one.classes.push_back(std::to_string(i));
  one.classTokens = words;
  Example example{text, {}, 0, 0, places};
  if (apart) {
    example.labels = words[0];
  } else {
    example.labels.assign(text.size(), notScored);
    for (auto* part : {&example.ids, &example.labels})
      part->insert(part->end(), words[0].begin(), words[0].end());
  }
  one.items.push_back(example);
  const std::vector<double> scores = evaluate(model, prompt, one, 1).outcomes.at(0).classScores;
  const double top = *std::ranges::max_element(scores);
  std::vector<double> probabilities;
  double sum = 0;
  for (const double score : scores) {
    probabilities.push_back(std::exp(score - top));
    sum += probabilities.back();
  }
  for (double& probability : probabilities)
    probability /= sum;
  return probabilities;
}

}  // namespace incipit
