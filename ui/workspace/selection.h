// The virtual tokens that are chosen: those chosen in one view are chosen in all. Bound to the length of the prompt in view.
#pragma once

#include <QObject>
#include <cstdint>
#include <vector>

namespace incipit::ui {

class Selection : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  const std::vector<std::int64_t>& rows() const { return m_rows; }  // ascending, counted from 0
  bool has(std::int64_t row) const;
  void choose(std::vector<std::int64_t> rows);  // in any order; those that the prompt does not have are left out
  void toggle(std::int64_t row);
  void clear() { choose({}); }
  void setLength(std::int64_t rows);  // of the prompt in view; 0: there is none

 signals:
  void changed();

 private:
  std::vector<std::int64_t> m_rows;
  std::int64_t m_length = 0;
};

}  // namespace incipit::ui
