#include "ui/tokens/example_chips.h"

#include <QCoreApplication>
#include <algorithm>

namespace incipit::ui {
namespace {
constexpr std::int64_t mostVirtual = 6;   // chips of virtual tokens before they are summed up: the text is what is looked at here
constexpr std::size_t mostTokens = 2000;  // chips of one example

QString tr(const char* text) { return QCoreApplication::translate("ExampleChips", text); }

}  // namespace

QList<TokenChip> chipsOf(const Example& example, const Tokenizer* tokenizer, std::int64_t virtualTokens, Reading reading,
                         const QString& className) {
  QList<TokenChip> chips;
  std::int64_t placed = 0;
  // The next rows of the prompt, the first of them and their number: the text is what is looked at here.
  const auto addRows = [&](std::int64_t count) {
    const auto first = placed + 1, last = std::min(placed + count, virtualTokens);
    const auto shown = last - placed > mostVirtual + 1 ? placed + mostVirtual - 2 : last;
    for (; placed < shown; ++placed)
      chips.append(virtualChip(placed + 1));
    if (placed == last) return;
    auto rest = virtualChip(last);
    rest.text = QStringLiteral("… %1").arg(last);
    rest.toolTip = example.places.empty()
                       ? tr("Virtual tokens %1 to %2: trainable rows in front of the text").arg(placed + 1).arg(last)
                       : tr("Virtual tokens %1 to %2, of those that stand here from %3 on: trainable rows among the text")
                             .arg(placed + 1)
                             .arg(last)
                             .arg(first);
    chips.append(rest);
    placed = last;
  };
  if (example.places.empty()) addRows(virtualTokens);
  auto place = example.places.begin();
  const auto addPlaces = [&](std::size_t at) {
    for (; place != example.places.end() && place->at <= std::int64_t(at); ++place)
      addRows(place->rows == allRows ? virtualTokens : place->rows);
  };
  const bool apart = reading != Reading::OneText;
  const auto add = [&](TokenId id, bool scored) {
    TokenChip chip;
    if (tokenizer) {
      chip = chipOf(*tokenizer, id);
    } else {
      chip.text = QString::number(id);
      chip.toolTip = tr("Token %1").arg(id);
    }
    chip.scored = scored;
    chip.toolTip += scored ? tr("\nScored: the model learns to predict it") : tr("\nRead, not scored");
    chips.append(chip);
  };
  for (std::size_t i = 0; i < example.ids.size() && i < mostTokens; ++i) {
    addPlaces(i);
    add(example.ids[i], !apart && example.labels[i] != notScored);
  }
  if (example.ids.size() > mostTokens) {
    TokenChip rest;
    rest.kind = TokenChip::Kind::Overflow;
    rest.text = QStringLiteral("+%1").arg(example.ids.size() - mostTokens);
    chips.append(rest);
  }
  addPlaces(example.ids.size());
  if (apart)  // the decoder writes it behind the text that the encoder has read
    for (std::size_t i = 0; i < example.labels.size() && i < mostTokens; ++i)
      if (example.labels[i] != notScored) add(example.labels[i], true);
  if (!className.isEmpty()) {
    TokenChip label;
    label.kind = TokenChip::Kind::Label;
    label.text = className;
    label.toolTip = tr("The class that the head learns to choose for this text");
    label.scored = true;
    chips.append(label);
  }
  return chips;
}

}  // namespace incipit::ui
