// While this lives, something in a scrolled column may appear or go; afterwards the field below the pointer, or the one with the focus,
// stands where it stood.
//
//   const KeepInPlace keep(this);
//   m_problem->setVisible(true);
#pragma once

#include <QPointer>
#include <QWidget>

class QScrollArea;

namespace incipit::ui {

class KeepInPlace {
 public:
  explicit KeepInPlace(QWidget* changing);  // any widget of the column
  ~KeepInPlace();
  KeepInPlace(const KeepInPlace&) = delete;
  KeepInPlace& operator=(const KeepInPlace&) = delete;

 private:
  int placeOf(const QWidget* widget) const;

  QPointer<QScrollArea> m_column;
  QPointer<QWidget> m_anchor;
  int m_place = 0;  // from the top of the column's window
};

}  // namespace incipit::ui
