#include "ui/inspection/health_item_model.h"

#include "ui/inspection/neighbours_item_model.h"
#include "ui/plots/number_text.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"

#include <QApplication>
#include <QPalette>

#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

QString marksOf(const RowHealth& row) {
  QStringList marks;
  if (row.dead) marks << HealthItemModel::tr("dead");
  if (row.runAway) marks << HealthItemModel::tr("run away");
  if (row.twin) marks << HealthItemModel::tr("twin of %1").arg(row.alike + 1);
  if (row.unmoved) marks << HealthItemModel::tr("not moved");
  return marks.join(QStringLiteral(", "));
}

QString cosineText(double cosine) { return QString::number(cosine, 'f', 2).replace(QLatin1Char('-'), QChar(0x2212)); }

}  // namespace

void HealthItemModel::show(PromptHealth health) {
  const bool sameShape = health.rows.size() == m_health.rows.size();
  if (!sameShape) beginResetModel();
  m_health = std::move(health);
  m_topNorm = m_health.vocabulary.high;
  for (const auto& row : m_health.rows)
    if (std::isfinite(row.norm)) m_topNorm = std::max(m_topNorm, row.norm);
  if (!sameShape)
    endResetModel();
  else if (rowCount() > 0)
    emit dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));
}

int HealthItemModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(m_health.rows.size()); }

QVariant HealthItemModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const auto& row = m_health.rows[std::size_t(index.row())];
  const int column = index.column();
  if (role == Qt::ToolTipRole) return toolTipOf(row, column);
  if (role == Qt::TextAlignmentRole)
    return QVariant((column == Marks || column == Row ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  if (role == Qt::ForegroundRole && column == Marks) return hue(Hue::Vermillion, QApplication::palette());
  const bool sort = role == NeighboursItemModel::SortRole;
  if (column == Row && role == NeighboursItemModel::ChipRole) return QVariant::fromValue(virtualChip(row.row + 1));
  if (column == Norm && role == NeighboursItemModel::BandRole) {
    const auto& scale = m_health.vocabulary;
    return QVariant::fromValue(QList<double>{scale.low, scale.median, scale.high, m_topNorm * 1.05});
  }
  if (role != Qt::DisplayRole && !sort) return {};
  switch (column) {
  case Row:
    return sort ? QVariant(qint64(row.row)) : QVariant(QString::number(row.row + 1));
  case Norm:
    return sort ? QVariant(row.norm) : QVariant(valueText(row.norm));
  case Drift:
    if (sort) return row.start ? row.start->drift : -1.0;
    return row.start ? valueText(row.start->drift) : QStringLiteral("–");
  case StartCosine:
    if (sort) return row.start ? row.start->cosine : -2.0;
    return row.start ? cosineText(row.start->cosine) : QStringLiteral("–");
  case Alike:
    if (sort) return row.alike < 0 ? -2.0 : row.alikeCosine;
    return row.alike < 0 ? QStringLiteral("–") : QStringLiteral("%1: %2").arg(row.alike + 1).arg(cosineText(row.alikeCosine));
  case Marks:
    return marksOf(row);
  default:
    return {};
  }
}

QString HealthItemModel::toolTipOf(const RowHealth& row, int column) const {
  const auto& scale = m_health.vocabulary;
  switch (column) {
  case Row:
    return tr("Virtual token %1").arg(row.row + 1);
  case Norm:
    return tr("Length of this row as it enters the model: %1. The grey band holds nine of ten vocabulary tokens (%2 to %3, median %4).")
        .arg(valueText(row.norm), valueText(scale.low), valueText(scale.high), valueText(scale.median));
  case Drift:
    if (!row.start) return tr("Where this row started is not known: only a run keeps it.");
    return tr("Distance of this row from its start: %1, which is %2 of the start's own length.")
        .arg(valueText(row.start->drift), percentText(row.start->share));
  case StartCosine:
    if (!row.start) return tr("Where this row started is not known: only a run keeps it.");
    return tr("Cosine of this row and its start: %1. At 1 it points where it pointed, at 0 nothing is left of the direction.")
        .arg(cosineText(row.start->cosine));
  case Alike:
    if (row.alike < 0) return tr("There is no other row.");
    return tr("The other row that points most the same way is %1, with a cosine of %2.")
        .arg(row.alike + 1)
        .arg(cosineText(row.alikeCosine));
  default:
    return tr("Dead: shorter than a tenth of the vocabulary's short rows. Run away: ten times as long as its long ones. Twin: a cosine of "
              "%1 or "
              "more with another row. Not moved: by less than %2 of its length.")
        .arg(twinsFrom)
        .arg(percentText(unmovedBelow));
  }
}

QVariant HealthItemModel::headerData(int section, Qt::Orientation orientation, int role) const {
  static const struct {
    const char *title, *help;
  } words[Columns] = {
      {QT_TR_NOOP("Token"), QT_TR_NOOP("The virtual tokens: trainable rows of numbers that the model reads like tokens")},
      {QT_TR_NOOP("Norm"), QT_TR_NOOP("Length of the row (a dot) beside the lengths of nine of ten vocabulary tokens (the band)")},
      {QT_TR_NOOP("Drift"), QT_TR_NOOP("How far the row has moved from its start (Euclidean distance)")},
      {QT_TR_NOOP("Cos. start"), QT_TR_NOOP("Cosine of the row and its start")},
      {QT_TR_NOOP("Most alike"), QT_TR_NOOP("The other row that points most the same way, and their cosine")},
      {QT_TR_NOOP("Out of order"), QT_TR_NOOP("Rows that are worth a look; where the lines are drawn is a convention")},
  };
  if (orientation != Qt::Horizontal || section < 0 || section >= Columns) return {};
  if (role == Qt::DisplayRole) return tr(words[section].title);
  if (role == Qt::ToolTipRole) return tr(words[section].help);
  if (role == Qt::TextAlignmentRole)
    return QVariant((section == Row || section == Norm || section == Marks ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  return {};
}

}  // namespace incipit::ui
