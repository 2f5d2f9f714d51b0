// Points of a plane in cells of cells, so that far ones can be asked together (Barnes & Hut 1986; for t-SNE van der Maaten 2014).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace incipit {

struct PlanePoint {
  double x = 0, y = 0;
  friend bool operator==(const PlanePoint&, const PlanePoint&) = default;
};

class QuadTree {
 public:
  explicit QuadTree(std::span<const PlanePoint> points);

  struct Push {
    double x = 0, y = 0;  // sum of q^2 (at - point), q = 1 / (1 + distance^2): what t-SNE pushes apart with
    double sum = 0;       // of q, 1 of it by a point that is asked at its own place
  };
  // Cells that look smaller than `angle` (their width over their distance) count as one point.
  Push pushAt(PlanePoint at, double angle) const;

  // The points in the tree's order, in which neighbours stand near each other in memory.
  const std::vector<std::int32_t>& order() const { return m_order; }

 private:
  struct Cell {
    double x, y;            // middle of its points
    double width;           // of the square
    double points;          // how many
    std::int32_t next;      // the cell to go on with where its inside is left out
    std::int32_t from, to;  // its points where it is not divided; none: 0, 0
  };
  struct Placed {
    std::uint64_t code;
    std::int32_t point;
  };
  void divide(const std::vector<Placed>& placed, std::size_t from, std::size_t to, int level, double width);

  std::vector<PlanePoint> m_points;  // in order
  std::vector<std::int32_t> m_order;
  std::vector<Cell> m_cells;  // each before what is inside it
};

}  // namespace incipit
