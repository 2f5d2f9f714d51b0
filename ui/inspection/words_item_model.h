// A prompt in words, as a table: a way a row, what the words are worth as typed, and how much they keep of what the prompt has gained over
// the bare model.
#pragma once

#include "core/inspection/translate.h"

#include <QAbstractTableModel>
#include <vector>

namespace incipit::ui {

class WordsItemModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Way, Loss, Accuracy, Kept, Tokens, Words, Columns };
  using QAbstractTableModel::QAbstractTableModel;

  void add(JudgedWords words);
  void clear();
  const std::vector<JudgedWords>& words() const { return m_words; }
  // The best words there are, after the prompt and the bare model; null: none yet.
  const JudgedWords* best() const;
  // How much of the prompt's gain over the bare model is kept; no number where that cannot be said.
  double kept(const JudgedWords& words) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  const JudgedWords* of(InWords way) const;

  std::vector<JudgedWords> m_words;
};

}  // namespace incipit::ui
