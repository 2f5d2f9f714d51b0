// Answers as they are written: what generate() gives behind the question, judged by the figures of metrics/overlap.h.
#include "core/generation/generate.h"
#include "core/inspection/written_answers.h"
#include "core/metrics/overlap.h"
#include "tests/core/inspection/reference_texts.h"

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

std::shared_ptr<const Tokenizer> tinyTokenizer() { return openTokenizer(fixtures() / "tokenizers" / "gpt2_tiny"); }

Example asked(std::vector<TokenId> question, std::vector<TokenId> answer, std::int64_t row) {
  Example example;
  example.row = row;
  example.labels.assign(question.size(), notScored);
  example.labels.insert(example.labels.end(), answer.begin(), answer.end());
  example.ids = std::move(question);
  example.ids.insert(example.ids.end(), answer.begin(), answer.end());
  return example;
}

}  // namespace

TEST_CASE("the model is asked what stands before the scored part, with the prompt and without") {
  const AttentionReference reference("gpt2");
  const auto tokenizer = tinyTokenizer();
  const std::vector<TokenId> question{5, 9, 12}, answer{7, 8};
  Examples examples;
  examples.items.push_back(asked(question, answer, 3));
  WritingOptions options;
  options.maxNewTokens = 6;
  GenerationOptions same;
  same.maxNewTokens = 6;
  for (const SoftPrompt& prompt : {reference.prompt, SoftPrompt()}) {
    const auto written = writtenAnswers(*reference.model, *tokenizer, prompt, examples, options);
    CHECK_EQUAL(written.size(), std::size_t(1));
    CHECK_EQUAL(written[0].row, 3);
    std::string expected = tokenizer->decode(generate(*reference.model, prompt, question, same));
    const auto first = expected.find_first_not_of(" \n");
    expected = first == std::string::npos ? "" : expected.substr(first, expected.find_last_not_of(" \n") - first + 1);
    CHECK_EQUAL(written[0].answer, expected);
    const WrittenFigures figures = figuresOf(written, {});
    CHECK_CLOSE(figures.rougeL.value, rougeL(written[0].answer, written[0].reference), 1e-12);
    CHECK(!figures.legalLabels && !figures.accuracy);
  }
}

TEST_CASE("text that is learned whole asks nothing, and a stop ends the writing") {
  const AttentionReference reference("gpt2");
  const auto tokenizer = tinyTokenizer();
  Examples whole;
  whole.items.push_back(asked({}, {4, 5, 6}, 0));
  CHECK_THROWS(writtenAnswers(*reference.model, *tokenizer, {}, whole), "nothing to answer");
  Examples many;
  for (int i = 0; i < 20; ++i)
    many.items.push_back(asked({5, TokenId(6 + i)}, {7}, i));
  std::stop_source stop;
  const auto some =
      writtenAnswers(*reference.model, *tokenizer, {}, many, {}, stop.get_token(), [&](const WrittenAnswer&, std::size_t all) {
        CHECK_EQUAL(all, std::size_t(20));
        stop.request_stop();
      });
  CHECK_EQUAL(some.size(), std::size_t(1));
}

TEST_CASE("labels count letter by letter, and an answer that is none of them is not legal") {
  const std::vector<WrittenAnswer> answers{
      {0, "sea", "sea", true}, {1, "land", "sea", true}, {2, "Sea", "sea", true}, {3, "sea and more", "land", false}};
  const WrittenFigures figures = figuresOf(answers, {" sea", " land"});
  CHECK_EQUAL(figures.rows, 4);
  CHECK_EQUAL(figures.ended, 3);
  CHECK_CLOSE(figures.legalLabels->value, 0.5, 1e-12);
  CHECK_CLOSE(figures.accuracy->value, 0.25, 1e-12);
  CHECK_CLOSE(figures.exactMatch.value, 0.5, 1e-12);  // whatever its case
  CHECK(figures.accuracy->low < 0.25 && figures.accuracy->high > 0.25);
}
