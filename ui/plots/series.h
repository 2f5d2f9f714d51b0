// A growing row of points that can be drawn at any length: beside the points it keeps the smallest and largest value of every block
// of 8, 64, 512 ... points, so that a picture of a million points looks at a few thousand and still shows every spike.
#pragma once

#include "core/training/smoothed.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace incipit::ui {

struct Point {
  double x = 0;
  double y = 0;
};

class Series {
 public:
  void append(double x, double y);  // x must not go back; y may be no number (a gap)
  void truncateFrom(double x);      // forgets every point at or behind x: a run that goes on from an earlier checkpoint
  void clear();

  bool empty() const { return m_points.empty(); }
  std::size_t size() const { return m_points.size(); }
  const std::vector<Point>& points() const { return m_points; }
  const Point& last() const { return m_points.back(); }

  // The points to draw between two x, one more on each side so that the line runs out of the picture; at most about 4 * columns.
  std::vector<Point> drawable(double from, double to, int columns) const;
  // The point whose x is nearest.
  std::optional<Point> nearest(double x) const;
  // The last point with an x of at most this.
  std::optional<Point> atOrBefore(double x) const;

 private:
  struct Block {
    std::size_t low;   // index of its smallest value
    std::size_t high;  // index of its largest value
  };
  std::size_t indexFrom(double x) const;  // first index with points[i].x >= x
  void enter(std::size_t index);

  std::vector<Point> m_points;
  std::vector<std::vector<Block>> m_levels;  // m_levels[k]: blocks of 8^(k+1) points
};

using Smoother = Smoothed;  // the curve draws the number that the run reports

}  // namespace incipit::ui
