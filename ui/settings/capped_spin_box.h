// A number field that says what it does with a number too large for it: it takes the largest one, and tells so beside the field.
#pragma once

#include <QSpinBox>

namespace incipit::ui {

class CappedSpinBox : public QSpinBox {
  Q_OBJECT
 public:
  using QSpinBox::QSpinBox;

 protected:
  QValidator::State validate(QString& text, int& position) const override;
  void fixup(QString& text) const override;

 private:
  bool tooLarge(const QString& text) const;
};

}  // namespace incipit::ui
