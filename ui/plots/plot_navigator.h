// The hands on a plot: wheel and box zoom, panning, reset, the cursor. Knows pixels and axes, nothing of curves; says what is wanted.
//
//   wheel: zoom along x (Ctrl: along y)         drag: zoom to the box        Shift+drag or middle button: pan
//   double-click or Home: everything            + - and arrows: the same by keyboard
#pragma once

#include <QObject>
#include <optional>
#include <qcustomplot.h>

namespace incipit::ui {

class PlotNavigator : public QObject {
  Q_OBJECT
 public:
  explicit PlotNavigator(QCustomPlot* plot);

 signals:
  void xWanted(double lower, double upper);
  void yWanted(QCPAxisRect* panel, double lower, double upper);
  void allWanted();
  void cursorAt(double x);
  void cursorGone();
  void focused(bool on);
  void clicked(QPointF place, bool* taken);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void press(QMouseEvent* event);
  void move(QMouseEvent* event);
  void wheel(QWheelEvent* event);
  void zoomTo(const QRect& box);
  bool key(QKeyEvent* event);
  void scaleX(QCPAxisRect* panel, double factor, std::optional<double> centre);
  void shiftX(QCPAxisRect* panel, double share);

  QCustomPlot* m_plot;
  struct Pan {
    QCPAxisRect* panel;
    QPointF from;
    QCPRange x;
  };
  std::optional<Pan> m_pan;
};

}  // namespace incipit::ui
