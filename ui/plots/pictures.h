// A plot as a file: PNG, SVG or PDF by the name's ending.
#pragma once

#include <QPalette>
#include <QString>

class QCustomPlot;

namespace incipit::ui {

QPalette lightPalette();  // for paper
QString pictureFilter();  // of a file dialog
// Empty when it worked, else a sentence that says what failed and what to try.
QString savePicture(QCustomPlot* plot, const QString& file);

}  // namespace incipit::ui
