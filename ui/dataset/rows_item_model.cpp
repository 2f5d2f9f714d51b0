#include "ui/dataset/rows_item_model.h"

#include "ui/settings/plain_text.h"

#include <limits>
#include <utility>

namespace incipit::ui {
namespace {

constexpr std::int64_t mostAtOnce = 100'000;  // rows
constexpr qsizetype mostShown = 400;          // characters of a cell; the whole text is in the tooltip

QString join(const std::vector<std::int32_t>& numbers) {
  QStringList all;
  for (std::size_t i = 0; i < numbers.size() && i < 64; ++i)
    all.append(QString::number(numbers[i]));
  if (numbers.size() > 64) all.append(QChar(0x2026));
  return all.join(QLatin1Char(' '));
}

}  // namespace

void RowsItemModel::show(std::shared_ptr<const Table> table) {
  if (table == m_table && !m_some) return;
  beginResetModel();
  m_table = std::move(table);
  m_cellsOf = -1;
  m_some = false;
  m_rows.clear();
  m_shown = int(std::min(all(), mostAtOnce));
  endResetModel();
}

void RowsItemModel::showOnly(std::shared_ptr<const Table> table, std::vector<std::int64_t> rows) {
  beginResetModel();
  m_table = std::move(table);
  m_cellsOf = -1;
  m_some = true;
  m_rows = std::move(rows);
  m_shown = int(std::min(all(), mostAtOnce));
  endResetModel();
}

std::int64_t RowsItemModel::all() const {
  return !m_table ? 0 : m_some ? std::int64_t(m_rows.size()) : std::min<std::int64_t>(m_table->size(), std::numeric_limits<int>::max());
}

const std::vector<std::string>& RowsItemModel::cells(std::int64_t row) const {
  if (row == m_cellsOf) return m_cells;
  m_cellsOf = row;
  try {
    m_cells = m_table->row(row);
  } catch (const std::exception&) {
    m_cells.clear();  // the file has changed; whoever reads all of it says so
  }
  return m_cells;
}

bool RowsItemModel::canFetchMore(const QModelIndex& parent) const { return !parent.isValid() && m_shown < all(); }

void RowsItemModel::fetchMore(const QModelIndex& parent) {
  if (!canFetchMore(parent)) return;
  const int more = int(std::min(all() - m_shown, mostAtOnce));
  beginInsertRows({}, m_shown, m_shown + more - 1);
  m_shown += more;
  endInsertRows();
}

int RowsItemModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : m_shown; }

int RowsItemModel::columnCount(const QModelIndex& parent) const {
  if (parent.isValid() || !m_table) return 0;
  return m_table->tokenised ? 2 : int(m_table->columns.size());
}

QVariant RowsItemModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid) || !m_table) return {};
  if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
  const std::int64_t row = tableRow(index.row());
  const auto column = std::size_t(index.column());
  if (m_table->tokenised) {
    try {
      const auto ids = m_table->tokenisedRow(row);
      return join(column == 0 ? ids.inputIds : ids.labels);
    } catch (const std::exception&) {
      return {};
    }
  }
  const auto& values = cells(row);
  if (column >= values.size()) return {};
  auto text = QString::fromStdString(values[column]);
  if (role == Qt::ToolTipRole) return plainToolTip(text);
  if (text.size() > mostShown) text = text.left(mostShown) + QChar(0x2026);
  return text.replace(QLatin1Char('\n'), QChar(0x21b5));
}

QVariant RowsItemModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (role != Qt::DisplayRole || !m_table || section < 0) return {};
  if (orientation == Qt::Vertical) return section < m_shown ? QVariant(qlonglong(tableRow(section) + 1)) : QVariant();
  if (m_table->tokenised) return section == 0 ? QStringLiteral("input_ids") : QStringLiteral("labels");
  return section < int(m_table->columns.size()) ? QString::fromStdString(m_table->columns[std::size_t(section)]) : QString();
}

}  // namespace incipit::ui
