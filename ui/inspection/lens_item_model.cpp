#include "ui/inspection/lens_item_model.h"

#include "ui/inspection/neighbours_item_model.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"

namespace incipit::ui {

void LensItemModel::show(LensTable table) {
  beginResetModel();
  m_table = std::move(table);
  m_chips.clear();
  endResetModel();
}

const std::vector<Guess>& LensItemModel::guesses(const QModelIndex& index) const {
  static const std::vector<Guess> none;
  if (!index.isValid() || index.column() == 0) return none;
  return m_table.best[std::size_t(index.column() - 1)][std::size_t(index.row())];
}

TokenChip LensItemModel::chip(const Guess& guess) const {
  const auto id = static_cast<TokenId>(guess.id);
  auto found = m_chips.find(id);
  if (found == m_chips.end()) {
    TokenChip made;
    if (m_table.tokenizer)
      made = chipOf(*m_table.tokenizer, id);
    else
      made.text = QStringLiteral("#%1").arg(id);
    found = m_chips.insert(id, made);
  }
  auto chip = *found;
  chip.leaning = guess.probability;
  chip.toolTip += QLatin1Char('\n') + tr("Probability %1").arg(percentText(guess.probability));
  return chip;
}

QString LensItemModel::placeText(const QModelIndex& index) const {
  if (!index.isValid() || index.column() == 0) return {};
  const auto& row = m_table.rows[index.row()];
  const auto name = row.kind == TokenChip::Kind::Virtual ? tr("virtual token %1").arg(row.text) : row.text;
  if (isLast(index.column())) return tr("Behind %1 the model itself would go on with").arg(name);
  const auto block = m_table.blocks[std::size_t(index.column() - 1)];
  return block == 0 ? tr("Behind %1, before the first block").arg(name) : tr("Behind %1, after block %2").arg(name).arg(block);
}

int LensItemModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(m_table.rows.size()); }
int LensItemModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() || m_table.rows.isEmpty() ? 0 : int(m_table.blocks.size()) + 1;
}

QVariant LensItemModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  if (index.column() == 0) {
    const auto& row = m_table.rows[index.row()];
    if (role == Qt::DisplayRole) return row.text;
    if (role == NeighboursItemModel::ChipRole) return QVariant::fromValue(row);
    if (role == Qt::ToolTipRole) return plainToolTip(row.toolTip);
    return {};
  }
  const auto& best = guesses(index);
  if (best.empty()) return {};
  if (role == Qt::DisplayRole) return chip(best.front()).text;
  if (role == NeighboursItemModel::ChipRole) return QVariant::fromValue(chip(best.front()));
  if (role != Qt::ToolTipRole) return {};
  QStringList lines{placeText(index) + QLatin1Char(':')};
  for (const auto& guess : best)
    lines << QStringLiteral("%1  %2").arg(percentText(guess.probability), chip(guess).text);
  return plainToolTip(lines.join(QLatin1Char('\n')));
}

QVariant LensItemModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
  if (role == Qt::DisplayRole) {
    if (section == 0) return tr("Behind");
    if (isLast(section)) return tr("Answer");
    return QString::number(m_table.blocks[std::size_t(section - 1)]);
  }
  if (role == Qt::ToolTipRole) {
    if (section == 0) return tr("What the model has read last: the chips in this line are what would come next");
    if (isLast(section)) return tr("Behind the last block: the model's own answer, exactly");
    if (section == 1) return tr("What enters the first block, read as if it were the last");
    return tr("After block %1, read as if it were the last").arg(m_table.blocks[std::size_t(section - 1)]);
  }
  return {};
}

}  // namespace incipit::ui
