// Tens of thousands of points as a picture: where they lie close together it is darker. Drawn pixel by pixel, in a few milliseconds.
#pragma once

#include <QColor>
#include <QImage>
#include <QPointF>
#include <QSizeF>
#include <cstdint>
#include <vector>

namespace incipit::ui {

// From a picture's own units to the pixels of a widget: y grows upwards.
struct MapWindow {
  QPointF centre;    // of the widget, in the picture's units
  double scale = 1;  // pixels a unit
  QSizeF size;       // of the widget

  QPointF toScreen(const QPointF& point) const {
    return {(point.x() - centre.x()) * scale + size.width() / 2, size.height() / 2 - (point.y() - centre.y()) * scale};
  }
  QPointF fromScreen(const QPointF& at) const {
    return {(at.x() - size.width() / 2) / scale + centre.x(), (size.height() / 2 - at.y()) / scale + centre.y()};
  }
};

class PointsPicture {
 public:
  // Opaque, of the widget's size times `ratio` (pixels of the screen a pixel of the widget). `radius` of a point in the widget's pixels;
  // `strength`: how much of its colour a single one has. The same picture is drawn over each time: its memory stays.
  QImage& draw(const std::vector<QPointF>& points, const MapWindow& window, double ratio, double radius, double strength,
               const QColor& colour, const QColor& ground);

 private:
  std::vector<std::uint8_t> m_counts;  // of points on each pixel
  QImage m_picture;
};

}  // namespace incipit::ui
