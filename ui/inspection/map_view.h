// Draws the map: the vocabulary as a cloud of points with the names of some, which is drawn once for each zoom and place, and above it the
// virtual tokens as chips with their paths. Knows pixels and points, nothing of models.
//
//   wheel: zoom      drag: move      Shift+drag: a lasso chooses what it goes around      Home: everything      + - and arrows: by keyboard
#pragma once

#include "ui/inspection/map_points.h"

#include <QImage>
#include <QPolygonF>
#include <QWidget>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace incipit::ui {

struct MapRow {
  std::int64_t row = 0;
  QPointF place;
  std::vector<QPointF> path;  // through earlier prompts, oldest first
};

class MapView : public QWidget {
  Q_OBJECT
 public:
  explicit MapView(QWidget* parent = nullptr);

  // What a point and a virtual token are called, and what is told of them.
  struct Words {
    std::function<QString(int point)> name, toolTip;
    std::function<QString(std::int64_t row)> rowToolTip;
  };
  // `worth`: points in the order in which they are named.
  void setPoints(std::vector<QPointF> points, std::vector<int> worth, Words words);
  void setRows(std::vector<MapRow> rows);
  void setFaded(bool faded);  // the rows are another prompt's by now
  void setChosen(std::vector<std::int64_t> rows);
  void setFound(std::vector<int> points);  // marked and named, whatever their worth
  const std::vector<MapRow>& rows() const { return m_rows; }
  const std::vector<int>& inLasso() const { return m_inLasso; }  // points

  void showAll();
  void zoom(double factor, const QPointF& around);
  void bring(int point);  // into the middle, near enough to read what is around it
  const MapWindow& window() const { return m_window; }
  int hovered() const { return m_hovered; }
  int pointAt(const QPointF& at) const;                                         // -1: none is near
  std::optional<std::int64_t> rowAt(const QPointF& at) const;                   // whose chip or dot is there
  const std::vector<std::pair<int, QRectF>>& names() const { return m_names; }  // as last drawn

  void paintAll(QPainter& painter, const QPalette& palette);  // for a file

 signals:
  void rowsChosen(const std::vector<std::int64_t>& rows);
  void rowToggled(std::int64_t row);
  void lassoed();
  void chooseNothing();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;
  bool event(QEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  double zoomed() const;  // against what shows everything
  double allScale() const;
  double pointRadius() const;
  void hover(int point);
  void move(const QPointF& pixels);
  void redrawAll();
  void endLasso();
  QImage& drawPoints(PointsPicture& picture, const QPalette& palette, double ratio) const;
  void drawNames(QPainter& painter, const QPalette& palette);
  void drawMarked(QPainter& painter, const QPalette& palette);
  void drawHovered(QPainter& painter, const QPalette& palette);
  void drawPaths(QPainter& painter, const QPalette& palette);
  void drawRows(QPainter& painter, const QPalette& palette);

  std::vector<QPointF> m_points;
  std::vector<int> m_worth, m_found, m_inLasso;
  Words m_words;
  QRectF m_bounds;
  std::vector<MapRow> m_rows;
  std::vector<std::int64_t> m_chosen;
  int m_hovered = -1;  // the point under the pointer
  bool m_faded = false, m_wholeShown = true;
  MapWindow m_window;
  PointsPicture m_pointsPicture;
  QImage* m_drawn = nullptr;    // points and names of m_window, in it; null: to be drawn
  std::vector<float> m_widths;  // of names, pixels; below 0: not measured yet
  std::vector<std::pair<int, QRectF>> m_names;
  std::vector<std::pair<std::int64_t, QRectF>> m_chips;
  std::optional<QPointF> m_dragFrom, m_pressed;
  QPolygonF m_lasso;
};

}  // namespace incipit::ui
