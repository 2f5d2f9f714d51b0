// Row by row how alike the virtual tokens are, as a picture: like beside like, a cell pressed chooses its two rows.
#pragma once

#include "core/prompt/soft_prompt.h"

#include <QWidget>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace incipit::ui {

class Selection;

class CosineMap : public QWidget {
  Q_OBJECT
 public:
  explicit CosineMap(Selection& selection, QWidget* parent = nullptr);

  // Cosines [P, P], and the rows in the order in which they are drawn.
  void show(Matrix cosines, std::vector<std::int64_t> order);
  QString text() const;  // as a table in the order of the rows, tab-separated
  QRectF placeOf(std::int64_t row, std::int64_t column) const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  bool event(QEvent* event) override;

 private:
  QRectF square() const;
  std::optional<std::pair<std::int64_t, std::int64_t>> rowsAt(const QPointF& place) const;

  Selection& m_selection;
  Matrix m_cosines;
  std::vector<std::int64_t> m_order, m_placeOf;
};

}  // namespace incipit::ui
