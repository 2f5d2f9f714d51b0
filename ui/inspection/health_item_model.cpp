#include "ui/inspection/health_item_model.h"

#include "ui/inspection/neighbours_item_model.h"

#include <QStringList>
#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

using Roles = NeighboursItemModel;

QString number(double value) {
  return std::isfinite(value) ? QString::number(value, 'f', std::abs(value) < 100 ? 3 : 1) : QStringLiteral("–");
}

QString stateText(const RowHealth& row) {
  QStringList words;
  if (row.dead) words << HealthItemModel::tr("dead");
  if (row.runAway) words << HealthItemModel::tr("ran away");
  if (row.twin) words << HealthItemModel::tr("twin of %1").arg(row.alike + 1);
  if (row.unmoved) words << HealthItemModel::tr("has not moved");
  return words.isEmpty() ? HealthItemModel::tr("well") : words.join(QStringLiteral(", "));
}

}  // namespace

void HealthItemModel::show(PromptHealth health) {
  const bool sameShape = health.rows.size() == m_health.rows.size();
  if (!sameShape) beginResetModel();
  m_health = std::move(health);
  if (!sameShape)
    endResetModel();
  else if (rowCount() > 0)
    emit dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));
}

int HealthItemModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_health.rows.size()); }
int HealthItemModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant HealthItemModel::normData(const RowHealth& row, int role) const {
  const auto& band = m_health.vocabulary;
  double top = band.high;
  for (const auto& each : m_health.rows)
    if (std::isfinite(each.norm)) top = std::max(top, each.norm);
  switch (role) {
  case Qt::DisplayRole:
    return number(row.norm);
  case Roles::SortRole:
    return row.norm;
  case Roles::BandRole:
    return QVariant::fromValue(QList<double>{band.low, band.median, band.high, top * 1.05});
  case Qt::ToolTipRole:
    return tr("Length of this row: %1. The grey band holds nine of ten vocabulary tokens (%2 to %3, median %4).")
        .arg(number(row.norm), number(band.low), number(band.high), number(band.median));
  default:
    return {};
  }
}

QVariant HealthItemModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const auto& row = m_health.rows[static_cast<std::size_t>(index.row())];
  if (role == Qt::TextAlignmentRole) return QVariant((index.column() == State ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  const bool shown = role == Qt::DisplayRole, sort = role == Roles::SortRole, tip = role == Qt::ToolTipRole;
  switch (index.column()) {
  case Row:
    if (role == Roles::ChipRole) return QVariant::fromValue(virtualChip(index.row() + 1));
    if (sort) return static_cast<qint64>(row.row);
    return shown ? QVariant(QString::number(row.row + 1)) : QVariant();
  case State:
    if (shown || sort) return stateText(row);
    return tip ? QVariant(headerData(State, Qt::Horizontal, Qt::ToolTipRole)) : QVariant();
  case Norm:
    return normData(row, role);
  case Drift:
    if (sort) return row.start ? row.start->share : -1.0;
    if (shown) return row.start ? number(row.start->share) : QStringLiteral("–");
    return tip && row.start ? QVariant(tr("Moved by %1, which is %2 lengths of the row it started from")
                                           .arg(number(row.start->drift), number(row.start->share)))
                            : QVariant();
  case StartCosine:
    if (sort) return row.start ? row.start->cosine : -2.0;
    if (shown) return row.start ? number(row.start->cosine) : QStringLiteral("–");
    return tip && row.start ? QVariant(tr("Cosine of the row and its start: 1 is the same direction")) : QVariant();
  case Alike:
    if (sort) return row.alikeCosine;
    if (shown) return row.alike < 0 ? QStringLiteral("–") : tr("%1 (%2)").arg(number(row.alikeCosine)).arg(row.alike + 1);
    return tip && row.alike >= 0
               ? QVariant(tr("The most similar other row is %1, cosine %2").arg(row.alike + 1).arg(number(row.alikeCosine)))
               : QVariant();
  default:
    return {};
  }
}

QVariant HealthItemModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= Columns) return {};
  if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
  static const struct {
    const char *title, *help;
  } words[Columns] = {
      {QT_TR_NOOP("Token"), QT_TR_NOOP("The virtual tokens: trainable rows of numbers that the model reads like tokens")},
      {QT_TR_NOOP("State"),
       QT_TR_NOOP("Dead: shorter than a tenth of the vocabulary's short rows. Ran away: ten times its long ones. Twin: cosine 0.95 or more "
                  "with another row. Not moved: by less than a hundredth of its start")},
      {QT_TR_NOOP("Norm"), QT_TR_NOOP("Length of the row (a dot) beside the lengths of nine of ten vocabulary tokens (the band)")},
      {QT_TR_NOOP("Drift"), QT_TR_NOOP("How far the row has moved from its start, in lengths of the start's row")},
      {QT_TR_NOOP("To start"), QT_TR_NOOP("Cosine of the row and its start")},
      {QT_TR_NOOP("Most alike"), QT_TR_NOOP("Cosine with the most similar other row, and which that is")},
  };
  if (role == Qt::DisplayRole) return tr(words[section].title);
  if (role == Qt::ToolTipRole) return tr(words[section].help);
  return {};
}

}  // namespace incipit::ui
