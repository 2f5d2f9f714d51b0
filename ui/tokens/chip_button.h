// A chip that can be pressed, and dragged into a text: what it stands for goes along as plain text.
#pragma once

#include "ui/tokens/token_chip.h"

#include <QAbstractButton>
#include <QPoint>

namespace incipit::ui {

class ChipButton : public QAbstractButton {
  Q_OBJECT
 public:
  ChipButton(TokenChip chip, QString dragged, QWidget* parent = nullptr);

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

 private:
  TokenChip m_chip;
  QString m_dragged;
  QPoint m_pressed;
};

}  // namespace incipit::ui
