// Pictures of the window for the documentation: opened, optionally trained, each view started and drawn into a PNG, and gone.
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>

namespace incipit::ui {
class MainWindow;
}

namespace incipit::studio {

struct Screenshot {
  QString file;  // "window.png"; with views "window-map.png", "window-lens.png"
  QSize size{1280, 800};
  bool train = false;  // run the plan to its end first
  int steps = 0;       // of that run; 0: what the plan says
  QStringList views;   // by their titles, each in a picture of its own; none: the window as it is
};

// Takes the pictures once everything is at rest, then ends the program (status 1 when one could not be written).
void takeScreenshots(ui::MainWindow& window, const Screenshot& wanted);

}  // namespace incipit::studio
