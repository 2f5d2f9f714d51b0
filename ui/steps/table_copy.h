// Any table can be copied as text: the selected rows (or all) with tabs between the columns, ready for a spreadsheet.
#pragma once

#include <QString>

class QTableView;

namespace incipit::ui {

QString tableText(const QTableView* view);
void makeCopyable(QTableView* view);  // Ctrl+C and a context menu

}  // namespace incipit::ui
