#include "ui/runs/curve_delegate.h"

#include "ui/runs/runs_item_model.h"
#include "ui/settings/theme.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace incipit::ui {

void CurveDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  QStyledItemDelegate::paint(painter, option, index);
  const auto points = index.data(RunsItemModel::CurveRole).value<QList<float>>();
  if (points.size() < 2) return;
  float low = INFINITY, high = -INFINITY;
  for (const float point : points)
    if (std::isfinite(point)) low = std::min(low, point), high = std::max(high, point);
  if (!(low <= high)) return;
  const QRectF room = QRectF(option.rect).adjusted(grid / 2.0, 5, -grid / 2.0, -5);
  QPainterPath path;
  bool begun = false;
  for (qsizetype i = 0; i < points.size(); ++i) {
    if (!std::isfinite(points[i])) continue;
    const qreal share = high > low ? (points[i] - low) / (high - low) : 0.5;
    const QPointF place(room.left() + room.width() * qreal(i) / qreal(points.size() - 1), room.bottom() - share * room.height());
    begun ? path.lineTo(place) : path.moveTo(place);
    begun = true;
  }
  const bool chosen = option.state.testFlag(QStyle::State_Selected);
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(QPen(chosen ? option.palette.color(QPalette::HighlightedText) : hue(Hue::Blue, option.palette), 1.5));
  painter->setBrush(Qt::NoBrush);
  painter->drawPath(path);
  painter->restore();
}

QSize CurveDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
  return {grid * 8, option.fontMetrics.height() + grid};
}

}  // namespace incipit::ui
