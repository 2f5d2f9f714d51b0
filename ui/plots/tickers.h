// Tick marks with round numbers written alike: all ticks of an axis show the same count of decimals; steps are whole.
#pragma once

#include <qcustomplot.h>

namespace incipit::ui {

class ValueTicker : public QCPAxisTicker {
 public:
  explicit ValueTicker(int count) { setTickCount(count); }

 protected:
  double getTickStep(const QCPRange& range) override;
  QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;
  int getSubTickCount(double) override { return 0; }
  double step() const { return m_step; }

 private:
  double m_step = 1;
};

// A share of something, in percent: nothing is written below 0 and above 100.
class ShareTicker : public ValueTicker {
 public:
  using ValueTicker::ValueTicker;

 protected:
  QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;
};

class WholeTicker : public QCPAxisTicker {
 protected:
  double getTickStep(const QCPRange& range) override;
  QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;
  int getSubTickCount(double) override { return 0; }
};

// Powers of ten over many decades; round numbers (as ValueTicker) where an axis shows less than a decade and a half.
class LogarithmicTicker : public ValueTicker {
 public:
  using ValueTicker::ValueTicker;

 protected:
  QVector<double> createTickVector(double step, const QCPRange& range) override;
  QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;

 private:
  bool m_decades = false;
};

}  // namespace incipit::ui
