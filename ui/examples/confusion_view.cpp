#include "ui/examples/confusion_view.h"

#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

namespace incipit::ui {
namespace {

constexpr int cellWidth = grid * 7, cellHeight = grid * 3, widestLabel = grid * 16;

// How much of a label's examples went there, as depth of colour.
double shareOf(const ConfusionMatrix& matrix, int truth, int answer) {
  std::int64_t all = 0;
  for (int column = 0; column <= matrix.classes; ++column)
    all += matrix.at(truth, column);
  return all == 0 ? 0 : double(matrix.at(truth, answer)) / double(all);
}

}  // namespace

ConfusionView::ConfusionView(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Confusion matrix: labels by answers"));
  auto* copy = new QAction(tr("Copy as a table"), this);
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  connect(copy, &QAction::triggered, this, [this] { QApplication::clipboard()->setText(text()); });
  addAction(copy);
  setContextMenuPolicy(Qt::ActionsContextMenu);
}

void ConfusionView::show(ConfusionMatrix matrix, QStringList names) {
  if (names != m_names) m_chosen.reset(), m_current = {0, 0};
  m_matrix = std::move(matrix);
  m_names = std::move(names);
  updateGeometry();
  update();
}

void ConfusionView::choose(std::optional<Cell> cell) {
  m_chosen = cell;
  if (cell) m_current = *cell;
  update();
}

QString ConfusionView::text() const {
  QString all = tr("label \\ answer");
  for (const auto& name : m_names)
    all += QLatin1Char('\t') + name;
  for (int truth = 0; truth < m_names.size(); ++truth) {
    all += QLatin1Char('\n') + m_names[truth];
    for (int answer = 0; answer < m_names.size(); ++answer)
      all += QLatin1Char('\t') + QString::number(m_matrix.at(truth, answer));
  }
  return all + QLatin1Char('\n');
}

int ConfusionView::labelWidth() const {
  int width = 0;
  for (const auto& name : m_names)
    width = std::max(width, fontMetrics().horizontalAdvance(name) + grid);
  return std::min(width, widestLabel);
}

QRect ConfusionView::placeOf(const Cell& cell) const {
  return {labelWidth() + cell.second * cellWidth, cellHeight * (cell.first + 2), cellWidth - 2, cellHeight - 2};
}

QSize ConfusionView::sizeHint() const {
  const int count = int(m_names.size());
  return {std::max(labelWidth() + count * cellWidth, fontMetrics().horizontalAdvance(tr("Answer")) + labelWidth()),
          (count + 2) * cellHeight};
}

std::optional<ConfusionView::Cell> ConfusionView::cellAt(const QPoint& place) const {
  const int answer = (place.x() - labelWidth()) / cellWidth, truth = place.y() / cellHeight - 2;
  const int count = int(m_names.size());
  if (place.x() < labelWidth() || place.y() < 2 * cellHeight || truth >= count || answer >= count) return {};
  return Cell{truth, answer};
}

void ConfusionView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const auto base = palette().color(QPalette::Base), ink = palette().color(QPalette::Text), quiet = muted(palette());
  const int count = int(m_names.size()), labels = labelWidth();
  const auto elided = [&](const QString& name, int width) { return fontMetrics().elidedText(name, Qt::ElideRight, width); };
  painter.setPen(quiet);
  painter.drawText(QRect(labels, 0, width() - labels, cellHeight), Qt::AlignLeft | Qt::AlignVCenter, tr("Answer"));
  painter.drawText(QRect(0, cellHeight, labels, cellHeight), Qt::AlignLeft | Qt::AlignVCenter, tr("Label"));
  for (int k = 0; k < count; ++k) {
    painter.drawText(QRect(labels + k * cellWidth, cellHeight, cellWidth - 2, cellHeight), Qt::AlignCenter,
                     elided(m_names[k], cellWidth - 6));
    painter.drawText(QRect(0, (k + 2) * cellHeight, labels - 6, cellHeight - 2), Qt::AlignLeft | Qt::AlignVCenter,
                     elided(m_names[k], labels - 6));
  }
  painter.setFont(tabularDigits(font()));
  for (int truth = 0; truth < count; ++truth)
    for (int answer = 0; answer < count; ++answer) {
      const auto place = QRectF(placeOf({truth, answer}));
      const double share = shareOf(m_matrix, truth, answer);
      const auto strong = truth == answer ? hue(Hue::Blue, palette()) : hue(Hue::Vermillion, palette());
      const auto fill = mixed(base, strong, 0.06 + 0.64 * share);
      painter.setPen(Qt::NoPen);
      painter.setBrush(fill);
      painter.drawRoundedRect(place, 3, 3);
      if (m_chosen == Cell{truth, answer} || (hasFocus() && m_current == Cell{truth, answer})) {
        painter.setPen(QPen(m_chosen == Cell{truth, answer} ? ink : accent(palette()), m_chosen == Cell{truth, answer} ? 2 : 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), 3, 3);
      }
      painter.setPen(m_matrix.at(truth, answer) == 0 ? quiet : ink);
      painter.drawText(place, Qt::AlignCenter, grouped(m_matrix.at(truth, answer)));
    }
}

void ConfusionView::press(const Cell& cell) {
  m_current = cell;
  choose(m_chosen == cell ? std::nullopt : std::optional(cell));
  emit cellChosen(m_chosen);
}

void ConfusionView::mousePressEvent(QMouseEvent* event) {
  if (const auto cell = cellAt(event->pos()); cell && event->button() == Qt::LeftButton) press(*cell);
}

void ConfusionView::keyPressEvent(QKeyEvent* event) {
  const int last = int(m_names.size()) - 1;
  auto& [truth, answer] = m_current;
  switch (event->key()) {
  case Qt::Key_Left:
    answer = std::max(0, answer - 1);
    break;
  case Qt::Key_Right:
    answer = std::min(last, answer + 1);
    break;
  case Qt::Key_Up:
    truth = std::max(0, truth - 1);
    break;
  case Qt::Key_Down:
    truth = std::min(last, truth + 1);
    break;
  case Qt::Key_Space:
  case Qt::Key_Return:
  case Qt::Key_Enter:
    if (last >= 0) press(m_current);
    return;
  case Qt::Key_Escape:
    if (m_chosen) return press(*m_chosen);
    [[fallthrough]];
  default:
    return QWidget::keyPressEvent(event);
  }
  update();
}

QString ConfusionView::toolTipOf(const Cell& cell) const {
  const auto& [truth, answer] = cell;
  const auto count = m_matrix.at(truth, answer);
  return plainToolTip(
      tr("%1 labelled %2, answered %3: %4 % of this label. A click shows them.")
          .arg(examplesText(count), m_names[truth], m_names[answer], QString::number(100 * shareOf(m_matrix, truth, answer), 'f', 1)));
}

bool ConfusionView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const auto cell = cellAt(help->pos());
  QToolTip::showText(help->globalPos(), cell ? toolTipOf(*cell) : QString(), this);
  return true;
}

}  // namespace incipit::ui
