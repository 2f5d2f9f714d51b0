// What the model would say behind each block, as a table: a row for every row that it reads (virtual tokens and text), a column for every
// block; a chip is the likeliest next token, its depth of colour the probability.
#pragma once

#include "core/inspection/lens.h"
#include "ui/tokens/token_chip.h"

#include <QAbstractTableModel>
#include <QHash>
#include <memory>
#include <vector>

namespace incipit::ui {

struct LensTable {
  QList<TokenChip> rows;                              // what is read
  std::vector<std::int64_t> blocks;                   // by their numbers, 0 being what enters the first
  std::vector<std::vector<std::vector<Guess>>> best;  // [block][row]: best first
  std::shared_ptr<const Tokenizer> tokenizer;
};

class LensItemModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  using QAbstractTableModel::QAbstractTableModel;

  void show(LensTable table);
  void clear() { show({}); }
  const LensTable& table() const { return m_table; }
  // The guesses of a cell, best first; none of the first column.
  const std::vector<Guess>& guesses(const QModelIndex& index) const;
  TokenChip chip(const Guess& guess) const;
  QString placeText(const QModelIndex& index) const;  // "behind virtual token 3, after block 12"

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  bool isLast(int column) const { return column == int(m_table.blocks.size()); }

  LensTable m_table;
  mutable QHash<TokenId, TokenChip> m_chips;
};

}  // namespace incipit::ui
