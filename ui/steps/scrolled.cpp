#include "ui/steps/scrolled.h"

#include <QScrollArea>

namespace incipit::ui {

QWidget* scrolled(QWidget* inside) {
  auto* scroll = new QScrollArea;
  scroll->setWidget(inside);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->viewport()->setAutoFillBackground(false);
  inside->setAutoFillBackground(false);
  scroll->setFocusPolicy(Qt::NoFocus);
  return scroll;
}

}  // namespace incipit::ui
