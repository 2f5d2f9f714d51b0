// What the map looks like. Points and names are drawn into a picture that stays until zoom, place or palette change; paths and chips above
// it.
#include "ui/inspection/map_labels.h"
#include "ui/inspection/map_view.h"
#include "ui/settings/theme.h"
#include "ui/tokens/token_chip.h"

#include <QFontMetricsF>
#include <QPaintEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

constexpr double smallPoint = 1.2, largePoint = 4;
constexpr double faintest = 0.34, strongest = 0.8;  // of a single point, from far and from near
constexpr int looked = 6000;                        // at so many points in view for names
constexpr double namesAtFirst = 36;                 // on a million pixels, where everything is shown; more the nearer one is
constexpr double mostNames = 180;
constexpr int markedAtMost = 4000;  // rings
constexpr double gap = 6;

bool has(const std::vector<std::int64_t>& rows, std::int64_t row) { return std::ranges::binary_search(rows, row); }

// Places for a chip around a dot, nearest first.
std::vector<QPointF> around(const QPointF& dot, const QSizeF& size) {
  std::vector<QPointF> places{dot};
  for (int ring = 1; ring <= 4; ++ring)
    for (int turn = 0; turn < 8; ++turn) {
      const double angle = (turn * 45 - 90) * M_PI / 180;
      places.push_back(dot +
                       QPointF(std::cos(angle) * (size.width() + gap) * ring * 0.8, std::sin(angle) * (size.height() + gap) * ring * 0.8));
    }
  return places;
}

}  // namespace

// Larger the nearer one is, and on a large picture.
double MapView::pointRadius() const {
  const double megapixels = m_window.size.width() * m_window.size.height() / 1e6;
  return std::min(largePoint, smallPoint * std::pow(std::max(zoomed(), 1.0), 0.28) * std::pow(std::max(megapixels, 1.0), 0.25));
}

void MapView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const double ratio = devicePixelRatioF();
  if (m_drawn == nullptr) {
    m_drawn = &drawPoints(m_pointsPicture, palette(), ratio);
    QPainter picture(m_drawn);
    drawNames(picture, palette());
  }
  painter.drawImage(0, 0, *m_drawn);
  painter.setRenderHint(QPainter::Antialiasing);
  drawMarked(painter, palette());
  painter.setOpacity(m_faded ? 0.4 : 1);
  drawPaths(painter, palette());
  drawRows(painter, palette());
  painter.setOpacity(1);
  drawHovered(painter, palette());
  if (!m_lasso.isEmpty()) {
    auto fill = accent(palette());
    painter.setPen(QPen(fill, 1.5, Qt::DashLine));
    fill.setAlphaF(0.12f);
    painter.setBrush(fill);
    painter.drawPolygon(m_lasso);
  }
  if (!hasFocus()) return;
  painter.setPen(QPen(accent(palette()), 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
}

void MapView::paintAll(QPainter& painter, const QPalette& colours) {
  PointsPicture picture;
  painter.drawImage(0, 0, drawPoints(picture, colours, 2));
  painter.setRenderHint(QPainter::Antialiasing);
  drawNames(painter, colours);
  drawMarked(painter, colours);
  drawPaths(painter, colours);
  drawRows(painter, colours);
}

QImage& MapView::drawPoints(PointsPicture& picture, const QPalette& colours, double ratio) const {
  const auto ground = colours.color(QPalette::Base);
  const auto colour = mixed(ground, colours.color(QPalette::Text), isDark(colours) ? 0.62 : 0.55);
  const double strength = std::clamp(faintest + 0.08 * std::log2(std::max(zoomed(), 1.0)), faintest, strongest);
  return picture.draw(m_points, m_window, ratio, pointRadius(), strength, colour, ground);
}

// What was looked for first, then by worth; each to the right of its point where it has room there, none over another.
void MapView::drawNames(QPainter& painter, const QPalette& colours) {
  m_names.clear();
  if (!m_words.name) return;
  const auto font = chipFont(this->font());
  const QFontMetricsF metrics(font);
  const double megapixels = m_window.size.width() * m_window.size.height() / 1e6;
  const double wanted = std::min(mostNames, namesAtFirst * std::max(0.4, megapixels) * std::pow(std::max(1.0, zoomed()), 0.6));
  m_widths.resize(m_points.size(), -1);
  LabelRoom room(QRectF({}, m_window.size));
  int seen = 0;
  const auto tryOne = [&](int point) {
    const auto at = m_window.toScreen(m_points[std::size_t(point)]);
    if (at.x() < 0 || at.y() < 0 || at.x() > m_window.size.width() || at.y() > m_window.size.height()) return;
    ++seen;
    float& width = m_widths[std::size_t(point)];
    if (width < 0) width = float(metrics.horizontalAdvance(m_words.name(point)));
    const QRectF place(at + QPointF(pointRadius() + 2, -metrics.height() / 2), QSizeF(double(width), metrics.height()));
    if (width == 0 || !room.take(place.adjusted(-gap, -2, gap, 2))) return;
    m_names.emplace_back(point, place);
  };
  for (const int point : m_found)
    if (m_names.size() < std::size_t(mostNames)) tryOne(point);
  for (const int point : m_worth) {
    if (double(m_names.size()) >= wanted || seen >= looked) break;
    tryOne(point);
  }
  const auto base = colours.color(QPalette::Base);
  painter.setFont(font);
  for (const auto& [point, place] : m_names) {
    auto ground = base;
    ground.setAlphaF(0.72f);
    painter.fillRect(place.adjusted(-1, 1, 1, -1), ground);
    painter.setPen(colours.color(QPalette::Text));
    painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, m_words.name(point));
  }
}

