// What the model is to say for each label of a classification ("1" -> "positive"): the verbaliser, editable.
#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <map>
#include <string>

namespace incipit::ui {

class LabelWordsItemModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  using QAbstractTableModel::QAbstractTableModel;

  enum Column { Value, Word, Columns };
  void show(const QStringList& values, const std::map<std::string, std::string>& words);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

 signals:
  void edited(const std::map<std::string, std::string>& words);  // an empty word means the value itself

 private:
  QStringList m_values;
  std::map<std::string, std::string> m_words;
};

}  // namespace incipit::ui
