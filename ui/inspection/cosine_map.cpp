#include "ui/inspection/cosine_map.h"

#include "ui/settings/theme.h"
#include "ui/workspace/selection.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <array>
#include <cmath>

namespace incipit::ui {
namespace {

// Uniform to the eye from unlike to alike (cividis, Nuñez et al. 2018, at seven places); below 0 the other way, in red.
QColor colourOf(double cosine, const QPalette& palette) {
  static constexpr std::array<std::array<int, 3>, 7> cividis{
      {{0, 34, 78}, {53, 69, 108}, {102, 105, 112}, {149, 143, 120}, {188, 175, 111}, {224, 208, 86}, {254, 232, 56}}};
  if (!std::isfinite(cosine)) return palette.color(QPalette::Base);
  if (cosine < 0) return mixed(QColor(0, 34, 78), hue(Hue::Vermillion, palette), std::min(1.0, -cosine));
  const double at = std::min(cosine, 1.0) * (cividis.size() - 1);
  const auto low = std::min(std::size_t(at), cividis.size() - 2);
  const auto colour = [](const std::array<int, 3>& rgb) { return QColor(rgb[0], rgb[1], rgb[2]); };
  return mixed(colour(cividis[low]), colour(cividis[low + 1]), at - double(low));
}

}  // namespace

CosineMap::CosineMap(Selection& selection, QWidget* parent) : QWidget(parent), m_selection(selection) {
  setFocusPolicy(Qt::TabFocus);
  setAccessibleName(tr("Cosine of every two virtual tokens"));
  connect(&selection, &Selection::changed, this, qOverload<>(&QWidget::update));
  auto* copy = new QAction(tr("Copy as a table"), this);
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  connect(copy, &QAction::triggered, this, [this] { QApplication::clipboard()->setText(text()); });
  addAction(copy);
  setContextMenuPolicy(Qt::ActionsContextMenu);
}

void CosineMap::show(Matrix cosines, std::vector<std::int64_t> order) {
  m_cosines = std::move(cosines);
  m_order = std::move(order);
  m_placeOf.assign(m_order.size(), 0);
  for (std::size_t place = 0; place < m_order.size(); ++place)
    m_placeOf[std::size_t(m_order[place])] = std::int64_t(place);
  update();
}

QString CosineMap::text() const {
  QString all = tr("token");
  for (std::int64_t row = 0; row < m_cosines.rows; ++row)
    all += QStringLiteral("\t%1").arg(row + 1);
  for (std::int64_t row = 0; row < m_cosines.rows; ++row) {
    all += QStringLiteral("\n%1").arg(row + 1);
    for (const float value : m_cosines.row(row))
      all += QStringLiteral("\t%1").arg(double(value), 0, 'f', 4);
  }
  return all + QLatin1Char('\n');
}

QSize CosineMap::sizeHint() const { return {grid * 32, grid * 36}; }
QSize CosineMap::minimumSizeHint() const { return {grid * 18, grid * 20}; }

// Numbers above and on the left, the legend below.
QRectF CosineMap::square() const {
  const double labels = fontMetrics().horizontalAdvance(QStringLiteral("000")) + 4, legend = fontMetrics().height() + 2 * grid;
  const double side = std::max(8.0, std::min(width() - labels - 2, height() - labels - legend));
  return {labels, labels, side, side};
}

QRectF CosineMap::placeOf(std::int64_t row, std::int64_t column) const {
  const auto all = square();
  const double cell = all.width() / double(std::max<std::size_t>(1, m_order.size()));
  return {all.left() + double(m_placeOf[std::size_t(column)]) * cell, all.top() + double(m_placeOf[std::size_t(row)]) * cell, cell, cell};
}

std::optional<std::pair<std::int64_t, std::int64_t>> CosineMap::rowsAt(const QPointF& place) const {
  const auto all = square();
  if (m_order.empty() || !all.contains(place)) return {};
  const double cell = all.width() / double(m_order.size());
  const auto at = [&](double distance) { return m_order[std::min(std::size_t(distance / cell), m_order.size() - 1)]; };
  return std::pair(at(place.y() - all.top()), at(place.x() - all.left()));
}

void CosineMap::paintEvent(QPaintEvent*) {
  if (m_order.empty()) return;
  QPainter painter(this);
  const auto all = square();
  const double cell = all.width() / double(m_order.size());
  painter.setPen(Qt::NoPen);
  for (std::size_t i = 0; i < m_order.size(); ++i)
    for (std::size_t j = 0; j < m_order.size(); ++j) {
      const double x = std::floor(all.left() + double(j) * cell), y = std::floor(all.top() + double(i) * cell);
      painter.fillRect(QRectF(x, y, std::floor(all.left() + double(j + 1) * cell) - x, std::floor(all.top() + double(i + 1) * cell) - y),
                       colourOf(m_cosines.row(m_order[i])[std::size_t(m_order[j])], palette()));
    }
  // As many numbers as fit.
  const int step = std::max(1, int(std::ceil(fontMetrics().height() / cell)));
  painter.setFont(tabularDigits(font()));
  for (std::size_t i = 0; i < m_order.size(); ++i) {
    const bool chosen = m_selection.has(m_order[i]);
    if (i % std::size_t(step) != 0 && !chosen) continue;
    painter.setPen(chosen ? accent(palette()) : muted(palette()));
    const auto name = QString::number(m_order[i] + 1);
    painter.drawText(QRectF(0, all.top() + double(i) * cell, all.left() - 4, cell).adjusted(0, -8, 0, 8), Qt::AlignRight | Qt::AlignVCenter,
                     name);
    const int across = std::max(1, int(std::ceil(fontMetrics().horizontalAdvance(QStringLiteral("00 ")) / cell)));
    if (i % std::size_t(across) == 0 || chosen)
      painter.drawText(QRectF(all.left() + double(i) * cell - 20, 0, cell + 40, all.top() - 2), Qt::AlignHCenter | Qt::AlignBottom, name);
  }
  painter.setPen(QPen(palette().color(QPalette::Text), 1.5));
  for (const auto row : m_selection.rows()) {
    if (row >= std::int64_t(m_order.size())) continue;
    const double place = double(m_placeOf[std::size_t(row)]) * cell;
    painter.drawRect(QRectF(all.left(), all.top() + place, all.width(), cell));
    painter.drawRect(QRectF(all.left() + place, all.top(), cell, all.height()));
  }
  // What the colours mean.
  const QRectF bar(all.left(), all.bottom() + grid, std::min(all.width(), double(grid * 16)), grid);
  for (int x = 0; x < int(bar.width()); ++x)
    painter.fillRect(QRectF(bar.left() + x, bar.top(), 1, bar.height()), colourOf(x / bar.width(), palette()));
  painter.setPen(muted(palette()));
  painter.drawText(QRectF(bar.left(), bar.bottom() + 2, bar.width(), fontMetrics().height()), Qt::AlignLeft, QStringLiteral("0"));
  painter.drawText(QRectF(bar.left(), bar.bottom() + 2, bar.width(), fontMetrics().height()), Qt::AlignHCenter, tr("cosine"));
  painter.drawText(QRectF(bar.left(), bar.bottom() + 2, bar.width(), fontMetrics().height()), Qt::AlignRight, QStringLiteral("1"));
}

void CosineMap::mousePressEvent(QMouseEvent* event) {
  const auto rows = rowsAt(event->position());
  if (rows && event->button() == Qt::LeftButton) m_selection.choose({rows->first, rows->second});
}

bool CosineMap::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const auto rows = rowsAt(help->pos());
  QToolTip::showText(help->globalPos(),
                     rows ? tr("Virtual tokens %1 and %2: cosine %3")
                                .arg(rows->first + 1)
                                .arg(rows->second + 1)
                                .arg(double(m_cosines.row(rows->first)[std::size_t(rows->second)]), 0, 'f', 3)
                          : QString(),
                     this);
  return true;
}

}  // namespace incipit::ui
