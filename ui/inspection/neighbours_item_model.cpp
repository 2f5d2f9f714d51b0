#include "ui/inspection/neighbours_item_model.h"

#include "ui/settings/plain_text.h"

#include <QStringList>

#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

QString number(double value) {
  return std::isfinite(value) ? QString::number(value, 'f', std::abs(value) < 100 ? 3 : 1) : QStringLiteral("–");
}

}  // namespace

NeighboursItemModel::NeighboursItemModel(Vectors vectors, QObject* parent) : QAbstractTableModel(parent), m_vectors(vectors) {}

void NeighboursItemModel::show(Neighbourhood found, std::shared_ptr<const Tokenizer> tokenizer, Origin origin, Beside beside) {
  const int columns = found.rows.empty() ? 0 : static_cast<int>(found.rows.front().neighbours.size());
  const bool sameShape = columns == m_columns && found.rows.size() == m_found.rows.size();
  if (!sameShape) beginResetModel();
  if (tokenizer != m_tokenizer) m_chips.clear();
  const bool newMetric = found.metric != m_found.metric;
  m_found = std::move(found);
  m_origin = std::move(origin);
  m_beside = std::move(beside);
  m_tokenizer = std::move(tokenizer);
  m_columns = columns;
  measure();
  if (!sameShape) {
    endResetModel();
  } else if (rowCount() > 0) {
    emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    if (newMetric) emit headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
  }
}

void NeighboursItemModel::clear() { show({}, nullptr, {}, {}); }

void NeighboursItemModel::measure() {
  m_rowsNear.clear();
  m_groups = sharingGroups(m_found);
  m_nearest = m_found.metric == Metric::Euclidean ? INFINITY : 0;
  m_topNorm = m_found.band.high;
  for (std::size_t i = 0; i < m_found.rows.size(); ++i) {
    const auto& row = m_found.rows[i];
    if (std::isfinite(row.norm)) m_topNorm = std::max(m_topNorm, static_cast<double>(row.norm));
    for (const auto& neighbour : row.neighbours) {
      m_rowsNear[neighbour.token].append(static_cast<int>(i) + 1);
      const double score = neighbour.score;
      m_nearest = m_found.metric == Metric::Euclidean ? std::min(m_nearest, score) : std::max(m_nearest, score);
    }
  }
}

int NeighboursItemModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_found.rows.size()); }

int NeighboursItemModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : FirstNeighbour + m_columns; }

const TokenChip& NeighboursItemModel::chip(TokenId token) const {
  auto found = m_chips.find(token);
  if (found == m_chips.end()) {
    TokenChip made;
    if (m_tokenizer) {
      made = chipOf(*m_tokenizer, token);
    } else {
      made.text = QStringLiteral("#%1").arg(token);
    }
    found = m_chips.insert(token, made);
  }
  return *found;
}

TokenChip NeighboursItemModel::rowChip(int row) const {
  auto made = virtualChip(row + 1);
  if (m_vectors == Vectors::Random) {
    made.kind = TokenChip::Kind::Nothing;
    made.toolTip = tr("A random vector: normally distributed numbers, as long as a usual token's embedding");
  }
  return made;
}

QVariant NeighboursItemModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const auto at = static_cast<std::size_t>(index.row());
  const auto& row = m_found.rows[at];
  switch (index.column()) {
  case Row:
    if (role == ChipRole) return QVariant::fromValue(rowChip(index.row()));
    if (role == SortRole) return static_cast<qint64>(row.row);
    if (role == Qt::DisplayRole) return QString::number(row.row + 1);
    if (role == Qt::ToolTipRole) return rowChip(index.row()).toolTip;
    return {};
  case Start:
    return startData(at, role);
  case Norm:
    return normData(row, role);
  case Drift:
    return driftData(at, role);
  case Shares:
    return sharesData(at, role);
  case Changes:
    return changesData(at, role);
  default:
    return neighbourData(row, index.column() - FirstNeighbour, role);
  }
}

