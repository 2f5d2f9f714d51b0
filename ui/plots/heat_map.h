// A table of numbers as colours, with a scale beside it. Rows and columns are named by words or by token chips; the numbers themselves
// are in the tooltips, under the keys, and in what is copied.
#pragma once

#include "ui/tokens/token_chip.h"

#include <QList>
#include <QStringList>
#include <QWidget>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace incipit::ui {

class HeatMap : public QWidget {
  Q_OBJECT
 public:
  struct Axis {
    QString title;
    QStringList names;       // one a row or column,
    QList<TokenChip> chips;  //   or chips in their place
    qsizetype size() const { return chips.isEmpty() ? names.size() : chips.size(); }
    QString nameOf(qsizetype place) const { return chips.isEmpty() ? names.value(place) : chips.value(place).text; }
  };
  enum class Colours { Sequential, Diverging };
  struct Table {
    Axis down, across;
    std::vector<double> values;  // row-major; no number: an empty cell
    double low = 0, high = 1;    // the ends of the scale
    Colours colours = Colours::Sequential;
    QString lowText, highText;   // of the ends; empty: their numbers
    std::vector<bool> marked{};  // columns that are chosen, where columns can be
    bool showNumbers = false;    // in the cells, where they fit
    int digits = 2;              // of those
    double factor = 1;           // of those: 100 for percent
  };
  using Cell = std::pair<int, int>;  // row, column

  explicit HeatMap(const QString& accessibleName, QWidget* parent = nullptr);

  void show(Table table);
  void clear() { show({}); }
  const Table& table() const { return m_table; }
  void setTexts(std::function<QString(int row, int column)> text) { m_text = std::move(text); }  // of a cell, for tooltip and reader
  void setPressable(bool pressable);                                                             // a press or Space chooses a cell
  void choose(std::optional<Cell> cell);
  std::optional<Cell> chosen() const { return m_chosen; }
  Cell current() const { return m_current; }
  QRect placeOf(const Cell& cell) const;
  QString text() const;  // tab-separated

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;
  void draw(QPainter& painter, const QPalette& palette) const;  // as it is shown now, without the focus

 signals:
  void cellChosen(int row, int column);

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Room {
    double left = 0, top = 0, cellWidth = 1, cellHeight = 1;
  };
  Room roomIn(const QSize& size) const;
  int nameWidth() const;
  int nameHeight() const;
  QSizeF smallestCell() const;
  std::optional<Cell> cellAt(const QPoint& place) const;
  QColor colourOf(double value, const QPalette& palette) const;
  void drawNames(QPainter& painter, const QPalette& palette, const Room& room) const;
  void drawScale(QPainter& painter, const QPalette& palette) const;
  double valueAt(const Cell& cell) const;
  QString numberAt(const Cell& cell) const;
  void speak();

  Table m_table;
  std::function<QString(int, int)> m_text;
  std::optional<Cell> m_chosen;
  Cell m_current{0, 0};
  bool m_pressable = false;
};

}  // namespace incipit::ui
