// Draws the cells of the neighbours' table: token chips with a bar of their similarity behind, and norms beside the vocabulary's band.
#pragma once

#include <QStyledItemDelegate>

namespace incipit::ui {

class NeighbourDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  static constexpr const char* soughtToken = "soughtToken";  // property of the view: tokens that hold this text have a ring

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

 private:
  void paintNorm(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
  void paintChipCell(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
};

}  // namespace incipit::ui
