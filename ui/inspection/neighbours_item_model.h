// The nearest vocabulary tokens of every virtual token as a table: a row a virtual token. Values change in place while training runs,
// so selection and scroll position stay; raw numbers stand under SortRole, so that sorting is numeric.
#pragma once

#include "core/inspection/neighbours.h"
#include "ui/tokens/token_chip.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QList>
#include <memory>
#include <vector>

namespace incipit::ui {

class NeighboursItemModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Row, Start, Norm, Drift, FirstNeighbour };
  enum Role {
    SortRole = Qt::UserRole,  // qint64 or double
    ChipRole,                 // TokenChip
    ShareRole,                // 0..1: how near, for a bar
    BandRole,                 // QList<double>{low, median, high, top}: the vocabulary's norms and the end of the scale
    SharedRole,               // int: in how many rows this token is a neighbour
    TokenRole,                // QString: the text of a token, which a search looks for; empty where a cell holds none
  };

  enum class Vectors { VirtualTokens, Random };
  explicit NeighboursItemModel(Vectors vectors, QObject* parent = nullptr);

  // What the rows started from (one token each, or none) and how far they have moved; either may be empty.
  struct Origin {
    std::vector<std::vector<TokenId>> tokens;
    std::vector<double> drift;
  };
  void show(Neighbourhood found, std::shared_ptr<const Tokenizer> tokenizer, Origin origin);
  void clear();
  const Neighbourhood& neighbourhood() const { return m_found; }
  int neighbours() const { return m_columns; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  const TokenChip& chip(TokenId token) const;
  QVariant neighbourData(const RowNeighbours& row, int place, int role) const;
  QVariant startData(std::size_t row, int role) const;
  QVariant normData(const RowNeighbours& row, int role) const;
  QString rowsNear(TokenId token) const;
  void measure();
  TokenChip rowChip(int row) const;

  Vectors m_vectors;
  Neighbourhood m_found{};
  Origin m_origin;
  std::shared_ptr<const Tokenizer> m_tokenizer;
  int m_columns = 0;                      // neighbours a row
  double m_nearest = 1, m_topNorm = 1;    // of the whole table: the ends of the scales
  QHash<TokenId, QList<int>> m_rowsNear;  // rows (from 1) in which a token is a neighbour
  mutable QHash<TokenId, TokenChip> m_chips;
};

}  // namespace incipit::ui

Q_DECLARE_METATYPE(incipit::ui::TokenChip)
