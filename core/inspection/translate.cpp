#include "core/inspection/translate.h"

#include "core/dataset/text_encoding.h"
#include "core/inspection/ask.h"
#include "core/inspection/vocabulary_index.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"

#include <algorithm>
#include <array>
#include <set>

namespace incipit {
namespace {

constexpr std::array names{"prompt",           "bare_model", "nearest_by_cosine", "nearest_by_euclidean", "start_text", "own_text",
                           "written_by_model", "pez",        "repaired"};
constexpr std::int64_t mostWritten = 40;  // tokens, and an eighth of the context: the rows need room too

// One text in one line: what a person would type.
std::string inOneLine(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ' || c == 0x7F;  // what steers cannot be typed
    if (!blank)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  // A character that was not written to its end.
  for (std::size_t at; (at = firstInvalidUtf8(line)) != std::string::npos;)
    line.erase(at, 1);
  while (!line.empty() && line.back() == ' ')
    line.pop_back();
  return line;
}

}  // namespace

std::string_view nameOf(InWords way) { return names[static_cast<std::size_t>(way)]; }

std::string asTemplate(const std::string& text) {
  std::string escaped;
  for (const char c : text)
    escaped += c == '{' || c == '}' ? std::string(2, c) : std::string(1, c);
  return escaped;
}

void translate(const SoftPrompt& prompt, const VocabularyIndex& vocabulary, const Tokenizer& tokenizer, const Examples& judged,
               const TypedExamples& with, const TranslateOptions& options, const Watch& watch, std::stop_token stop,
               const std::function<void(JudgedWords)>& found) {
  const FrozenModel& model = *vocabulary.model;
  SoftPrompt none;  // only the head, if there is one
  none.origin = prompt.origin, none.head = prompt.head;
  const bool searching = options.search.budget > 0;
  const double judging = searching ? 0.4 : 1;  // share of the whole
  double done = 0;
  const auto judge = [&](InWords way, const std::string& text, const SoftPrompt& judgedPrompt, const Examples& examples) {
    const double from = done, to = std::min(1.0, done + judging / 8);
    Evaluation score = evaluate(model, judgedPrompt, examples, options.search.batchSize, stop, [&](std::int64_t rows) {
      watch.part(from, to).at(static_cast<double>(rows) / static_cast<double>(std::max<std::size_t>(1, examples.items.size())));
    });
    if (stop.stop_requested()) throw GivenUp();
    done = to;
    found({way, text, text.empty() ? 0 : static_cast<std::int64_t>(typed(text, tokenizer).ids.size()), std::move(score)});
  };
  std::set<std::string> said{""};
  const auto judgeWords = [&](InWords way, const std::string& text) {
    if (said.insert(text).second) judge(way, text, none, *with(asTemplate(text), 0));
  };

  judge(InWords::Prompt, {}, prompt, judged);
  judge(InWords::BareModel, {}, none, *with({}, 0));
  TypedWords best = nearestWords(prompt, vocabulary, tokenizer);
  judgeWords(InWords::NearestByCosine, best.text);
  judgeWords(InWords::NearestByEuclidean, nearestWords(prompt, vocabulary, tokenizer, Metric::Euclidean).text);
  judgeWords(InWords::StartText, prompt.origin.initText);
  judgeWords(InWords::OwnText, options.own);
  if (options.frame && model.card().head == HeadKind::None) {
    const auto most = std::clamp<std::int64_t>(model.card().contextLength / 8, 1, mostWritten);
    judgeWords(InWords::WrittenByModel, inOneLine(incipit::said(model, tokenizer, prompt, *options.frame, most, stop)));
  }
  if (!searching || best.ids.empty()) return;
  const auto room = with("{virtual_tokens}", prompt.length());
  const RepairedWords projected = projectedWords(tokenizer, *room, prompt, vocabulary, none, options.search, watch.part(0.4, 0.65));
  if (stop.stop_requested()) throw GivenUp();
  judgeWords(InWords::Pez, projected.words.text);
  if (projected.loss < projected.before) best = projected.words;
  const auto placed = with("{virtual_tokens}", static_cast<std::int64_t>(best.ids.size()));
  const RepairedWords repaired = repairedWords(model, tokenizer, *placed, best, none, options.search, watch.part(0.65, 0.95));
  judgeWords(InWords::Repaired, repaired.words.text);
}

}  // namespace incipit
