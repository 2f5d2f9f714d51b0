#include "ui/settings/capped_spin_box.h"

#include <QLocale>
#include <QToolTip>

namespace incipit::ui {

bool CappedSpinBox::tooLarge(const QString& text) const {
  bool number = false;
  const auto value = locale().toLongLong(cleanText().isEmpty() ? text : QString(text).remove(suffix()).remove(prefix()), &number);
  return number && value > maximum();
}

QValidator::State CappedSpinBox::validate(QString& text, int& position) const {
  return tooLarge(text) ? QValidator::Intermediate : QSpinBox::validate(text, position);
}

void CappedSpinBox::fixup(QString& text) const {
  if (!tooLarge(text)) return QSpinBox::fixup(text);
  text = textFromValue(maximum());
  QToolTip::showText(mapToGlobal(QPoint(0, height())), tr("%1 at most").arg(locale().toString(maximum())),
                     const_cast<CappedSpinBox*>(this));
}

}  // namespace incipit::ui
