#include "ui/dataset/label_words_item_model.h"

namespace incipit::ui {

void LabelWordsItemModel::show(const QStringList& values, const std::map<std::string, std::string>& words) {
  if (values == m_values && words == m_words) return;
  beginResetModel();
  m_values = values;
  m_words = words;
  endResetModel();
}

int LabelWordsItemModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(m_values.size()); }
int LabelWordsItemModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(Columns); }

QVariant LabelWordsItemModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  if (role != Qt::DisplayRole && role != Qt::EditRole) return {};
  const auto& value = m_values[index.row()];
  if (index.column() == Value) return value;
  const auto found = m_words.find(value.toStdString());
  return found == m_words.end() ? value : QString::fromStdString(found->second);
}

QVariant LabelWordsItemModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (role != Qt::DisplayRole || orientation != Qt::Horizontal) return {};
  return section == Value ? tr("Label in the file") : tr("Word to learn");
}

Qt::ItemFlags LabelWordsItemModel::flags(const QModelIndex& index) const {
  const auto flags = QAbstractTableModel::flags(index);
  return index.isValid() && index.column() == Word ? flags | Qt::ItemIsEditable : flags;
}

bool LabelWordsItemModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid) || index.column() != Word || role != Qt::EditRole) return false;
  const auto label = m_values[index.row()].toStdString();
  const auto word = value.toString().trimmed().toStdString();
  if (word.empty() || word == label)
    m_words.erase(label);
  else
    m_words[label] = word;
  emit dataChanged(index, index);
  emit edited(m_words);
  return true;
}

}  // namespace incipit::ui
