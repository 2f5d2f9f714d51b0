// A name in one line, shortened in the middle where the room is too small; the whole of it is in the tooltip.
#pragma once

#include <QLabel>

namespace incipit::ui {

class ElidedLabel : public QLabel {
 public:
  explicit ElidedLabel(QWidget* parent = nullptr);
  // `toolTip`: what tells more than the name, such as its path; empty: the name.
  void showText(const QString& text, const QString& toolTip = {});
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void elide();
  QString m_whole;
};

}  // namespace incipit::ui
