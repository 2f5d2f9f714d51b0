#include "ui/inspection/neighbour_delegate.h"

#include "ui/inspection/neighbours_item_model.h"
#include "ui/settings/theme.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace incipit::ui {
namespace {

constexpr int margin = 4;

int scoreWidth(const QFontMetrics& metrics) { return metrics.horizontalAdvance(QStringLiteral("−00.000")); }

}  // namespace

QSize NeighbourDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const QFontMetrics metrics(option.font);
  const int height = std::max(metrics.height(), static_cast<int>(chipSize(virtualChip(1), option.font).height())) + grid;
  const auto chip = index.data(NeighboursItemModel::ChipRole);
  int width = scoreWidth(metrics) + 2 * margin;
  if (chip.isValid()) {
    width = static_cast<int>(chipSize(chip.value<TokenChip>(), option.font).width()) + 2 * margin;
    if (index.data(NeighboursItemModel::ShareRole).isValid()) width += scoreWidth(metrics) + grid;
  } else if (index.data(NeighboursItemModel::BandRole).isValid()) {
    width += 10 * grid;
  }
  return {width, height};
}

void NeighbourDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const bool chip = index.data(NeighboursItemModel::ChipRole).isValid();
  const bool band = index.data(NeighboursItemModel::BandRole).isValid();
  QStyleOptionViewItem cell(option);
  initStyleOption(&cell, index);
  if (chip || band) cell.text.clear();
  const auto* widget = option.widget;
  // A selected row is tinted, not filled: chips and bars keep their colours on it.
  cell.state &= ~QStyle::State_Selected;
  if (option.state & QStyle::State_Selected)
    painter->fillRect(option.rect, mixed(option.palette.color(QPalette::Base), accent(option.palette), 0.16));
  (widget ? widget->style() : QApplication::style())->drawControl(QStyle::CE_ItemViewItem, &cell, painter, widget);
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setClipRect(option.rect);
  if (band) paintNorm(painter, option, index);
  if (chip) paintChipCell(painter, option, index);
  painter->restore();
}

void NeighbourDelegate::paintChipCell(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const auto chip = index.data(NeighboursItemModel::ChipRole).value<TokenChip>();
  const auto share = index.data(NeighboursItemModel::ShareRole);
  const QRectF cell = QRectF(option.rect).adjusted(margin, 2, -margin, -2);
  QRectF room = cell;
  if (share.isValid()) {
    const auto tint = hue(Hue::Blue, option.palette);
    painter->setPen(Qt::NoPen);
    painter->setBrush(mixed(option.palette.color(QPalette::Base), tint, isDark(option.palette) ? 0.32 : 0.18));
    painter->drawRoundedRect(QRectF(cell.left(), cell.top(), cell.width() * share.toDouble(), cell.height()), 3, 3);
    // What chance reaches: a score inside the grey zone says nothing, and is written in grey.
    const auto chance = index.data(NeighboursItemModel::ChanceRole).value<QList<double>>();
    const bool bare = chance.size() == 2 && share.toDouble() <= chance[1];
    if (chance.size() == 2) {
      auto grey = option.palette.color(QPalette::Text);
      grey.setAlphaF(0.10f);
      const double left = cell.left() + cell.width() * chance[0], right = cell.left() + cell.width() * chance[1];
      painter->fillRect(QRectF(left, cell.top(), right - left, cell.height()), grey);
      grey.setAlphaF(0.45f);
      painter->fillRect(QRectF(right - 1, cell.top(), 1, cell.height()), grey);
    }
    const QFontMetrics metrics(option.font);
    painter->setFont(tabularDigits(option.font));
    painter->setPen(bare ? muted(option.palette) : option.palette.color(QPalette::Text));
    const auto score = index.data(Qt::DisplayRole).toString().section(QLatin1Char(' '), -1);
    painter->drawText(cell.adjusted(0, 0, -margin, 0), Qt::AlignRight | Qt::AlignVCenter, score);
    room.setRight(cell.right() - metrics.horizontalAdvance(score) - 2 * margin);
  }
  const auto size = chipSize(chip, option.font);
  const QRectF place(room.left() + (share.isValid() ? margin : 0), room.center().y() - size.height() / 2,
                     std::min(size.width(), std::max(room.width() - margin, 1.0)), size.height());
  paintChip(*painter, place, chip, option.palette, option.font);
  const auto sought = option.widget ? option.widget->property(soughtToken).toString() : QString();
  if (!sought.isEmpty() && index.data(NeighboursItemModel::TokenRole).toString().contains(sought, Qt::CaseInsensitive)) {
    painter->setPen(QPen(accent(option.palette), 2));
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(place.adjusted(-1, -1, 1, 1), 5, 5);
  }
  // A token that is near several rows carries a dot: the rows have come together, or never were apart.
  if (index.data(NeighboursItemModel::SharedRole).toInt() > 1) {
    painter->setPen(QPen(option.palette.color(QPalette::Base), 1));
    painter->setBrush(hue(Hue::Vermillion, option.palette));
    painter->drawEllipse(place.topRight() + QPointF(-1, 1), 3.5, 3.5);
  }
  if (const auto mark = index.data(NeighboursItemModel::MarkRole).toInt(); mark != NeighboursItemModel::NoMark) {
    painter->setPen(QPen(option.palette.color(QPalette::Base), 1));
    painter->setBrush(hue(mark == NeighboursItemModel::LabelWord ? Hue::Green : Hue::Blue, option.palette));
    painter->drawEllipse(place.topLeft() + QPointF(1, 1), 3.5, 3.5);
  }
}

void NeighbourDelegate::paintNorm(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const auto band = index.data(NeighboursItemModel::BandRole).value<QList<double>>();
  const double norm = index.data(NeighboursItemModel::SortRole).toDouble();
  const QFontMetrics metrics(option.font);
  const QRectF cell = QRectF(option.rect).adjusted(margin, 0, -margin, 0);
  painter->setFont(tabularDigits(option.font));
  painter->setPen(option.palette.color(QPalette::Text));
  painter->drawText(cell, Qt::AlignRight | Qt::AlignVCenter, index.data(Qt::DisplayRole).toString());
  const QRectF scale(cell.left() + margin, cell.center().y() - 4, cell.width() - scoreWidth(metrics) - 3 * margin, 8);
  if (scale.width() < 16 || band.size() < 4 || band[3] <= 0) return;
  const auto place = [&](double value) { return scale.left() + scale.width() * std::clamp(value / band[3], 0.0, 1.0); };
  const auto base = option.palette.color(QPalette::Base), text = option.palette.color(QPalette::Text);
  painter->setPen(Qt::NoPen);
  painter->setBrush(mixed(base, text, 0.10));
  painter->drawRoundedRect(scale.adjusted(0, 3, 0, -3), 1, 1);
  painter->setBrush(mixed(base, text, 0.28));
  painter->drawRoundedRect(QRectF(place(band[0]), scale.top(), place(band[2]) - place(band[0]), scale.height()), 2, 2);
  painter->setPen(QPen(mixed(base, text, 0.6), 1));
  painter->drawLine(QPointF(place(band[1]), scale.top()), QPointF(place(band[1]), scale.bottom()));
  const bool outside = norm < band[0] || norm > band[2];
  painter->setPen(QPen(base, 1.5));
  painter->setBrush(hue(outside ? Hue::Vermillion : Hue::Blue, option.palette));
  painter->drawEllipse(QPointF(place(norm), scale.center().y()), 4.5, 4.5);
}

}  // namespace incipit::ui
