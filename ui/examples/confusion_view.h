// Who was taken for whom: a row for each label, a column for each answer. A cell that is pressed shows its examples.
#pragma once

#include "core/metrics/classes.h"

#include <QPoint>
#include <QStringList>
#include <QWidget>
#include <optional>
#include <utility>

namespace incipit::ui {

class ConfusionView : public QWidget {
  Q_OBJECT
 public:
  explicit ConfusionView(QWidget* parent = nullptr);

  using Cell = std::pair<int, int>;  // label, answer: places among the names
  void show(ConfusionMatrix matrix, QStringList names);
  void choose(std::optional<Cell> cell);  // without telling it
  const std::optional<Cell>& chosen() const { return m_chosen; }
  QRect placeOf(const Cell& cell) const;
  QString text() const;  // as a table, tab-separated

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 signals:
  void cellChosen(std::optional<std::pair<int, int>> cell);  // nothing: the chosen one was pressed again

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

 private:
  std::optional<Cell> cellAt(const QPoint& place) const;
  int labelWidth() const;
  QString toolTipOf(const Cell& cell) const;
  void press(const Cell& cell);

  ConfusionMatrix m_matrix;
  QStringList m_names;
  std::optional<Cell> m_chosen;
  Cell m_current{0, 0};  // of the keyboard
};

}  // namespace incipit::ui
