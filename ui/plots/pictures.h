// A plot as a file: PNG, SVG or PDF by the name's ending.
#pragma once

#include <QPalette>
#include <QString>
#include <functional>

class QCustomPlot;
class QPainter;
class QSize;

namespace incipit::ui {

QPalette lightPalette();  // for paper
QString pictureFilter();  // of a file dialog
// Empty when it worked, else a sentence that says what failed and what to try.
QString savePicture(QCustomPlot* plot, const QString& file);
// The same of whatever `draw` draws on a white ground of this size.
QString savePicture(const QSize& size, const std::function<void(QPainter&)>& draw, const QString& file);

}  // namespace incipit::ui
