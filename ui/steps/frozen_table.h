// A table whose first column stays where it is while the others are scrolled sideways: what a row is, is always seen.
#pragma once

#include <QTableView>

namespace incipit::ui {

class FrozenTable : public QTableView {
  Q_OBJECT
 public:
  explicit FrozenTable(QWidget* parent = nullptr);
  ~FrozenTable() override;

  void setModel(QAbstractItemModel* model) override;
  void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;  // never below the frozen column
  QTableView* frozenColumn() const { return m_frozen; }

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void follow();  // the column's place, rows and sort arrow

  QTableView* m_frozen;
};

}  // namespace incipit::ui
