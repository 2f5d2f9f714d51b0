// The few things that the palette alone cannot say, as a Qt style sheet in the palette's colours.
#pragma once

#include <QPalette>
#include <QString>

namespace incipit::ui {

QString styleSheet(const QPalette& palette);

}  // namespace incipit::ui
