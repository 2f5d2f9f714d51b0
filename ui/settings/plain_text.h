// Text from outside (cells of a table, names of files and runs, tokens, labels) is shown as it is. Qt reads a text that begins like HTML as
// HTML, and would follow an <img src=...> in it.
#pragma once

#include <QString>

namespace incipit::ui {

// For every tooltip, message box and label whose format is not set: the same text, and nothing in it is markup.
QString plainToolTip(const QString& text);

}  // namespace incipit::ui
