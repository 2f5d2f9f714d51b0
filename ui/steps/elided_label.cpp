#include "ui/steps/elided_label.h"

#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"

#include <algorithm>

namespace incipit::ui {

ElidedLabel::ElidedLabel(QWidget* parent) : QLabel(parent) { setTextFormat(Qt::PlainText); }

void ElidedLabel::showText(const QString& text, const QString& toolTip) {
  m_whole = text;
  setToolTip(plainToolTip(toolTip.isEmpty() ? text : toolTip));
  setAccessibleName(text);
  updateGeometry();
  elide();
}

QSize ElidedLabel::sizeHint() const { return {fontMetrics().horizontalAdvance(m_whole) + 1, fontMetrics().height()}; }
QSize ElidedLabel::minimumSizeHint() const { return {std::min(sizeHint().width(), grid * 5), fontMetrics().height()}; }

void ElidedLabel::resizeEvent(QResizeEvent* event) {
  QLabel::resizeEvent(event);
  elide();
}

void ElidedLabel::elide() { setText(fontMetrics().elidedText(m_whole, Qt::ElideMiddle, width())); }

}  // namespace incipit::ui
