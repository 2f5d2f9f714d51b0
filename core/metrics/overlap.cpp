#include "core/metrics/overlap.h"

#include "core/tokenizer/text/unicode.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

namespace incipit {
namespace {

using Words = std::vector<std::string>;

bool isArticle(std::string_view word) { return word == "a" || word == "an" || word == "the"; }

// SQuAD's normalize_answer: lower case, no ASCII punctuation, no articles, words between single spaces. A word here is what Python's
// regular expressions call one; what else stands between white space stays.
std::string cleaned(std::string_view text) {
  std::string lower;
  eachCharacter(replaceInvalidUtf8(text), [&](char32_t character, std::string_view) {
    if (character >= 0x80 || std::ispunct(static_cast<int>(character)) == 0) appendLowercase(lower, character);
  });
  std::string clean, word;
  const auto endWord = [&] {
    clean += isArticle(word) ? std::string_view(" ") : std::string_view(word);
    word.clear();
  };
  eachCharacter(lower, [&](char32_t character, std::string_view bytes) {
    if (isWord(character)) {
      word += bytes;
      return;
    }
    endWord();
    if (isWhitespace(character))
      clean += ' ';
    else
      clean += bytes;
  });
  endWord();
  return clean;
}

Words splitAtSpaces(std::string_view text) {
  Words words;
  std::string word;
  eachCharacter(text, [&](char32_t character, std::string_view bytes) {
    if (!isWhitespace(character)) {
      word += bytes;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  });
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

double f1Of(double shared, std::size_t answer, std::size_t reference) {
  if (shared == 0) return 0;
  const double precision = shared / static_cast<double>(answer), recall = shared / static_cast<double>(reference);
  return 2 * precision * recall / (precision + recall);
}

// rouge-score's default tokenizer: runs of a-z and 0-9 after lower().
Words rougeWords(std::string_view text) {
  std::string lower;
  eachCharacter(replaceInvalidUtf8(text), [&](char32_t character, std::string_view) { appendLowercase(lower, character); });
  Words words(1);
  for (const char c : lower)
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      words.back() += c;
    else if (!words.back().empty())
      words.emplace_back();
  if (words.back().empty()) words.pop_back();
  return words;
}

std::size_t longestCommonSubsequence(const Words& a, const Words& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (const std::string& word : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = word == b[j - 1] ? diagonal + 1 : std::max(row[j], row[j - 1]);
      diagonal = above;
    }
  }
  return row.back();
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isStop(char c) { return c == '.' || c == ','; }

// sacrebleu's 13a (mteval-v13a.pl): its four substitutions, in their order. All of them look at ASCII only, so bytes will do.
std::string bleuSpaced(std::string text) {
  text = replaceAll(text, "<skipped>", "");
  text = replaceAll(text, "-\n", "");
  text = replaceAll(text, "\n", " ");
  for (const auto& [entity, character] : {std::pair{"&quot;", "\""}, {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}})
    text = replaceAll(text, entity, character);

  std::string spaced = " ";
  for (const char c : text) {  // punctuation but for ' , - . stands alone
    const bool alone = (c >= '{' && c <= '~') || (c >= '[' && c <= '`') || (c >= ' ' && c <= '&') || (c >= '(' && c <= '+') ||
                       (c >= ':' && c <= '@') || c == '/';
    if (alone)
      spaced += ' ', spaced += c, spaced += ' ';
    else
      spaced += c;
  }
  spaced += ' ';

  std::string behind;  // . and , stand apart from what is no digit before them
  for (std::size_t i = 0; i < spaced.size(); ++i) {
    behind += spaced[i];
    if (i + 1 < spaced.size() && !isDigit(spaced[i]) && isStop(spaced[i + 1])) behind += ' ', behind += spaced[++i], behind += ' ';
  }
  std::string before;  // ... and from what is no digit behind them
  for (std::size_t i = 0; i < behind.size(); ++i)
    if (i + 1 < behind.size() && isStop(behind[i]) && !isDigit(behind[i + 1]))
      before += ' ', before += behind[i], before += ' ', before += behind[++i];
    else
      before += behind[i];
  std::string result;  // a dash behind a digit stands alone
  for (std::size_t i = 0; i < before.size(); ++i) {
    result += before[i];
    if (i + 1 < before.size() && isDigit(before[i]) && before[i + 1] == '-') result += ' ', result += before[++i], result += ' ';
  }
  return result;
}

template <class Item>
std::map<std::vector<Item>, std::int64_t> gramsOf(const std::vector<Item>& items, std::size_t length) {
  std::map<std::vector<Item>, std::int64_t> grams;
  for (std::size_t i = 0; i + length <= items.size(); ++i)
    ++grams[{items.begin() + static_cast<std::ptrdiff_t>(i), items.begin() + static_cast<std::ptrdiff_t>(i + length)}];
  return grams;
}

template <class Grams>
std::int64_t sharedOf(const Grams& answer, const Grams& reference) {
  std::int64_t shared = 0;
  for (const auto& [gram, count] : answer)
    if (const auto found = reference.find(gram); found != reference.end()) shared += std::min(count, found->second);
  return shared;
}

template <class Item>
std::int64_t countOfGrams(const std::vector<Item>& items, std::size_t length) {
  return items.size() < length ? 0 : static_cast<std::int64_t>(items.size() - length + 1);
}

}  // namespace

double exactMatch(std::string_view answer, std::string_view reference) {
  return splitAtSpaces(cleaned(answer)) == splitAtSpaces(cleaned(reference)) ? 1 : 0;
}

double tokenF1(std::string_view answer, std::string_view reference) {
  const Words a = splitAtSpaces(cleaned(answer)), b = splitAtSpaces(cleaned(reference));
  if (a.empty() || b.empty()) return a == b ? 1 : 0;
  return f1Of(static_cast<double>(sharedOf(gramsOf(a, 1), gramsOf(b, 1))), a.size(), b.size());
}

double rougeL(std::string_view answer, std::string_view reference) {
  const Words a = rougeWords(answer), b = rougeWords(reference);
  return f1Of(static_cast<double>(longestCommonSubsequence(a, b)), a.size(), b.size());
}

double bleu(std::span<const std::string> answers, std::span<const std::string> references) {
  constexpr std::size_t orders = 4;
  std::int64_t correct[orders] = {}, total[orders] = {}, answerWords = 0, referenceWords = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Words a = splitAtSpaces(bleuSpaced(replaceInvalidUtf8(answers[i])));
    const Words b = splitAtSpaces(bleuSpaced(replaceInvalidUtf8(references[i])));
    answerWords += static_cast<std::int64_t>(a.size());
    referenceWords += static_cast<std::int64_t>(b.size());
    for (std::size_t n = 0; n < orders; ++n) {
      correct[n] += sharedOf(gramsOf(a, n + 1), gramsOf(b, n + 1));
      total[n] += countOfGrams(a, n + 1);
    }
  }
  if (correct[0] == 0) return 0;
  double logs = 0, smoothing = 1;
  for (std::size_t n = 0; n < orders; ++n) {
    if (total[n] == 0) return 0;
    if (correct[n] == 0) smoothing *= 2;
    const double precision = (correct[n] == 0 ? 1 / smoothing : static_cast<double>(correct[n])) / static_cast<double>(total[n]);
    logs += std::log(100 * precision) / orders;
  }
  const double brevity =
      answerWords < referenceWords ? std::exp(1 - static_cast<double>(referenceWords) / static_cast<double>(answerWords)) : 1;
  return brevity * std::exp(logs);
}

double chrF(std::span<const std::string> answers, std::span<const std::string> references) {
  constexpr std::size_t orders = 6;
  constexpr double betaSquared = 4;
  std::int64_t inAnswers[orders] = {}, inReferences[orders] = {}, shared[orders] = {};
  const auto characters = [](const std::string& text) {
    std::vector<char32_t> all;
    eachCharacter(replaceInvalidUtf8(text), [&](char32_t character, std::string_view) {
      if (!isWhitespace(character)) all.push_back(character);
    });
    return all;
  };
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto a = characters(answers[i]), b = characters(references[i]);
    for (std::size_t n = 0; n < orders; ++n) {
      const std::int64_t ofReference = countOfGrams(b, n + 1);
      if (ofReference > 0) inAnswers[n] += countOfGrams(a, n + 1);  // no grams of that length to find: none count against the answer
      inReferences[n] += ofReference;
      shared[n] += sharedOf(gramsOf(a, n + 1), gramsOf(b, n + 1));
    }
  }
  double precision = 0, recall = 0;
  int seen = 0;
  for (std::size_t n = 0; n < orders; ++n) {
    if (inAnswers[n] == 0 || inReferences[n] == 0) continue;
    precision += static_cast<double>(shared[n]) / static_cast<double>(inAnswers[n]);
    recall += static_cast<double>(shared[n]) / static_cast<double>(inReferences[n]);
    ++seen;
  }
  if (seen == 0 || precision + recall == 0) return 0;
  precision /= seen, recall /= seen;
  return 100 * (1 + betaSquared) * precision * recall / (betaSquared * precision + recall);
}

}  // namespace incipit
