// For tests/bench/bench_startup.cpp: says on standard output when the window has been drawn for the first time, and ends the program.
#pragma once

class QWidget;

namespace incipit::studio {

// The line it writes.
inline constexpr const char* visibleWord = "visible";

void endAfterFirstPicture(QWidget& window);

}  // namespace incipit::studio
