// Buttons and short texts in a row that takes a second line where the panel is too narrow for one, in place of widening it.
#pragma once

#include <QLayout>
#include <QList>

namespace incipit::ui {

class FlowLayout : public QLayout {
 public:
  explicit FlowLayout(QWidget* parent = nullptr);
  ~FlowLayout() override;

  void addItem(QLayoutItem* item) override { m_items.append(item); }
  int count() const override { return int(m_items.size()); }
  QLayoutItem* itemAt(int index) const override { return m_items.value(index); }
  QLayoutItem* takeAt(int index) override;
  Qt::Orientations expandingDirections() const override { return {}; }
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override { return place(QRect(0, 0, width, 0), false); }
  QSize minimumSize() const override;  // of its widest item
  QSize sizeHint() const override;     // all in one line
  void setGeometry(const QRect& rect) override;

 private:
  int place(const QRect& rect, bool move) const;  // the height it takes

  QList<QLayoutItem*> m_items;
};

}  // namespace incipit::ui
