// Where virtual tokens start: PEFT's rules, the paper's, and what is refused.
#include "core/model/frozen_model.h"
#include "core/prompt/recipe.h"
#include "core/support/error.h"

#include "tests/harness/harness.h"

#include <cmath>
#include <map>

using namespace incipit;
using namespace incipit::test;

namespace {

// One token a letter, 'a' = 10; "<s>" in front when special tokens are asked for. What the recipes ask of a tokenizer, and no more.
class Letters final : public Tokenizer {
 public:
  std::vector<TokenId> encode(std::string_view text, SpecialTokens special) const override {
    std::vector<TokenId> ids;
    if (special == SpecialTokens::Add) ids.push_back(1);
    for (const char letter : text)
      ids.push_back(10 + letter - 'a');
    return ids;
  }
  std::string decode(std::span<const TokenId>, ShowSpecial) const override { return {}; }
  std::string token(TokenId id) const override { return std::to_string(id); }
  std::string piece(TokenId id) const override { return std::to_string(id); }
  std::optional<TokenId> id(std::string_view) const override { return {}; }
  TokenId vocabularySize() const override { return 300; }
  bool isSpecial(TokenId id) const override { return id < 3; }
  std::optional<TokenId> beginOfText() const override { return 1; }
  std::optional<TokenId> endOfText() const override { return 2; }
  std::optional<TokenId> padding() const override { return 0; }
};

std::shared_ptr<const FrozenModel> model() { return openModel(fixtures() / "llama" / "model", {Precision::Fp32, "cpu"}); }

std::vector<TokenId> firstTokens(const InitialLayout& layout) {
  std::vector<TokenId> ids;
  for (const auto& row : layout.rows)
    ids.push_back(row.tokens.empty() ? -1 : row.tokens.front());
  return ids;
}

PromptRecipe textRecipe(const std::string& text, std::int64_t length, SpecialTokens special = SpecialTokens::Leave) {
  PromptRecipe recipe;
  recipe.init = PromptInit::Text;
  recipe.text = text;
  recipe.length = length;
  recipe.textSpecial = special;
  return recipe;
}

}  // namespace

TEST_CASE("TEXT is cut to the length or repeated to fill it, special tokens as asked") {
  const InitialLayout cut = layOut(textRecipe("abcde", 3), Letters(), 300);
  CHECK_EQUAL(firstTokens(cut), (std::vector<TokenId>{10, 11, 12}));
  CHECK_EQUAL(cut.cutOff, std::int64_t{2});
  const InitialLayout tiled = layOut(textRecipe("ab", 5, SpecialTokens::Add), Letters(), 300);
  CHECK_EQUAL(firstTokens(tiled), (std::vector<TokenId>{1, 10, 11, 1, 10}));
  CHECK(tiled.rows[2].source == InitialRow::Source::Text);
  CHECK(tiled.rows[3].source == InitialRow::Source::TextRepeated);
}

TEST_CASE("rows of TEXT are rows of the embedding, exactly") {
  const auto frozen = model();
  const Letters letters;
  const SoftPrompt prompt = makePrompt(textRecipe("abc", 4), *frozen, &letters);
  const Matrix expected = frozen->embeddingRows(std::vector<TokenId>{10, 11, 12, 10});
  CHECK(prompt.rows == expected);
  CHECK_EQUAL(prompt.origin.initText, "abc");
  CHECK_EQUAL(prompt.origin.vocabularySize, std::int64_t{300});
}

TEST_CASE("SAMPLE_VOCAB draws by seed, never a special token, never one twice") {
  PromptRecipe recipe;
  recipe.length = 100;
  recipe.seed = 4;
  const Letters letters;
  const auto ids = firstTokens(layOut(recipe, letters, 300));
  std::map<TokenId, int> times;
  for (const TokenId id : ids) {
    CHECK(id >= 3 && id < 300);
    CHECK_EQUAL(++times[id], 1);
  }
  CHECK_EQUAL(firstTokens(layOut(recipe, letters, 300)), ids);
  recipe.seed = 5;
  CHECK(firstTokens(layOut(recipe, letters, 300)) != ids);
}

