// The one visual language: palettes for light and dark, one accent, colours for curves that everybody can tell apart, the 8-px grid.
#pragma once

#include <QColor>
#include <QFont>
#include <QPalette>

class QApplication;
class QIcon;
class QString;

namespace incipit::ui {

enum class Theme { System, Light, Dark };

// The studio's palette and style sheet; may be called again at any time. Every widget hears of it by QEvent::PaletteChange.
void applyTheme(Theme theme);
bool isDark(const QPalette& palette);

// Distances, in device-independent pixels.
inline constexpr int grid = 8;

// Okabe and Ito's colours (https://jfly.uni-koeln.de/color/), told apart with every kind of colour vision. The yellow is left out as a
// line colour on white; in dark the blue is lifted so that it keeps its contrast.
enum class Hue { Blue, Orange, Green, Vermillion, Sky, Purple };
QColor hue(Hue hue, const QPalette& palette);

QColor accent(const QPalette& palette);
QColor muted(const QPalette& palette);     // secondary text, contrast at least 4.5 : 1
QColor hairline(const QPalette& palette);  // borders of cards and fields
QColor mixed(const QColor& a, const QColor& b, double shareOfB);

QFont monospaced(const QFont& like);     // the system's fixed font in the size of `like`
QFont tabularDigits(const QFont& like);  // digits of one width, so that numbers do not jump

// resources/icons/<name>.svg drawn in the palette's text colour, or in `colour`.
QIcon icon(const QString& name, const QPalette& palette, const QColor& colour = {});

}  // namespace incipit::ui
