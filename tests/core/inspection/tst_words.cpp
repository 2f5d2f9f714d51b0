// A prompt in words and asked for words: what is said is what the model says, and words are worth what evaluate() says.
#include "core/inspection/ask.h"
#include "core/inspection/vectors.h"
#include "core/inspection/words.h"
#include "core/training/train.h"
#include "tests/core/inspection/reference_texts.h"

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

std::shared_ptr<const Tokenizer> tinyTokenizer() { return openTokenizer(fixtures() / "tokenizers" / "gpt2_tiny"); }

}  // namespace

TEST_CASE("rows that are embeddings of words become these words again, and their score is that of the words' rows") {
  const AttentionReference reference("gpt2");
  const auto tokenizer = tinyTokenizer();
  const TypedWords words = typed("the sea the sea", *tokenizer);
  SoftPrompt prompt = promptOf(words.ids, *reference.model, reference.prompt);
  CHECK_EQUAL(prompt.length(), static_cast<std::int64_t>(words.ids.size()));
  for (std::size_t i = 0; i < prompt.rows.values.size(); ++i)
    prompt.rows.values[i] *= 1.5f;  // longer, but the same directions
  const auto vocabulary = indexVocabulary(reference.model);
  const TypedWords found = nearestWords(prompt, *vocabulary, *tokenizer);
  CHECK_EQUAL(found.text, words.text);
  CHECK_EQUAL(found.ids, words.ids);
}

TEST_CASE("repair lowers the loss by typing other words, within its budget") {
  const AttentionReference reference("gpt2");
  const auto tokenizer = tinyTokenizer();
  const Examples examples = reference.examples();
  const TypedWords words = typed("the sea is the sea", *tokenizer);
  RepairOptions options;
  options.budget = 25;
  std::vector<double> losses;
  const RepairedWords found = repairedWords(*reference.model, *tokenizer, examples, words, {}, options, {},
                                            [&](const RepairedWords& better) { losses.push_back(better.loss); });
  CHECK(found.exchanged > 0 && found.loss < found.before);
  CHECK(found.evaluations <= 25);
  CHECK(std::is_sorted(losses.rbegin(), losses.rend()));
  CHECK_EQUAL(tokenizer->encode(found.words.text, SpecialTokens::Leave), found.words.ids);
  CHECK_CLOSE(evaluate(*reference.model, promptOf(found.words.ids, *reference.model, {}), examples).loss, found.loss, 1e-9);

  std::stop_source stop;
  stop.request_stop();
  const RepairedWords none = repairedWords(*reference.model, *tokenizer, examples, words, {}, options, Watch({}, stop.get_token()));
  CHECK_EQUAL(none.words.text, words.text);
}

TEST_CASE("words found by going down the loss are typed, within the budget, and no worse than the nearest") {
  const AttentionReference reference("gpt2");
  const auto tokenizer = tinyTokenizer();
  const Examples examples = reference.examples();
  const auto vocabulary = indexVocabulary(reference.model);
  RepairOptions options;
  options.budget = 30;
  std::vector<double> losses;
  const RepairedWords found = projectedWords(*tokenizer, examples, reference.prompt, *vocabulary, {}, options, {},
                                             [&](const RepairedWords& better) { losses.push_back(better.loss); });
  const TypedWords nearest = nearestWords(reference.prompt, *vocabulary, *tokenizer);
  CHECK_CLOSE(evaluate(*reference.model, promptOf(nearest.ids, *reference.model, {}), examples).loss, found.before, 1e-9);
  CHECK(found.exchanged > 0 && found.loss < found.before);
  CHECK(found.evaluations <= 30);
  CHECK(std::is_sorted(losses.rbegin(), losses.rend()));
  CHECK_EQUAL(tokenizer->encode(found.words.text, SpecialTokens::Leave), found.words.ids);
  CHECK_CLOSE(evaluate(*reference.model, promptOf(found.words.ids, *reference.model, {}), examples).loss, found.loss, 1e-9);
  CHECK_EQUAL(projectedWords(*tokenizer, examples, reference.prompt, *vocabulary, {}, options).words.text, found.words.text);
  std::stop_source stop;
  stop.request_stop();
  CHECK_EQUAL(projectedWords(*tokenizer, examples, reference.prompt, *vocabulary, {}, options, Watch({}, stop.get_token())).words.text,
              nearest.text);
}

TEST_CASE("a random prompt for comparison has rows of the same lengths, and label words are found as words") {
  const AttentionReference reference("gpt2");
  const SoftPrompt other = randomLike(reference.prompt, 1);
  for (std::int64_t row = 0; row < other.length(); ++row) {
    CHECK_CLOSE(lengthOf(other.rows.row(row)), lengthOf(reference.prompt.rows.row(row)), 1e-4);
    CHECK(std::abs(cosine(other.rows.row(row), reference.prompt.rows.row(row))) < 0.8);
  }
  CHECK_CLOSE(classRate("Good, or negatively bad.", {" good", "bad", "negative", "ugly"}), 0.5, 1e-12);
  CHECK_EQUAL(classRate("anything", {}), 0.0);
  CHECK(askingWarning(*reference.model).find("gibberish") != std::string::npos);
}
