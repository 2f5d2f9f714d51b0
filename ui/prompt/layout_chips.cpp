#include "ui/prompt/layout_chips.h"

#include "ui/settings/format.h"

#include <QCoreApplication>
#include <algorithm>

namespace incipit::ui {
namespace {

QString tr(const char* text, int n = -1) { return QCoreApplication::translate("PromptPanel", text, nullptr, n); }

TokenChip chipOf(const Tokenizer* tokenizer, TokenId id) {
  if (tokenizer) return incipit::ui::chipOf(*tokenizer, id);
  TokenChip chip;
  chip.text = QStringLiteral("#%1").arg(id);
  chip.toolTip = tr("Token %1").arg(id);
  return chip;
}

TokenChip rowChip(const InitialRow& row, const Tokenizer* tokenizer) {
  using Source = InitialRow::Source;
  TokenChip chip;
  if (row.tokens.size() == 1) {
    chip = chipOf(tokenizer, row.tokens.front());
  } else {
    for (const auto id : row.tokens) {
      const auto part = chipOf(tokenizer, id);
      chip.text += part.text;
      chip.toolTip += (chip.toolTip.isEmpty() ? QString() : QStringLiteral("\n")) + part.toolTip;
    }
  }
  switch (row.source) {
  case Source::Random:
    chip.kind = TokenChip::Kind::Nothing;
    chip.text = QStringLiteral("random");
    chip.toolTip = tr("Random numbers: no token stands behind this row");
    break;
  case Source::Copied:
    chip.kind = TokenChip::Kind::Nothing;
    chip.text = QStringLiteral("adapter");
    chip.toolTip = tr("Copied from the adapter");
    break;
  case Source::Vocabulary:
    chip.kind = TokenChip::Kind::Sampled;
    chip.toolTip += tr("\nDrawn from the vocabulary");
    break;
  case Source::Label:
    chip.kind = TokenChip::Kind::Label;
    chip.toolTip += tr("\nA class label: the mean of its tokens");
    break;
  case Source::TextRepeated:
    chip.repeated = true;
    chip.toolTip += tr("\nThe text again, to fill the length");
    break;
  case Source::Text:
    break;
  }
  return chip;
}

}  // namespace

QList<TokenChip> chipsOf(const InitialLayout& layout, const Tokenizer* tokenizer) {
  QList<TokenChip> chips;
  if (!layout.problem.empty() && layout.rows.empty()) return chips;
  for (const auto& row : layout.rows) {
    auto chip = rowChip(row, tokenizer);
    chip.badge = QString::number(chips.size() + 1);
    chip.toolTip = tr("Virtual token %1 starts here\n").arg(chips.size() + 1) + chip.toolTip;
    chips.append(chip);
  }
  const auto tokens = std::int64_t(layout.textTokens.size());
  for (auto i = std::max<std::int64_t>(0, tokens - layout.cutOff); i < tokens; ++i) {
    auto chip = chipOf(tokenizer, layout.textTokens[std::size_t(i)]);
    chip.cutOff = true;
    chip.toolTip += tr("\nCut off: there are fewer virtual tokens than tokens of the text");
    chips.append(chip);
  }
  return chips;
}

QString sentenceOf(const InitialLayout& layout, PromptInit init) {
  if (!layout.problem.empty()) return QString::fromStdString(layout.problem);
  const auto rows = int(layout.rows.size());
  const auto text = int(layout.textTokens.size());
  if (init == PromptInit::Text) {
    const auto tokens = tokensText(text);
    if (layout.cutOff > 0) return tr("The text has %1: the last %2 find no place.").arg(tokens, grouped(layout.cutOff));
    if (text < rows) return tr("The text has %1 and is repeated to fill all %2.").arg(tokens, rowsText(rows));
    return tr("The text has %1, one for each row.").arg(tokens);
  }
  if (init == PromptInit::ClassLabels) {
    const auto labels = int(std::count_if(layout.rows.begin(), layout.rows.end(),
                                          [](const InitialRow& row) { return row.source == InitialRow::Source::Label; }));
    if (layout.cutOff > 0) return tr("Labels with a row: %1; without a place: %2.").arg(grouped(labels), grouped(layout.cutOff));
    if (labels == rows) return tr("Every row starts at a label.");
    return tr("%1 at a label, the other %2 at sampled tokens.").arg(rowsText(labels), grouped(rows - labels));
  }
  return {};
}

InitWords wordsOf(PromptInit init) {
  switch (init) {
  case PromptInit::SampleVocabulary:
    return {tr("Sampled vocabulary"),
            tr("Each row starts at a token drawn from the vocabulary, by the seed in step 4. A good start when no text suggests itself.")};
  case PromptInit::Text:
    return {tr("Text"), tr("Rows start at the tokens of a text that says what you want. Often the quickest to learn.")};
  case PromptInit::ClassLabels:
    return {tr("Class labels"), tr("Rows start at the label words, the rest at sampled tokens. For classification.")};
  case PromptInit::RandomScaled:
    return {tr("Random, scaled"), tr("Random rows as large as the vocabulary's. For comparisons.")};
  case PromptInit::Random:
    return {tr("Random (PEFT)"), tr("Random rows as PEFT draws them: far outside the vocabulary, so learning is slow.")};
  case PromptInit::Adapter:
    return {tr("Adapter"), tr("Goes on from a prompt that was trained before; the length is the adapter's.")};
  }
  return {};
}

}  // namespace incipit::ui