QVariant NeighboursItemModel::startData(std::size_t row, int role) const {
  const auto tokens = row < m_origin.tokens.size() ? m_origin.tokens[row] : std::vector<TokenId>{};
  if (role == SortRole) return tokens.empty() ? QString() : chip(tokens.front()).text;
  if (tokens.empty()) {
    if (role == Qt::ToolTipRole) return tr("No token stands behind the start of this row");
    return role == Qt::DisplayRole ? QVariant(QStringLiteral("–")) : QVariant();
  }
  QStringList texts;
  for (const auto token : tokens)
    texts << chip(token).text;
  if (role == Qt::DisplayRole || role == TokenRole) return texts.join(QLatin1Char(' '));
  if (role == ChipRole) {
    auto shown = chip(tokens.front());
    shown.text = texts.join(QString());
    return QVariant::fromValue(shown);
  }
  if (role == Qt::ToolTipRole) return plainToolTip(tr("This row started as the embedding of %1").arg(texts.join(QStringLiteral(" + "))));
  return {};
}

QVariant NeighboursItemModel::driftData(std::size_t row, int role) const {
  const double drift = row < m_origin.drift.size() ? m_origin.drift[row] : NAN;
  if (role == SortRole) return std::isfinite(drift) ? drift : -1.0;
  if (role == Qt::DisplayRole) return number(drift);
  if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  if (role == Qt::ToolTipRole) return tr("How far this row has moved from where it started (Euclidean distance)");
  return {};
}

// Sorted by it, rows that share neighbours stand beside one another.
QVariant NeighboursItemModel::sharesData(std::size_t row, int role) const {
  const auto group = row < m_groups.size() ? m_groups[row] : -1;
  if (role == SortRole) return group < 0 ? qint64(m_groups.size()) : qint64(group);
  QStringList rows;
  for (std::size_t other = 0; other < m_groups.size(); ++other)
    if (group >= 0 && other != row && m_groups[other] == group) rows << QString::number(other + 1);
  if (role == Qt::DisplayRole) return rows.join(QStringLiteral(", "));
  if (role == Qt::ToolTipRole && !rows.isEmpty())
    return tr("Shares neighbours, directly or by way of others, with virtual tokens %1").arg(rows.join(QStringLiteral(", ")));
  return {};
}

QString NeighboursItemModel::changesText(const Exchanged& changes) const {
  QStringList words;
  for (const auto token : changes.came)
    words << QLatin1Char('+') + chip(token).text;
  for (const auto token : changes.went)
    words << QStringLiteral("−") + chip(token).text;
  return words.join(QLatin1Char(' '));
}

QVariant NeighboursItemModel::changesData(std::size_t row, int role) const {
  const bool any = row < m_beside.sinceStart.size();
  if (role == SortRole) return any ? qint64(m_beside.sinceStart[row].came.size()) : qint64(-1);
  if (role == Qt::DisplayRole) return any ? changesText(m_beside.sinceStart[row]) : QStringLiteral("–");
  if (role != Qt::ToolTipRole || !any) return {};
  const auto said = [this](const QString& since, const Exchanged& changes) {
    return changes.came.empty() && changes.went.empty() ? tr("%1 nothing has changed.").arg(since)
                                                        : tr("%1: %2").arg(since, changesText(changes));
  };
  auto text = said(tr("Since the start"), m_beside.sinceStart[row]);
  if (row < m_beside.sinceLast.size())
    text += QLatin1Char('\n') + said(tr("Since the snapshot of step %1").arg(m_beside.lastStep), m_beside.sinceLast[row]);
  return plainToolTip(text);
}

double NeighboursItemModel::shareOf(double score) const {
  if (m_found.metric == Metric::Cosine) return std::clamp(score, 0.0, 1.0);
  if (m_found.metric == Metric::Euclidean) return score > 0 ? std::clamp(m_nearest / score, 0.0, 1.0) : 1.0;
  return m_nearest > 0 ? std::clamp(score / m_nearest, 0.0, 1.0) : 0.0;
}

NeighboursItemModel::Mark NeighboursItemModel::markOf(TokenId token) const {
  if (m_beside.labels.contains(token)) return LabelWord;
  const bool start = std::ranges::any_of(m_origin.tokens, [&](const auto& row) { return std::ranges::find(row, token) != row.end(); });
  return start ? StartWord : NoMark;
}

QVariant NeighboursItemModel::normData(const RowNeighbours& row, int role) const {
  const auto& band = m_found.band;
  switch (role) {
  case Qt::DisplayRole:
    return number(row.norm);
  case SortRole:
    return static_cast<double>(row.norm);
  case BandRole:
    return QVariant::fromValue(QList<double>{band.low, band.median, band.high, m_topNorm * 1.05});
  case Qt::TextAlignmentRole:
    return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  case Qt::ToolTipRole:
    return tr("Length of this row: %1. The grey band holds nine of ten vocabulary tokens (%2 to %3, median %4).")
        .arg(number(row.norm), number(band.low), number(band.high), number(band.median));
  default:
    return {};
  }
}

