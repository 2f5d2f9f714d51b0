// The nearest vocabulary tokens of every virtual token as a table: a row a virtual token. Values change in place while training runs,
// so selection and scroll position stay. Raw numbers stand under SortRole, so that sorting is numeric.
#pragma once

#include "core/inspection/movement.h"
#include "ui/tokens/token_chip.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QList>
#include <QSet>
#include <memory>
#include <utility>
#include <vector>

namespace incipit::ui {

class NeighboursItemModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Row, Start, Norm, Drift, Shares, Changes, FirstNeighbour };
  enum Role {
    SortRole = Qt::UserRole,  // qint64 or double
    ChipRole,                 // TokenChip
    ShareRole,                // 0..1: how near, for a bar
    BandRole,                 // QList<double>{low, median, high, top}: the vocabulary's norms and the end of the scale
    SharedRole,               // int: in how many rows this token is a neighbour
    ChanceRole,               // QList<double>{low, high}: between which shares nine of ten random vectors lie; invalid: not known
    MarkRole,                 // int of Mark: what else this token is
    TokenRole,                // QString: the text of a token, which a search looks for; empty where a cell holds none
  };

  enum Mark { NoMark, LabelWord, StartWord };
  enum class Vectors { VirtualTokens, Random };
  explicit NeighboursItemModel(Vectors vectors, QObject* parent = nullptr);

  // What the rows started from (one token each, or none) and how far they have moved; either may be empty.
  struct Origin {
    std::vector<std::vector<TokenId>> tokens;
    std::vector<double> drift;
  };
  // What stands beside the neighbours; every part may be empty.
  struct Beside {
    ChanceBand chance;
    std::vector<Exchanged> sinceStart, sinceLast;
    std::int64_t lastStep = 0;
    QSet<TokenId> labels;  // first tokens of the data's labels
  };
  void show(Neighbourhood found, std::shared_ptr<const Tokenizer> tokenizer, Origin origin, Beside beside);
  void show(Neighbourhood found, std::shared_ptr<const Tokenizer> tokenizer, Origin origin) {
    show(std::move(found), std::move(tokenizer), std::move(origin), Beside());
  }
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
  QVariant sharesData(std::size_t row, int role) const;
  QVariant changesData(std::size_t row, int role) const;
  QVariant driftData(std::size_t row, int role) const;
  QString changesText(const Exchanged& changes) const;
  double shareOf(double score) const;
  Mark markOf(TokenId token) const;
  QString rowsNear(TokenId token) const;
  void measure();
  TokenChip rowChip(int row) const;

  Vectors m_vectors;
  Neighbourhood m_found{};
  Origin m_origin;
  Beside m_beside;
  std::vector<std::int64_t> m_groups;  // of rows that share neighbours
  std::shared_ptr<const Tokenizer> m_tokenizer;
  int m_columns = 0;                      // neighbours a row
  double m_nearest = 1, m_topNorm = 1;    // of the whole table: the ends of the scales
  QHash<TokenId, QList<int>> m_rowsNear;  // rows (from 1) in which a token is a neighbour
  mutable QHash<TokenId, TokenChip> m_chips;
};

}  // namespace incipit::ui

Q_DECLARE_METATYPE(incipit::ui::TokenChip)
