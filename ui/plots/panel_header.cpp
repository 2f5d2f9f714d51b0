#include "ui/plots/panel_header.h"

#include <algorithm>

namespace incipit::ui {
namespace {

constexpr int swatchWidth = 16, gap = 8, entryGap = 16;

}  // namespace

PanelHeader::PanelHeader(QCustomPlot* plot, QString title, QString unit)
    : QCPLayoutElement(plot), m_title(std::move(title)), m_unit(std::move(unit)) {
  setLayer(QStringLiteral("overlay"));  // redrawn with the cursor, without the curves
  setMinimumMargins(QMargins());
  setMargins(QMargins());
  const int height = minimumOuterSizeHint().height();
  setMinimumSize(64, height);
  setMaximumSize(QWIDGETSIZE_MAX, height);
}

QSize PanelHeader::minimumOuterSizeHint() const { return {64, QFontMetrics(mParentPlot->font()).height() + gap}; }

void PanelHeader::draw(QCPPainter* painter) {
  m_places.clear();
  const QRect area = m_rect ? QRect(m_rect->left(), rect().top(), m_rect->width(), rect().height()) : rect();
  auto titleFont = mParentPlot->font();
  const QFontMetrics metrics(titleFont);
  titleFont.setWeight(QFont::DemiBold);

  const int usual = metrics.horizontalAdvance(QStringLiteral("00.000"));
  for (const auto& entry : m_entries) {
    auto& widest = m_widest.try_emplace(entry.curve, usual).first->second;
    widest = std::max(widest, metrics.horizontalAdvance(entry.value));
  }
  const auto widthOf = [&](const Entry& entry, bool named) {
    return swatchWidth + gap + (named ? metrics.horizontalAdvance(entry.name) + gap : 0) + m_widest[entry.curve];
  };
  const int titleWidth = QFontMetrics(titleFont).horizontalAdvance(m_title);
  const auto entries = fitting(area.width() - titleWidth, widthOf);
  const auto total = [&](bool named) {
    int width = 0;
    for (const auto& entry : entries)
      width += widthOf(entry, named) + entryGap;
    return width;
  };
  // Too narrow: first go entries that stand in the plot too, then the unit, then the names of the entries, at last the entries.
  const int unitWidth = metrics.horizontalAdvance(m_unit) + gap;
  const bool showUnit = titleWidth + unitWidth + total(true) <= area.width();
  const bool named = titleWidth + total(true) <= area.width();

  painter->setFont(titleFont);
  painter->setPen(m_titleColour);
  painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter, m_title);
  painter->setFont(mParentPlot->font());
  if (showUnit) {
    painter->setPen(m_quietColour);
    painter->drawText(area.adjusted(titleWidth + gap, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, m_unit);
  }
  if (titleWidth + total(named) > area.width()) return;

  int right = area.right() + 1;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const int width = widthOf(*entry, named);
    const QRect place(right - width, area.top(), width, area.height());
    m_places.emplace_back(place, entry->curve);
    drawSwatch(painter, *entry, QRect(place.left(), place.top(), swatchWidth, place.height()));
    painter->setPen(m_quietColour);
    if (named) painter->drawText(place.adjusted(swatchWidth + gap, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, entry->name);
    painter->setPen(entry->shown ? m_titleColour : m_quietColour);
    if (entry->shown) painter->drawText(place, Qt::AlignRight | Qt::AlignVCenter, entry->value);
    right = place.left() - entryGap;
  }
}

std::vector<PanelHeader::Entry> PanelHeader::fitting(int width, const std::function<int(const Entry&, bool)>& widthOf) const {
  int all = 0;
  for (const auto& entry : m_entries)
    all += widthOf(entry, true) + entryGap;
  auto entries = m_entries;
  if (all > width) std::erase_if(entries, [](const Entry& entry) { return entry.mayGo; });
  return entries;
}

void PanelHeader::drawSwatch(QCPPainter* painter, const Entry& entry, const QRect& place) const {
  painter->save();
  painter->setAntialiasing(true);
  const auto colour = entry.shown ? entry.colour : mixed(m_quietColour, entry.colour, 0.3);
  const QPointF middle = QRectF(place).center();
  if (entry.stroke == Stroke::Dots) {
    painter->setPen(QPen(colour, 1.5));
    painter->setBrush(entry.shown ? QBrush(colour) : QBrush(Qt::NoBrush));
    painter->drawEllipse(middle, 3.5, 3.5);
  } else {
    const auto line = !entry.shown ? Qt::DotLine : entry.stroke == Stroke::Level ? Qt::DashLine : Qt::SolidLine;
    painter->setPen(QPen(colour, entry.stroke == Stroke::Bold ? 3 : entry.stroke == Stroke::Level ? 1.5 : 1, line, Qt::FlatCap));
    painter->drawLine(QPointF(place.left(), middle.y()), QPointF(place.right() + 1, middle.y()));
  }
  painter->restore();
}

std::optional<int> PanelHeader::entryAt(const QPointF& place) const {
  for (const auto& [area, curve] : m_places)
    if (QRectF(area).contains(place)) return curve;
  return {};
}

}  // namespace incipit::ui
