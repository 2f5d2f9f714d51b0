#include "ui/plots/number_text.h"

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

}  // namespace incipit::ui
