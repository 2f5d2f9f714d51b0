// Which names find room in a picture: taken in the order of their worth, none over another.
#pragma once

#include <QHash>
#include <QRectF>
#include <QSizeF>
#include <vector>

namespace incipit::ui {

class LabelRoom {
 public:
  explicit LabelRoom(const QRectF& room) : m_room(room) {}
  // Takes the place if it lies in the room, and nothing that was taken lies in it.
  bool take(const QRectF& place);
  const std::vector<QRectF>& taken() const { return m_taken; }

 private:
  QRectF m_room;
  std::vector<QRectF> m_taken;
  QHash<qint64, std::vector<int>> m_cells;  // of m_taken, by squares of the room
};

}  // namespace incipit::ui
