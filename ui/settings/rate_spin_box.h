// A number over many orders of magnitude: takes "3e-2" as well as "0.03", and its arrows go by ratio (0.01, 0.02, 0.03, 0.05, 0.1 ...).
#pragma once

#include <QDoubleSpinBox>

namespace incipit::ui {

class RateSpinBox : public QDoubleSpinBox {
  Q_OBJECT
 public:
  explicit RateSpinBox(QWidget* parent = nullptr);

  QString textFromValue(double value) const override;
  double valueFromText(const QString& text) const override;
  QValidator::State validate(QString& text, int& position) const override;
  void stepBy(int steps) override;
};

}  // namespace incipit::ui
