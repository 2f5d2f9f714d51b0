// Influence against PEFT's figures and against brute force; the sample, its uncertainty and its end.
#include "core/inspection/influence.h"
#include "core/training/train.h"
#include "tests/core/inspection/reference_texts.h"

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

TEST_CASE("influence and gate of every row are those of PEFT") {
  for (const std::string& variant : attentionVariants) {
    const AttentionReference reference(variant);
    const Influence found = rowInfluence(*reference.model, reference.prompt, reference.examples());
    const at::Tensor influence = reference["influence_float64"], gate = reference["gate_float64"];
    CHECK_EQUAL(static_cast<std::int64_t>(found.rows.size()), influence.size(0));
    for (const RowInfluence& row : found.rows) {
      CHECK_CLOSE(row.influence.value, valueAt(influence, row.row), 1e-5);
      CHECK_CLOSE(row.gate, valueAt(gate, row.row), 1e-4 * valueAt(gate, row.row) + 1e-6);
    }
    CHECK_EQUAL(found.examples, 2);
  }
}

TEST_CASE("influence is the loss without the row minus the loss with it, whatever the batches") {
  const AttentionReference reference("llama");
  const Examples examples = reference.examples();
  InfluenceOptions options;
  options.batchSize = 1;
  std::vector<std::int64_t> seen;
  const Influence found = rowInfluence(*reference.model, reference.prompt, examples, options, {},
                                       [&](const Influence& part) { seen.push_back(part.examples); });
  CHECK_EQUAL(seen, std::vector<std::int64_t>{1, 2});
  const double whole = evaluate(*reference.model, reference.prompt, examples).loss;
  CHECK_CLOSE(found.loss, whole, 1e-6);
  for (const RowInfluence& row : found.rows) {
    const double less = evaluate(*reference.model, without(reference.prompt, {row.row}), examples).loss;
    CHECK_CLOSE(row.influence.value, less - whole, 2e-6);
    CHECK(row.influence.low <= row.influence.value && row.influence.value <= row.influence.high);
  }
}

TEST_CASE("pairs are left out together, and what that costs beyond both alone is said") {
  const AttentionReference reference("gpt2");
  const Examples examples = reference.examples();
  const Influence found = rowInfluence(*reference.model, reference.prompt, examples);
  const auto pairs = pairInfluence(*reference.model, reference.prompt, examples, {}, found, 3);
  CHECK_EQUAL(pairs.size(), std::size_t{3});
  for (const PairInfluence& pair : pairs) {
    const double loss = evaluate(*reference.model, without(reference.prompt, {pair.first, pair.second}), examples).loss;
    CHECK_CLOSE(pair.together, loss - found.loss, 1e-6);
    const double alone = found.rows[static_cast<std::size_t>(pair.first)].influence.value +
                         found.rows[static_cast<std::size_t>(pair.second)].influence.value;
    CHECK_CLOSE(pair.beyond, pair.together - alone, 1e-9);
  }
}

TEST_CASE("a sample is smaller and says so, and a stop keeps the batches that are done") {
  const AttentionReference reference("gpt2");
  Examples examples = reference.examples();
  for (int i = 0; i < 3; ++i)
    examples.items.push_back(examples.items[0]);
  InfluenceOptions options;
  options.sample = 3, options.batchSize = 2;
  const Influence some = rowInfluence(*reference.model, reference.prompt, examples, options);
  CHECK_EQUAL(some.examples, 3);
  CHECK_EQUAL(some.ofExamples, 5);

  std::stop_source stop;
  options.sample = 0;
  const Influence cut = rowInfluence(*reference.model, reference.prompt, examples, options, Watch({}, stop.get_token()),
                                     [&](const Influence&) { stop.request_stop(); });
  CHECK_EQUAL(cut.examples, 2);
  CHECK_EQUAL(static_cast<std::int64_t>(cut.rows.size()), reference.prompt.length());
}

TEST_CASE("a row that is left out leaves its place of counted rows too") {
  Examples examples;
  Example example;
  example.ids = {1, 2, 3};
  example.labels = {1, 2, 3};
  example.places = {{0, 2}, {2, 1}, {3, 2}};
  examples.items.push_back(example);
  CHECK(without(examples, {1}).items[0].places == Places{{0, 1}, {2, 1}, {3, 2}});
  CHECK(without(examples, {2}).items[0].places == Places{{0, 2}, {3, 2}});
  CHECK(without(examples, {0, 4}).items[0].places == Places{{0, 1}, {2, 1}, {3, 1}});
}

TEST_CASE("what is sure about the rows is said in words, and nothing where nothing is known") {
  Influence found;
  CHECK(inWords(found).empty());
  found.rows = {{0, {0.1, -0.1, 0.3}, 0, {}}, {1, {-0.4, -0.5, -0.3}, 0, {}}, {2, {0.25, 0.2, 0.3}, 0, {}}};
  CHECK_EQUAL(inWords(found),
              (std::vector<std::string>{"Row 2 does most: without it the loss is 0.2500 higher.", "The loss is lower without: row 1."}));
  CHECK_EQUAL(inWords(found, 1).back(), std::string("The loss is lower without: row 2."));
  found.rows.pop_back();
  CHECK_EQUAL(inWords(found).front(), std::string("No row helps so much that it is sure on these examples."));
}

TEST_CASE("the work is that of a look with each row left out, and of the way back") {
  const AttentionReference reference("gpt2");
  const Examples examples = reference.examples();
  const auto tokens = static_cast<double>(examples.items.tokens());
  CHECK_CLOSE(influenceWork(examples, 5), 6 * tokens + 3 * tokens, 1e-9);
}
