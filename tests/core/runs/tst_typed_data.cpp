// Words in front of a text, as if typed: what is scored, and among which labels.
#include "core/dataset/examples.h"
#include "core/model/frozen_model.h"
#include "core/runs/typed_data.h"
#include "tests/harness/harness.h"

using namespace incipit;

namespace {

struct Typed {
  std::shared_ptr<const FrozenModel> model = openModel(test::fixtures() / "gpt2" / "model", {Precision::Fp32, "cpu"});
  std::shared_ptr<const Tokenizer> tokenizer = openTokenizer(test::fixtures() / "tokenizers" / "gpt2_tiny");
  SoftPrompt prompt;
  TrainingPlan plan;
  std::shared_ptr<const Examples> read;

  TypedData of(const Table& table, const Table& some) {
    prompt.rows = Matrix(3, model->card().hiddenSize);
    plan.numVirtualTokens = 3;
    read = encodeForRun(plan, table, nullptr, *model, tokenizer.get(), &prompt).training;
    return {plan, some, read, *model, *tokenizer, prompt};
  }
};

std::int64_t scored(const Examples& examples, std::size_t i) { return examples.items.sizes(i).scored; }

}  // namespace

TEST_CASE("where the whole text is learned, words in front are read and never scored") {
  Typed typed;
  const Table table = tableOfRows("rows.csv", {"text"}, {{"the sea is wide"}, {"sand"}});
  const TypedData data = typed.of(table, table);
  const auto bare = data.with({}), front = data.with("the {{sea}}");
  CHECK_EQUAL(bare->items.size(), std::size_t{2});
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK_EQUAL(scored(*front, i), scored(*bare, i));
    const Example with = front->items[i];
    CHECK(with.ids.size() > bare->items[i].ids.size());
    const auto text = typed.tokenizer->decode(with.ids);
    CHECK(text.find("the {sea}") != std::string::npos);
    CHECK_EQUAL(with.labels.front(), notScored);
    CHECK_EQUAL(with.labels.back(), with.ids.back());
  }
}

TEST_CASE("rows that are some of those read choose among all labels") {
  Typed typed;
  typed.plan.data.labelColumn = "label";
  const Table table = tableOfRows("rows.csv", {"text", "label"}, {{"the sea", "wet"}, {"the sand", "dry"}, {"the mud", "wet"}});
  const Table some = tableOfRows("rows.csv", {"text", "label"}, {{"the sand", "dry"}});
  const TypedData data = typed.of(table, some);
  const auto front = data.with("Well:");
  CHECK(front->classes == typed.read->classes);
  CHECK_EQUAL(front->items[0].classIndex, 1);
}

TEST_CASE("words cannot stand in front of token ids") {
  Typed typed;
  const Table table = tableOfTokenised("rows.jsonl", {{{5, 7, 9}, {5, 7, 9}}});
  CHECK_THROWS(typed.of(table, table), "token ids");
}
