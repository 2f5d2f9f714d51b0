// Rows of several lines of text want air between them.
#pragma once

#include "ui/settings/theme.h"

#include <QStyledItemDelegate>

namespace incipit::ui {

struct AiryRows : QStyledItemDelegate {
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    return QStyledItemDelegate::sizeHint(option, index) + QSize(0, grid);
  }
};

}  // namespace incipit::ui
