#include "ui/plots/number_text.h"

#include <QObject>

#include <algorithm>
#include <cmath>

namespace incipit::ui {

QString valueText(double value, int significant) {
  if (std::isnan(value)) return QStringLiteral("–");
  if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
  const double size = std::abs(value);
  QString text;
  if (size == 0) {
    text = QStringLiteral("0");
  } else if (size < 1e-3 || size >= 1e6) {
    text = QString::number(size, 'e', std::max(significant - 2, 0));
  } else {
    const int whole = static_cast<int>(std::floor(std::log10(size)));
    text = QString::number(size, 'f', std::clamp(significant - 1 - whole, 0, 6));
  }
  return value < 0 ? QStringLiteral("−") + text : text;
}

QString countText(qint64 value) {
  QString digits = QString::number(std::abs(value));
  for (auto place = digits.size() - 3; place > 0; place -= 3)
    digits.insert(place, QChar(0x202F));
  return value < 0 ? QStringLiteral("−") + digits : digits;
}

QString durationText(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return QStringLiteral("–");
  const auto whole = static_cast<qint64>(std::llround(seconds));
  if (whole < 60) return QObject::tr("%1 s").arg(whole);
  if (whole < 600) return QObject::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
  if (whole < 3600) return QObject::tr("%1 min").arg((whole + 30) / 60);
  return QObject::tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60, 2, 10, QLatin1Char('0'));
}

int valueWidth(const QFontMetrics& metrics, int significant) {
  const auto digit = QString(significant + 2, QLatin1Char('0'));
  return std::max(
      metrics.horizontalAdvance(QStringLiteral("−0.") + digit),
      metrics.horizontalAdvance(QStringLiteral("−0.") + QString(std::max(significant - 2, 0), QLatin1Char('0')) + QStringLiteral("e-00")));
}

}  // namespace incipit::ui