void MapView::drawMarked(QPainter& painter, const QPalette& colours) {
  const auto ring = [&](const std::vector<int>& points, const QColor& colour, double radius) {
    painter.setPen(QPen(colour, 1.5));
    painter.setBrush(Qt::NoBrush);
    int drawn = 0;
    for (const int point : points) {
      const auto at = m_window.toScreen(m_points[std::size_t(point)]);
      if (!rect().contains(at.toPoint()) || ++drawn > markedAtMost) continue;
      painter.drawEllipse(at, radius, radius);
    }
  };
  ring(m_inLasso, hue(Hue::Sky, colours), pointRadius() + 1.5);
  ring(m_found, hue(Hue::Orange, colours), pointRadius() + 3.5);
}

// The token under the pointer has its name at once.
void MapView::drawHovered(QPainter& painter, const QPalette& colours) {
  if (m_hovered < 0 || !m_words.name) return;
  const auto at = m_window.toScreen(m_points[std::size_t(m_hovered)]);
  const auto font = chipFont(this->font());
  const QFontMetricsF metrics(font);
  const auto name = m_words.name(m_hovered);
  QRectF place(at + QPointF(pointRadius() + 5, -metrics.height() / 2 - 2),
               QSizeF(metrics.horizontalAdvance(name) + 8, metrics.height() + 4));
  if (place.right() > width()) place.moveRight(at.x() - pointRadius() - 5);
  painter.setPen(QPen(colours.color(QPalette::Text), 1.5));
  painter.setBrush(Qt::NoBrush);
  painter.drawEllipse(at, pointRadius() + 2, pointRadius() + 2);
  painter.setPen(QPen(hairline(colours), 1));
  painter.setBrush(colours.color(QPalette::Base));
  painter.drawRoundedRect(place, 4, 4);
  painter.setFont(font);
  painter.setPen(colours.color(QPalette::Text));
  painter.drawText(place, Qt::AlignCenter, name);
}

// From pale to dark, as time goes; where some rows are chosen, the others' are hardly there.
void MapView::drawPaths(QPainter& painter, const QPalette& colours) {
  for (const auto& row : m_rows) {
    const bool chosen = has(m_chosen, row.row);
    const double strength = m_chosen.empty() ? 0.7 : chosen ? 1 : 0.15;
    for (std::size_t i = 1; i <= row.path.size() && !row.path.empty(); ++i) {
      auto colour = accent(colours);
      colour.setAlphaF(float(strength * (0.15 + 0.85 * double(i) / double(row.path.size()))));
      const auto from = m_window.toScreen(row.path[i - 1]), to = m_window.toScreen(i < row.path.size() ? row.path[i] : row.place);
      painter.setPen(QPen(colour, chosen ? 2.5 : 1.3, Qt::SolidLine, Qt::RoundCap));
      painter.drawLine(from, to);
      painter.setPen(Qt::NoPen);
      painter.setBrush(colour);
      painter.drawEllipse(from, chosen ? 3 : 2, chosen ? 3 : 2);
    }
  }
}

// A dot at the place itself, and the numbered chip over it, or beside it where another one is; chosen ones last, above all.
void MapView::drawRows(QPainter& painter, const QPalette& colours) {
  m_chips.clear();
  LabelRoom room(QRectF({}, m_window.size));
  std::vector<const MapRow*> order;
  for (const auto& row : m_rows)
    order.push_back(&row);
  std::ranges::stable_sort(order, {}, [&](const MapRow* row) { return !has(m_chosen, row->row); });
  struct Chip {
    const MapRow* row;
    QPointF dot;
    QRectF place;
  };
  std::vector<Chip> chips;
  for (const auto* row : order) {
    const auto dot = m_window.toScreen(row->place);
    const auto size = chipSize(virtualChip(row->row + 1), font());
    for (const auto& centre : around(dot, size)) {
      const QRectF place(centre - QPointF(size.width(), size.height()) / 2, size);
      if (!room.take(place.adjusted(-1, -1, 1, 1))) continue;
      chips.push_back({row, dot, place});
      break;
    }
    painter.setPen(QPen(colours.color(QPalette::Base), 1.5));
    painter.setBrush(accent(colours));
    painter.drawEllipse(dot, 4, 4);
  }
  const double opacity = painter.opacity();
  for (auto it = chips.rbegin(); it != chips.rend(); ++it) {  // chosen ones last
    const bool chosen = has(m_chosen, it->row->row), quiet = !m_chosen.empty() && !chosen;
    painter.setOpacity(opacity * (quiet ? 0.55 : 1));
    if (!it->place.contains(it->dot)) {
      painter.setPen(QPen(accent(colours), 1));
      painter.drawLine(it->dot, it->place.center());
    }
    paintChip(painter, it->place, virtualChip(it->row->row + 1), colours, font());
    if (chosen) {
      painter.setPen(QPen(colours.color(QPalette::Text), 2));
      painter.setBrush(Qt::NoBrush);
      painter.drawRoundedRect(it->place.adjusted(-2, -2, 2, 2), 5, 5);
    }
    m_chips.emplace_back(it->row->row, it->place);
  }
  painter.setOpacity(opacity);
}

}  // namespace incipit::ui
