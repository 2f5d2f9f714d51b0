// Colours of curves: the set of Okabe and Ito (2008), told apart by every kind of colour vision, in a shade that stands out from a
// light or a dark background (at least 3 : 1, the rule for graphics).
#pragma once

#include <QColor>
#include <QPalette>

namespace incipit::ui {

enum class Hue { Blue, Vermillion, Green, Purple, Orange, Grey };

bool isDark(const QPalette& palette);
QColor curveColour(Hue hue, const QPalette& palette);
// `share` of `front`, the rest `back`.
QColor mixed(const QColor& front, const QColor& back, double share);
// Text that explains: readable (4.5 : 1), quieter than the text it explains.
QColor quietText(const QPalette& palette);

}  // namespace incipit::ui
