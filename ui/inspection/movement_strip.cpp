#include "ui/inspection/movement_strip.h"

#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"
#include "ui/tokens/token_chip.h"
#include "ui/tokens/token_flow.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

namespace incipit::ui {
namespace {

constexpr std::size_t mostTokens = 5;

}  // namespace

MovementStrip::MovementStrip(QWidget* parent) : QWidget(parent), m_tokens(new TokenFlow), m_says(helpLine({})) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(grid / 2);
  auto* row = new QHBoxLayout;
  row->setSpacing(grid);
  auto* name = new QLabel(tr("All rows together moved towards"));
  row->addWidget(name);
  row->addWidget(m_tokens, 1);
  m_tokens->setMostRows(1);
  column->addLayout(row);
  column->addWidget(m_says);
  setToolTip(tr("The mean over the rows of what each has moved by, and the vocabulary tokens in its direction. Single rows mostly stay "
                "next to the token they started from, and what each moved by points nowhere in particular."));
  hide();
}

void MovementStrip::show(const std::optional<RowNeighbours>& together, float chance, const Tokenizer* tokenizer) {
  setVisible(together && !together->neighbours.empty());
  if (!isVisibleTo(parentWidget())) return;
  QList<TokenChip> chips;
  for (std::size_t i = 0; i < std::min(mostTokens, together->neighbours.size()); ++i) {
    TokenChip chip;
    if (tokenizer)
      chip = chipOf(*tokenizer, together->neighbours[i].token);
    else
      chip.text = QStringLiteral("#%1").arg(together->neighbours[i].token);
    chips << chip;
  }
  m_tokens->setChips(chips);
  const float best = together->neighbours.front().score;
  const auto said = [](float cosine) { return QLocale().toString(cosine, 'f', 2); };
  m_says->setText(
      best > chance
          ? tr("By %1, cosine %2 to the first; one in twenty random directions comes nearer than %3.")
                .arg(QLocale().toString(together->norm, 'f', 2), said(best), said(chance))
          : tr("Cosine %1 to the first: random directions come as near (%2), so this names nothing yet.").arg(said(best), said(chance)));
}

QString MovementStrip::text() const {
  return isVisibleTo(parentWidget()) ? m_tokens->text() + QLatin1Char(' ') + m_says->text() : QString();
}

}  // namespace incipit::ui
