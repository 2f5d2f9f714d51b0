// The virtual tokens by what the loss grows by without them, as bars with their intervals; beside each its gate, which is another question.
#pragma once

#include "core/inspection/influence.h"

#include <QWidget>
#include <vector>

namespace incipit::ui {

class InfluenceBars : public QWidget {
  Q_OBJECT
 public:
  enum class Verdict { Helps, Harms, Unsure };  // the whole interval above 0, below it, or neither
  static Verdict verdictOf(const RowInfluence& row);

  explicit InfluenceBars(QWidget* parent = nullptr);

  void show(const Influence& found);  // sorted, the strongest first
  const std::vector<RowInfluence>& rows() const { return m_rows; }
  void setChosen(std::vector<std::int64_t> rows);  // ascending
  QString text() const;                            // tab-separated
  QString toolTipOf(std::size_t place) const;
  QRect placeOf(std::size_t place) const;
  void draw(QPainter& painter, const QPalette& palette) const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 signals:
  void rowPressed(std::int64_t row, bool others);  // others: with those that are chosen already

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Columns {
    double bars, barsEnd, value, gate, gateEnd;
  };
  Columns columns() const;
  int rowHeight() const;
  int valueWidth() const;
  double xOf(double influence) const;
  void drawRow(QPainter& painter, const QPalette& palette, std::size_t place) const;

  std::vector<RowInfluence> m_rows;
  double m_low = 0, m_high = 1, m_topGate = 0;
  std::vector<std::int64_t> m_chosen;
  int m_current = 0;
};

}  // namespace incipit::ui
