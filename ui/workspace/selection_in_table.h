// A table with a row for each virtual token, in their order, sorted and filtered as one likes: what is chosen in it is chosen everywhere,
// and the reverse.
#pragma once

class QTableView;

namespace incipit::ui {

class Selection;

// The table has its model already, perhaps behind proxies, and selects whole rows.
void bindSelection(QTableView* table, Selection& selection);

}  // namespace incipit::ui
