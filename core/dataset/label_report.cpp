#include "core/dataset/label_report.h"

#include "core/dataset/table.h"
#include "core/dataset/words.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <span>
#include <tuple>

namespace incipit {
namespace {

constexpr std::size_t manyTokens = 3;
constexpr std::size_t mostSuggested = 3;

bool isWord(std::string_view text) {
  return text.size() >= 2 && std::ranges::all_of(text, [](unsigned char c) { return std::isalpha(c) != 0 || c >= 0x80; });
}

std::size_t commonBeginning(std::string_view a, std::string_view b) {
  std::size_t length = 0;
  while (length < std::min(a.size(), b.size()) &&
         std::tolower(static_cast<unsigned char>(a[length])) == std::tolower(static_cast<unsigned char>(b[length])))
    ++length;
  return length;
}

std::string quoted(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "'" : ", '") + word + "'";
  return text;
}

std::string pieces(const std::vector<TokenId>& tokens, const Tokenizer& tokenizer) {
  std::vector<std::string> all;
  for (const TokenId token : tokens)
    all.push_back(tokenizer.piece(token));
  return quoted(all);
}

// The tokens of the word alone: what ends the answer is the same for all.
std::vector<TokenId> wordTokens(const ClassReport& label, const Tokenizer& tokenizer) {
  std::vector<TokenId> tokens = label.tokens;
  while (tokens.size() > 1 && tokenizer.isSpecial(tokens.back()))
    tokens.pop_back();
  return tokens;
}

void sayShared(const std::vector<ClassReport>& classes, const Tokenizer& tokenizer, std::vector<Finding>& findings) {
  std::map<TokenId, std::vector<std::string>> byFirst;
  for (const ClassReport& label : classes)
    if (!label.tokens.empty()) byFirst[label.tokens.front()].push_back(label.label);
  for (const auto& [token, labels] : byFirst)
    if (labels.size() > 1)
      findings.push_back(
          {"shared_first_token",
           "The words " + quoted(labels) + " begin with the same token ('" + tokenizer.piece(token) +
               "'): programs that look at the first token alone cannot tell them apart, and the prompt has to learn them later.",
           true,
           {},
           {}});
}

void sayLong(std::vector<ClassReport>& classes, const Tokenizer& tokenizer, std::vector<Finding>& findings) {
  for (ClassReport& label : classes) {
    const std::vector<TokenId> tokens = wordTokens(label, tokenizer);
    if (tokens.size() < 2) continue;
    label.suggestions = wholeWordsLike(label.label, tokenizer.piece(tokens.front()).starts_with(' '), tokenizer);
    if (tokens.size() < manyTokens && label.suggestions.empty()) continue;
    std::string sentence = "The label word '" + label.label + "' is " + std::to_string(tokens.size()) + " tokens (" +
                           pieces(tokens, tokenizer) + "); a word of one token is learned more easily.";
    if (!label.suggestions.empty()) sentence += " Such ones are " + quoted(label.suggestions) + ".";
    findings.push_back({"long_label_word", std::move(sentence), tokens.size() >= manyTokens, {}, label.label});
  }
}

// Words for values that the file does not have, and labels that only validation rows have.
void sayUnused(const ReportedData& data, const std::vector<ClassReport>& classes, std::vector<Finding>& findings) {
  for (const ClassReport& label : classes)
    if (label.training == 0 && label.validation == 0)  // those of the validation data alone are said already
      findings.push_back({"label_without_rows", "No training row has the label '" + label.label + "'.", true, {}, label.label});
  const DataSettings& settings = data.training.settings;
  const int column = data.table.tokenised ? -1 : data.table.column(settings.labelColumn);
  if (column < 0) return;
  const ColumnFacts& facts = data.table.facts[static_cast<std::size_t>(column)];
  if (facts.many) return;
  for (const auto& entry : settings.verbaliser)
    if (std::ranges::none_of(facts.values, [&](const std::string& there) { return trimmed(there) == entry.first; }))
      findings.push_back({"unused_label_word",
                          "The label word '" + entry.second + "' is for '" + entry.first + "', which no row of the file has as its label.",
                          true,
                          {},
                          entry.first});
}

}  // namespace

std::vector<std::string> wholeWordsLike(const std::string& word, bool space, const Tokenizer& tokenizer) {
  const std::size_t least = std::max<std::size_t>(4, (2 * word.size() + 2) / 3);  // "space" is no word for "spam"
  std::vector<std::tuple<long, std::size_t, std::string>> found;                  // the longest beginning first, then the shortest word
  for (TokenId id = 0; id < tokenizer.vocabularySize(); ++id) {
    if (tokenizer.isSpecial(id)) continue;
    std::string piece = tokenizer.piece(id);
    if (space && !piece.starts_with(' ')) continue;
    if (space) piece.erase(0, 1);
    const std::size_t same = commonBeginning(piece, word);
    if (same < least || !isWord(piece)) continue;
    const std::vector<TokenId> tokens = tokenizer.encode((space ? " " : "") + piece, SpecialTokens::Leave);
    if (tokens.size() == 1 && tokens[0] == id) found.emplace_back(-static_cast<long>(same), piece.size(), piece);
  }
  std::ranges::sort(found);
  std::vector<std::string> words;
  for (const auto& [same, size, text] : found)
    if (words.size() < mostSuggested) words.push_back(text);
  return words;
}

std::vector<Finding> labelFindings(const ReportedData& data, std::vector<ClassReport>& classes) {
  std::vector<Finding> findings;
  if (data.tokenizer != nullptr) {
    sayShared(classes, *data.tokenizer, findings);
    sayLong(classes, *data.tokenizer, findings);
  }
  sayUnused(data, classes, findings);
  return findings;
}

}  // namespace incipit
