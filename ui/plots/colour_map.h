// Numbers as colours, perceptually uniform: the same step of a number is the same step for the eye, with every kind of colour vision.
#pragma once

#include <QColor>
#include <QPalette>

namespace incipit::ui {

// Shares from 0 to 1: viridis (van der Walt & Smith 2015), from dark violet to yellow.
QColor sequentialColour(double share);
// Values from -1 to 1 around a middle that is quiet on the palette's ground: vik on light, berlin on dark (Crameri 2018).
QColor divergingColour(double value, const QPalette& palette);
// Black or white, whatever is read better on it.
QColor inkOn(const QColor& colour);

}  // namespace incipit::ui
