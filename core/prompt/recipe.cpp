#include "core/prompt/recipe.h"

#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "core/support/random.h"

#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

// Draws tokens of the vocabulary for rows that nothing else fills. Without replacement while there are enough (Lester et al. 2021),
// special tokens left out: their rows stand for no text.
class VocabularySample {
 public:
  VocabularySample(const PromptRecipe& recipe, const Tokenizer* tokenizer, std::int64_t vocabularySize)
      : m_random(recipe.seed), m_tokenizer(tokenizer), m_size(vocabularySize) {}

  TokenId next() {
    for (int attempt = 0; attempt < 1000; ++attempt) {
      const auto id = static_cast<TokenId>(m_random.below(static_cast<std::uint64_t>(m_size)));
      if (m_tokenizer != nullptr && (id >= m_tokenizer->vocabularySize() || m_tokenizer->isSpecial(id))) continue;
      if (static_cast<std::int64_t>(m_used.size()) < m_size / 2 && std::find(m_used.begin(), m_used.end(), id) != m_used.end()) continue;
      m_used.push_back(id);
      return id;
    }
    return m_used.empty() ? 0 : m_used.back();  // a vocabulary that is all special tokens
  }

 private:
  Random m_random;
  const Tokenizer* m_tokenizer;
  std::int64_t m_size;
  std::vector<TokenId> m_used;
};

void layOutText(const PromptRecipe& recipe, const Tokenizer& tokenizer, InitialLayout& layout) {
  if (recipe.text.empty()) {
    layout.problem = "The init text is empty. Type a few words that describe the task, or choose another way to start.";
    return;
  }
  layout.textTokens = tokenizer.encode(recipe.text, recipe.textSpecial);
  const auto count = static_cast<std::int64_t>(layout.textTokens.size());
  if (count == 0) {
    layout.problem = "The init text has no tokens. Type a few words that describe the task.";
    return;
  }
  // PEFT: cut to the length, or repeat the whole list until it is full.
  layout.cutOff = std::max<std::int64_t>(0, count - recipe.length);
  for (std::int64_t row = 0; row < recipe.length; ++row)
    layout.rows.push_back({row < count ? InitialRow::Source::Text : InitialRow::Source::TextRepeated,
                           {layout.textTokens[static_cast<std::size_t>(row % count)]}});
}

InitialLayout layOutRows(const PromptRecipe& recipe, const Tokenizer* tokenizer, std::int64_t vocabularySize) {
  InitialLayout layout;
  if (recipe.length <= 0) {
    layout.problem = "A prompt needs at least one virtual token.";
    return layout;
  }
  const auto fill = [&](InitialRow::Source source) { layout.rows.resize(static_cast<std::size_t>(recipe.length), {source, {}}); };
  switch (recipe.init) {
  case PromptInit::Random:
  case PromptInit::RandomScaled:
    fill(InitialRow::Source::Random);
    break;
  case PromptInit::Adapter:
    if (!recipe.source || recipe.source->empty())
      layout.problem = "No adapter is chosen to start from. Choose a PEFT folder, a run or a .npy file.";
    else
      layout.rows.resize(static_cast<std::size_t>(recipe.source->length()), {InitialRow::Source::Copied, {}});
    break;
  case PromptInit::Text:
    if (tokenizer == nullptr)
      layout.problem = "The model has no tokenizer, so no text can be made into tokens. Choose another way to start.";
    else
      layOutText(recipe, *tokenizer, layout);
    break;
  case PromptInit::ClassLabels:
    if (tokenizer == nullptr || recipe.classLabels.empty()) {
      layout.problem = "There are no class labels to start from. Choose data with a label column, or another way to start.";
      break;
    }
    layout.cutOff = std::max<std::int64_t>(0, static_cast<std::int64_t>(recipe.classLabels.size()) - recipe.length);
    for (const auto& label : recipe.classLabels)
      if (static_cast<std::int64_t>(layout.rows.size()) < recipe.length)
        layout.rows.push_back({InitialRow::Source::Label, tokenizer->encode(label, SpecialTokens::Leave)});
    [[fallthrough]];
  case PromptInit::SampleVocabulary: {
    VocabularySample sample(recipe, tokenizer, vocabularySize);
    while (static_cast<std::int64_t>(layout.rows.size()) < recipe.length)
      layout.rows.push_back({InitialRow::Source::Vocabulary, {sample.next()}});
    break;
  }
  }
  return layout;
}

// Spread of the embedding's numbers, from a sample of rows: what RANDOM_SCALED draws with.
double embeddingDeviation(const FrozenModel& model) {
  constexpr std::int64_t most = 2048;
  std::vector<TokenId> ids;
  const std::int64_t vocabulary = model.card().vocabularySize, step = std::max<std::int64_t>(1, vocabulary / most);
  for (std::int64_t id = 0; id < vocabulary; id += step)
    ids.push_back(static_cast<TokenId>(id));
  double sum = 0, squares = 0;
  const Matrix rows = model.embeddingRows(ids);
  for (const float value : rows.values)
    sum += value, squares += static_cast<double>(value) * value;
  const auto count = static_cast<double>(rows.values.size());
  return std::sqrt(std::max(0.0, squares / count - sum / count * (sum / count)));
}

