#include "ui/plots/tickers.h"

#include "ui/settings/format.h"

#include <algorithm>
#include <cmath>

namespace incipit::ui {

namespace {

// Of the step itself: 0.25 has two, 0.5 one.
int decimalsOf(double step) {
  int decimals = 0;
  for (double scaled = step; decimals < 9 && std::abs(scaled - std::round(scaled)) > 1e-6 * scaled; scaled *= 10)
    ++decimals;
  return decimals;
}

}  // namespace

double ValueTicker::getTickStep(const QCPRange& range) { return m_step = QCPAxisTicker::getTickStep(range); }

QString ValueTicker::getTickLabel(double tick, const QLocale&, QChar, int) {
  if (std::abs(tick) < m_step * 1e-6) return QStringLiteral("0");
  const double size = std::abs(tick);
  QString text;
  if (size < 1e-3 || size >= 1e6) {
    // So many digits that no two ticks read alike.
    const double digits = std::floor(std::log10(size)) - std::floor(std::log10(m_step)) + 2;
    text = QString::number(size, 'g', std::clamp(int(digits), 3, 12));
  } else {
    text = QString::number(size, 'f', decimalsOf(m_step));
  }
  return tick < 0 ? QStringLiteral("−") + text : text;
}

QString ShareTicker::getTickLabel(double tick, const QLocale&, QChar, int) {
  if (tick < -1e-9 || tick > 1 + 1e-9) return {};
  return QString::number(std::abs(tick) * 100, 'f', decimalsOf(step() * 100)) + QStringLiteral(" %");
}

double WholeTicker::getTickStep(const QCPRange& range) { return std::max(1.0, std::round(QCPAxisTicker::getTickStep(range))); }

QString WholeTicker::getTickLabel(double tick, const QLocale&, QChar, int) { return grouped(std::llround(tick)); }

QVector<double> LogarithmicTicker::createTickVector(double step, const QCPRange& range) {
  m_decades = range.lower > 0 && range.upper / range.lower > 30;
  if (!m_decades) return QCPAxisTicker::createTickVector(step, range);
  QVector<double> ticks;
  const int first = static_cast<int>(std::floor(std::log10(range.lower))), last = static_cast<int>(std::ceil(std::log10(range.upper)));
  const int every = std::max(1, (last - first) / std::max(tickCount(), 1));
  for (int exponent = first; exponent <= last; exponent += every)
    ticks << std::pow(10.0, exponent);
  return ticks;
}

QString LogarithmicTicker::getTickLabel(double tick, const QLocale& locale, QChar format, int precision) {
  return m_decades ? QString::number(tick, 'g', 3) : ValueTicker::getTickLabel(tick, locale, format, precision);
}

}  // namespace incipit::ui