TEST_CASE("CLASS_LABELS are means of their sub-tokens; sampled vocabulary fills the rest") {
  const auto frozen = model();
  const Letters letters;
  PromptRecipe recipe;
  recipe.init = PromptInit::ClassLabels;
  recipe.classLabels = {"ab", "c"};
  recipe.length = 4;
  const SoftPrompt prompt = makePrompt(recipe, *frozen, &letters);
  const Matrix parts = frozen->embeddingRows(std::vector<TokenId>{10, 11, 12});
  for (std::size_t j = 0; j < 48; ++j) {
    CHECK_CLOSE(prompt.rows.row(0)[j], (parts.row(0)[j] + parts.row(1)[j]) / 2, 1e-6);
    CHECK_CLOSE(prompt.rows.row(1)[j], parts.row(2)[j], 1e-6);
  }
  const InitialLayout layout = layOut(recipe, letters, 300);
  CHECK(layout.rows[2].source == InitialRow::Source::Vocabulary);
  recipe.length = 1;
  CHECK_EQUAL(layOut(recipe, letters, 300).cutOff, std::int64_t{1});
}

TEST_CASE("RANDOM is N(0, 1); RANDOM_SCALED has the spread of the model's own embedding") {
  const auto frozen = model();
  const auto spread = [&](PromptInit init) {
    PromptRecipe recipe;
    recipe.init = init;
    recipe.length = 100;
    double squares = 0;
    const SoftPrompt prompt = makePrompt(recipe, *frozen, nullptr);
    for (const float value : prompt.rows.values)
      squares += static_cast<double>(value) * value;
    return std::sqrt(squares / static_cast<double>(prompt.rows.values.size()));
  };
  CHECK_CLOSE(spread(PromptInit::Random), 1.0, 0.03);
  CHECK_CLOSE(spread(PromptInit::RandomScaled), 0.2, 0.01);  // the fixtures' weights are N(0, 0.2)
}

TEST_CASE("what no prompt can be made of is said in a sentence") {
  const auto frozen = model();
  const Letters letters;
  CHECK_THROWS(makePrompt(textRecipe("", 5), *frozen, &letters), "init text is empty");
  CHECK_THROWS(makePrompt(textRecipe("a", 0), *frozen, &letters), "at least one virtual token");
  CHECK_THROWS(makePrompt(textRecipe("a", 128), *frozen, &letters), "fewer virtual tokens");
  CHECK_THROWS(makePrompt(textRecipe("a", 5), *frozen, nullptr), "no tokenizer");
  PromptRecipe recipe;
  recipe.init = PromptInit::Adapter;
  CHECK_THROWS(makePrompt(recipe, *frozen, &letters), "No adapter");
  SoftPrompt other;
  other.rows = Matrix(3, 7);
  recipe.source = other;
  CHECK_THROWS(makePrompt(recipe, *frozen, &letters), "7 numbers");
  other.rows = Matrix(3, 48);
  other.rows.values[50] = std::nanf("");
  recipe.source = other;
  CHECK_THROWS(makePrompt(recipe, *frozen, &letters), "not finite");
  CHECK_THROWS(promptInitFrom("random"), "SAMPLE_VOCAB");
}

TEST_CASE("a Gemma prompt starts at what the embedding layer gives, or, unscaled, at the stored rows") {
  const auto gemma = openModel(fixtures() / "gemma" / "model", {Precision::Fp32, "cpu"});
  PromptRecipe recipe;
  recipe.length = 4;
  const SoftPrompt scaled = makePrompt(recipe, *gemma, nullptr);
  recipe.rowScale = RowScale::Unscaled;
  const SoftPrompt unscaled = makePrompt(recipe, *gemma, nullptr);
  CHECK(scaled.origin.rowScale == RowScale::Scaled);
  CHECK(unscaled.origin.rowScale == RowScale::Unscaled);
  CHECK(scaled.rows.values != unscaled.rows.values);
  CHECK_EQUAL(withRowScale(unscaled, RowScale::Scaled), scaled);
  CHECK_EQUAL(entryFactor(scaled, gemma->card()), 1.0);
  CHECK_EQUAL(entryFactor(unscaled, gemma->card()), std::sqrt(48.0));

  // Goes on from an adapter of either kind; one that does not say is scaled.
  recipe.init = PromptInit::Adapter;
  recipe.rowScale = RowScale::Unsaid;
  recipe.source = unscaled;
  CHECK_EQUAL(makePrompt(recipe, *gemma, nullptr).rows, scaled.rows);
  recipe.source->origin.rowScale = RowScale::Unsaid;
  CHECK_EQUAL(makePrompt(recipe, *gemma, nullptr).rows, unscaled.rows);

  // No other family has a second meaning.
  recipe = {};
  recipe.rowScale = RowScale::Unscaled;
  CHECK(makePrompt(recipe, *openModel(fixtures() / "llama" / "model"), nullptr).origin.rowScale == RowScale::Unsaid);
}
