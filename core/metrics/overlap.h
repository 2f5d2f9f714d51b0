// How near a written answer comes to the right one. Each figure is that of the program named beside it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace incipit {

// 0 or 1: the two are the same but for case, punctuation, the articles a, an, the and white space (SQuAD's evaluation script).
double exactMatch(std::string_view answer, std::string_view reference);
// F1 of the words they share after the same clean-up (SQuAD's evaluation script).
double tokenF1(std::string_view answer, std::string_view reference);
// F-measure of the longest common subsequence of words (rouge-score's rougeL without stemming).
double rougeL(std::string_view answer, std::string_view reference);

// Of a whole set of answers, 0 to 100, one reference each.
// sacrebleu's BLEU as it comes: 13a tokenization, four-grams, exponential smoothing, case matters.
double bleu(std::span<const std::string> answers, std::span<const std::string> references);
// sacrebleu's chrF as it comes: six-grams of characters without white space, recall counts twice.
double chrF(std::span<const std::string> answers, std::span<const std::string> references);

}  // namespace incipit
