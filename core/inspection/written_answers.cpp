#include "core/inspection/written_answers.h"

#include "core/generation/generate.h"
#include "core/inspection/sample.h"
#include "core/metrics/overlap.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>

namespace incipit {
namespace {

std::string trimmed(const std::string& text) {
  constexpr const char* white = " \t\r\n";
  const std::size_t first = text.find_first_not_of(white);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(white) - first + 1);
}

struct Question {
  std::int64_t row;
  std::vector<TokenId> asked, right;  // what the model reads; what it should say
  Places places;
};

// Nothing: all of it is to be learned, and there is no question.
std::optional<Question> questionOf(const Example& example, bool ofTheirOwn) {
  Question question{example.row, {}, {}, example.places};
  const auto scored = std::ranges::find_if(example.labels, [](TokenId id) { return id != notScored; });
  const auto before = ofTheirOwn ? static_cast<std::ptrdiff_t>(example.ids.size()) : scored - example.labels.begin();
  if (before == 0) return std::nullopt;
  question.asked.assign(example.ids.begin(), example.ids.begin() + before);
  std::copy_if(scored, example.labels.end(), std::back_inserter(question.right), [](TokenId id) { return id != notScored; });
  return question;
}

}  // namespace

std::vector<WrittenAnswer> writtenAnswers(const FrozenModel& model, const Tokenizer& tokenizer, const SoftPrompt& prompt,
                                          const Examples& examples, const WritingOptions& options, std::stop_token stop,
                                          const std::function<void(const WrittenAnswer&, std::size_t ofAll)>& written) {
  if (model.card().head != HeadKind::None)
    throw ModelError("This model sorts texts and writes nothing.", "Its answers are in the accuracy.");
  std::vector<Question> questions;
  std::size_t longest = 0;
  for (const std::uint32_t place : sampleOrder(examples, options.sample, options.seed))
    if (auto question = questionOf(examples.items[place], model.card().encoderDecoder)) {
      longest = std::max(longest, question->right.size());
      questions.push_back(std::move(*question));
    }
  if (questions.empty())
    throw DataError("There is nothing to answer in these rows: all of their text is learned.",
                    "Name the column with the answers (--label-column).");
  GenerationOptions generation;
  constexpr std::int64_t more = 8;
  generation.maxNewTokens = options.maxNewTokens > 0 ? options.maxNewTokens : static_cast<std::int64_t>(longest) + more;
  std::vector<WrittenAnswer> answers;
  for (std::size_t i = 0; i < questions.size() && !stop.stop_requested(); ++i) {
    generation.places = prompt.empty() ? Places() : questions[i].places;
    const auto ids = generate(model, prompt, questions[i].asked, generation, {}, stop);
    if (stop.stop_requested()) break;
    answers.push_back({questions[i].row, trimmed(tokenizer.decode(ids)), trimmed(tokenizer.decode(questions[i].right)),
                       static_cast<std::int64_t>(ids.size()) < generation.maxNewTokens});
    if (written) written(answers.back(), questions.size());
  }
  return answers;
}

WrittenFigures figuresOf(const std::vector<WrittenAnswer>& answers, const std::vector<std::string>& classes) {
  WrittenFigures figures;
  figures.rows = static_cast<std::int64_t>(answers.size());
  figures.ended = std::ranges::count_if(answers, &WrittenAnswer::ended);
  const auto mean = [&](const std::function<double(const WrittenAnswer&)>& of) {
    std::vector<double> values;
    for (const WrittenAnswer& answer : answers)
      values.push_back(of(answer));
    return bootstrapMean(values);
  };
  figures.exactMatch = mean([](const WrittenAnswer& each) { return exactMatch(each.answer, each.reference); });
  figures.tokenF1 = mean([](const WrittenAnswer& each) { return tokenF1(each.answer, each.reference); });
  figures.rougeL = mean([](const WrittenAnswer& each) { return rougeL(each.answer, each.reference); });
  std::vector<std::string> said, right;
  for (const WrittenAnswer& answer : answers)
    said.push_back(answer.answer), right.push_back(answer.reference);
  figures.bleu = bleu(said, right);
  figures.chrF = chrF(said, right);
  if (classes.empty()) return figures;
  std::vector<std::string> labels;
  for (const std::string& label : classes)
    labels.push_back(trimmed(label));
  figures.legalLabels = mean([&](const WrittenAnswer& each) { return std::ranges::find(labels, each.answer) != labels.end() ? 1.0 : 0.0; });
  figures.accuracy = mean([](const WrittenAnswer& each) { return each.answer == each.reference ? 1.0 : 0.0; });
  return figures;
}

}  // namespace incipit
