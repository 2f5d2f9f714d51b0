// Whether 80 % means 80 of 100: of answers given with about the same confidence, the share that is right, as bars beside the diagonal where
// both are the same.
#pragma once

#include "core/metrics/calibration.h"

#include <QWidget>
#include <vector>

namespace incipit::ui {

class CalibrationView : public QWidget {
  Q_OBJECT
 public:
  explicit CalibrationView(QWidget* parent = nullptr);

  void show(std::vector<ReliabilityBin> bins);
  QString text() const;  // as a table, tab-separated
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

 private:
  QRect plot() const;

  std::vector<ReliabilityBin> m_bins;
};

}  // namespace incipit::ui
