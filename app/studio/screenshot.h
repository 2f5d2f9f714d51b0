// Pictures of the window for the documentation: opened, optionally trained, drawn into a PNG, and gone.
#pragma once

#include <QSize>
#include <QString>

namespace incipit::ui {
class MainWindow;
}

namespace incipit::studio {

struct Screenshot {
  QString file;
  QSize size{1280, 800};
  bool train = false;  // run the plan to its end first
  int tab = 0;         // of the views in the middle
  int steps = 0;       // of that run; 0: what the plan says
};

// Takes the picture once everything is at rest, then ends the program (status 1 when the picture could not be written).
void takeScreenshot(ui::MainWindow& window, const Screenshot& wanted);

}  // namespace incipit::studio
