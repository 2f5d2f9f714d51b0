// The head of a step: number, title, state in words, a sign of its state; a click, Space or Enter folds and unfolds.
#pragma once

#include "ui/steps/step_panel.h"

#include <QAbstractButton>

namespace incipit::ui {

class StepHeader : public QAbstractButton {
  Q_OBJECT
 public:
  StepHeader(int number, const QString& title, QWidget* parent);
  void show(StepPanel::State state, const QString& sentence, bool folded);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;  // a long sentence takes a second line

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  bool event(QEvent* event) override;

 private:
  QRect sentencePlace(int width) const;
  int mostLines() const;
  QString fitted(const QRect& place) const;

  int m_number;
  StepPanel::State m_state = StepPanel::State::Missing;
  QString m_sentence;
  bool m_folded = false;
};

}  // namespace incipit::ui
