// A widget that may need more room than there is: scrolled, on the panel's own ground, without a frame and without a place in the Tab
// order.
#pragma once

class QWidget;

namespace incipit::ui {

QWidget* scrolled(QWidget* inside);

}  // namespace incipit::ui