// The mean of the rows of `tokens`.
void fillWithMean(const std::vector<TokenId>& tokens, const FrozenModel& model, std::span<float> row) {
  const Matrix rows = model.embeddingRows(tokens);
  std::fill(row.begin(), row.end(), 0.0f);
  for (std::int64_t i = 0; i < rows.rows; ++i)
    for (std::size_t j = 0; j < row.size(); ++j)
      row[j] += rows.row(i)[j] / static_cast<float>(rows.rows);
}

// Rows [first, first + count) of a layout as numbers; those of tokens times `scale`.
Matrix rowsOf(const InitialLayout& layout, std::int64_t first, std::int64_t count, const FrozenModel& model, Random& random,
              double deviation, float scale) {
  Matrix rows(count, model.card().hiddenSize);
  for (std::int64_t row = 0; row < count; ++row) {
    const auto& tokens = layout.rows[static_cast<std::size_t>(first + row)].tokens;
    if (!tokens.empty()) {
      fillWithMean(tokens, model, rows.row(row));
      for (float& value : rows.row(row))
        value *= scale;
    } else {
      for (float& value : rows.row(row))
        value = static_cast<float>(random.normal() * deviation);
    }
  }
  return rows;
}

bool wantsUnusedRows(const PromptRecipe& recipe, const ModelCard& card) {
  if (recipe.submodules == 2 && !card.encoderDecoder)
    throw PlanError("'" + card.name + "' has one transformer, and num_transformer_submodules asks for two.", "Use 1.");
  return recipe.submodules == 2 || (recipe.submodules == 0 && card.encoderDecoder);
}

// The checkpoint's own head, or a new one for the classes of the data; without either there is none yet.
void startHead(SoftPrompt& prompt, const PromptRecipe& recipe, const FrozenModel& model) {
  const ModelCard& card = model.card();
  const auto classes = static_cast<std::int64_t>(recipe.classLabels.size());
  const bool bringsHead = recipe.source && !recipe.source->head.empty();  // and knows what it was trained on
  prompt.origin.pooling = recipe.pooling == Pooling::Auto && bringsHead ? recipe.source->origin.pooling : settled(recipe.pooling, card);
  prompt.origin.labels = recipe.classLabels.empty() ? card.labels : recipe.classLabels;
  prompt.head = model.head();
  model.checkWhole();
  if (prompt.head.empty() && classes > 0) prompt.head = freshHead(card.head, card.hiddenSize, classes, card.headDeviation, recipe.seed);
}

}  // namespace

InitialLayout layOut(const PromptRecipe& recipe, const Tokenizer& tokenizer, std::int64_t vocabularySize) {
  return layOutRows(recipe, &tokenizer, vocabularySize);
}

SoftPrompt makePrompt(const PromptRecipe& recipe, const FrozenModel& model, const Tokenizer* tokenizer) {
  const ModelCard& card = model.card();
  const bool twice = wantsUnusedRows(recipe, card);
  const InitialLayout layout = layOutRows(recipe, tokenizer, card.vocabularySize);
  if (!layout.problem.empty()) throw PlanError(layout.problem);

  SoftPrompt prompt;
  prompt.origin = {card.name, card.family, model.fingerprint(), card.vocabularySize, card.layers, card.heads, recipe.init, {}, {}};
  prompt.origin.task = taskOf(card);
  prompt.origin.rowScale = recipe.rowScale;
  settleRowScale(prompt, card);
  if (card.head != HeadKind::None) startHead(prompt, recipe, model);
  if (recipe.init == PromptInit::Text) prompt.origin.initText = recipe.text, prompt.origin.tokenizerName = card.name;
  if (recipe.init == PromptInit::Adapter) {
    checkFits(*recipe.source, model);
    SoftPrompt source = *recipe.source;
    settleRowScale(source, card);
    prompt.rows = withRowScale(std::move(source), prompt.origin.rowScale).rows;
    if (!recipe.source->head.empty()) prompt.head = recipe.source->head;
    if (twice) prompt.unusedRows = recipe.source->unusedRows.empty() ? Matrix(prompt.length(), prompt.width()) : recipe.source->unusedRows;
    return prompt;
  }
  Random random(recipe.seed);
  const double scale = prompt.origin.rowScale == RowScale::Scaled ? card.embeddingScale : 1;
  const double deviation = recipe.init == PromptInit::RandomScaled ? embeddingDeviation(model) * scale : 1.0;
  prompt.rows = rowsOf(layout, 0, recipe.length, model, random, deviation, static_cast<float>(scale));
  if (twice) {  // PEFT starts both halves as one table of twice the length: a text goes on where the first half cut it
    PromptRecipe both = recipe;
    both.length = 2 * recipe.length;
    prompt.unusedRows = rowsOf(layOutRows(both, tokenizer, card.vocabularySize), recipe.length, recipe.length, model, random, deviation,
                               static_cast<float>(scale));
  }
  checkFits(prompt, model);
  return prompt;
}

}  // namespace incipit
