// How many examples have how many tokens, as bars, with the room that the context leaves.
#pragma once

#include "core/dataset/report.h"

#include <QWidget>

namespace incipit::ui {

class LengthBars : public QWidget {
  Q_OBJECT
 public:
  explicit LengthBars(QWidget* parent = nullptr);
  void show(const LengthReport& lengths);
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;  // a bar's tooltip is its numbers

 private:
  QRectF plot() const;
  std::int64_t tokensShown() const;  // of the whole width

  LengthReport m_lengths;
};

}  // namespace incipit::ui
