// Numbers as text that does not jump: always the same count of significant digits.
#pragma once

#include <QString>

namespace incipit::ui {

// "2.314", "0.03000", "412.0", "3.00e-05"; a dash for what is no number.
QString valueText(double value, int significant = 4);

}  // namespace incipit::ui