QVariant NeighboursItemModel::neighbourData(const RowNeighbours& row, int place, int role) const {
  if (place >= static_cast<int>(row.neighbours.size())) return {};
  const auto& neighbour = row.neighbours[static_cast<std::size_t>(place)];
  switch (role) {
  case Qt::DisplayRole:
    return QStringLiteral("%1 %2").arg(chip(neighbour.token).text, number(neighbour.score));
  case SortRole:
    return static_cast<double>(neighbour.score);
  case TokenRole:
    return chip(neighbour.token).text;
  case ChipRole:
    return QVariant::fromValue(chip(neighbour.token));
  case SharedRole:
    return static_cast<int>(m_rowsNear.value(neighbour.token).size());
  case ShareRole:
    return shareOf(neighbour.score);
  case MarkRole:
    return int(markOf(neighbour.token));
  case ChanceRole: {
    const auto at = static_cast<std::size_t>(place);
    if (at >= m_beside.chance.high.size()) return {};
    const double one = shareOf(m_beside.chance.low[at]), other = shareOf(m_beside.chance.high[at]);
    return QVariant::fromValue(QList<double>{std::min(one, other), std::max(one, other)});
  }
  case Qt::ToolTipRole: {
    auto text = chip(neighbour.token).toolTip + QLatin1Char('\n') +
                tr("%1 %2").arg(headerData(FirstNeighbour, Qt::Horizontal, Qt::UserRole).toString(), number(neighbour.score));
    const auto at = static_cast<std::size_t>(place);
    if (at < m_beside.chance.high.size())
      text += QLatin1Char('\n') + tr("By chance %1 to %2: the grey zone, where nine of ten random vectors lie")
                                      .arg(number(m_beside.chance.low[at]), number(m_beside.chance.high[at]));
    if (const auto mark = markOf(neighbour.token); mark == LabelWord)
      text += QLatin1Char('\n') + tr("Begins a label of the data");
    else if (mark == StartWord)
      text += QLatin1Char('\n') + tr("A row of this prompt started from it");
    if (const auto rows = rowsNear(neighbour.token); !rows.isEmpty()) text += QLatin1Char('\n') + rows;
    return plainToolTip(text);
  }
  default:
    return {};
  }
}

QString NeighboursItemModel::rowsNear(TokenId token) const {
  const auto rows = m_rowsNear.value(token);
  if (rows.size() < 2) return {};
  QStringList texts;
  for (const int row : rows)
    texts << QString::number(row);
  return tr("Near several virtual tokens: %1").arg(texts.join(QStringLiteral(", ")));
}

QVariant NeighboursItemModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  const auto metric = m_found.metric == Metric::Cosine      ? tr("cosine")
                      : m_found.metric == Metric::Euclidean ? tr("distance")
                                                            : tr("dot product");
  if (role == Qt::UserRole) return metric;
  if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
  if (role == Qt::DisplayRole) {
    switch (section) {
    case Row:
      return tr("Token");
    case Start:
      return tr("Started as");
    case Norm:
      return tr("Norm");
    case Drift:
      return tr("Drift");
    case Shares:
      return tr("Shares with");
    case Changes:
      return tr("Came and went");
    default:
      return section == FirstNeighbour ? tr("Nearest, %1").arg(metric) : tr("%1.").arg(section - FirstNeighbour + 1);
    }
  }
  if (role == Qt::ToolTipRole) {
    switch (section) {
    case Row:
      return tr("The virtual tokens: trainable rows of numbers that the model reads like tokens");
    case Start:
      return tr("The vocabulary token that the row started from");
    case Norm:
      return tr("Length of the row (a dot) beside the lengths of nine of ten vocabulary tokens (the band)");
    case Drift:
      return tr("How far the row has moved from its start");
    case Shares:
      return tr("Rows that have neighbours in common (Lester et al. 2021: the capacity is more than the task needs)");
    case Changes:
      return tr("Neighbours that are new since the start, and those that were there");
    default:
      return tr("Vocabulary tokens, nearest first. The bar behind shows how near, the grey zone what random vectors reach. Dots: near "
                "several rows (orange), begins a label (green), a row's start (blue).");
    }
  }
  return {};
}

}  // namespace incipit::ui
