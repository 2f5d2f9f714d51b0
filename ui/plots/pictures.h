// A plot as a file: PNG, SVG or PDF by the name's ending.
#pragma once

#include <QPalette>
#include <QSize>
#include <QString>
#include <functional>

class QCustomPlot;
class QPainter;

namespace incipit::ui {

QPalette lightPalette();  // for paper
QString pictureFilter();  // of a file dialog
// Empty when it worked, else a sentence that says what failed and what to try.
QString savePicture(QCustomPlot* plot, const QString& file);
// The same of whatever draws itself into `size`.
QString savePicture(const QSize& size, const std::function<void(QPainter&)>& draw, const QString& file);

}  // namespace incipit::ui
