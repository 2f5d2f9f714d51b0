// A table as a picture: all of its columns that are shown and all of its rows, drawn as they are on the screen.
#pragma once

#include <QSize>

class QPainter;
class QPalette;
class QTableView;

namespace incipit::ui {

QSize tableSize(const QTableView* table);
void drawTable(QPainter& painter, const QTableView* table, const QPalette& palette);

}  // namespace incipit::ui
