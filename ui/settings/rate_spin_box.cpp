#include "ui/settings/rate_spin_box.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <cmath>

namespace incipit::ui {
namespace {

constexpr std::array stops{1.0, 2.0, 3.0, 5.0, 10.0};  // within a decade

QString plain(QString text) { return text.trimmed().replace(QLatin1Char(','), QLatin1Char('.')); }

double next(double value, bool up) {
  if (value <= 0) return up ? 1e-4 : 0;
  const double decade = std::pow(10, std::floor(std::log10(value) + 1e-9));
  const double place = value / decade;
  if (up) {
    for (const double stop : stops)
      if (stop > place * (1 + 1e-6)) return stop * decade;
  }
  for (auto stop = stops.rbegin(); stop != stops.rend(); ++stop)
    if (*stop < place * (1 - 1e-6)) return *stop * decade;
  return stops[stops.size() - 2] * decade / 10;
}

}  // namespace

RateSpinBox::RateSpinBox(QWidget* parent) : QDoubleSpinBox(parent) {
  setDecimals(12);  // the base class rounds to these
  setRange(0, 1000);
}

QString RateSpinBox::textFromValue(double value) const {
  if (value != 0 && std::abs(value) < 1e-3) {
    // 3e-05 -> 3e-5: as people write it.
    auto text = QString::number(value, 'e', 6);
    static const QRegularExpression zeros(QStringLiteral("\\.?0*e([+-])0*"));
    return text.replace(zeros, QStringLiteral("e\\1"));
  }
  return QString::number(value, 'g', 7);
}

double RateSpinBox::valueFromText(const QString& text) const { return plain(text).toDouble(); }

QValidator::State RateSpinBox::validate(QString& text, int&) const {
  static const QRegularExpression whole(QStringLiteral("^\\d*\\.?\\d*(e[+-]?\\d+)?$"), QRegularExpression::CaseInsensitiveOption);
  static const QRegularExpression begun(QStringLiteral("^\\d*\\.?\\d*(e[+-]?\\d*)?$"), QRegularExpression::CaseInsensitiveOption);
  const auto typed = plain(text);
  bool number = false;
  const double value = typed.toDouble(&number);
  if (number && whole.match(typed).hasMatch()) return value <= maximum() ? QValidator::Acceptable : QValidator::Invalid;
  return begun.match(typed).hasMatch() ? QValidator::Intermediate : QValidator::Invalid;
}

void RateSpinBox::stepBy(int steps) {
  double stepped = value();
  for (int i = 0; i < std::abs(steps); ++i)
    stepped = next(stepped, steps > 0);
  setValue(stepped);
  selectAll();
}

}  // namespace incipit::ui
