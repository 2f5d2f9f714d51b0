#include "app/studio/screenshot.h"

#include "ui/generation/playground_panel.h"
#include "ui/window/main_window.h"

#include <QApplication>
#include <QTabWidget>
#include <QTimer>
#include <cstdio>

namespace incipit::studio {
namespace {

constexpr int restMilliseconds = 2000;  // without any work, before it counts as rest: plots and neighbours follow a moment later

void shoot(ui::MainWindow& window, const Screenshot& wanted) {
  window.resize(wanted.size / window.devicePixelRatioF());  // pixels of the picture
  QTimer::singleShot(500, &window, [&window, wanted] {
    const bool saved = window.grab().save(wanted.file);
    if (!saved) std::fprintf(stderr, "the picture could not be written to %s\n", qPrintable(wanted.file));
    QApplication::exit(saved ? 0 : 1);
  });
}

}  // namespace

void takeScreenshot(ui::MainWindow& window, const Screenshot& wanted) {
  window.resize(wanted.size / window.devicePixelRatioF());  // pixels of the picture
  if (auto* views = window.centralWidget()->findChild<QTabWidget*>()) views->setCurrentIndex(wanted.tab);
  auto* rest = new QTimer(&window);
  rest->setSingleShot(true);
  rest->setInterval(restMilliseconds);
  auto& workspace = window.workspace();
  QObject::connect(&workspace.jobs(), &ui::Jobs::busyChanged, rest, [rest] { rest->start(); });
  QObject::connect(rest, &QTimer::timeout, &window, [&window, &workspace, rest, wanted, begun = false, asked = false]() mutable {
    if (workspace.jobs().busy()) return rest->start();
    if (wanted.train && !begun && workspace.blockers().isEmpty()) {
      begun = true;
      if (wanted.steps > 0) {
        auto plan = workspace.plan();
        plan.steps = wanted.steps;
        workspace.editPlan(plan, QStringLiteral("Change the number of steps"));
      }
      workspace.startTraining();
      return rest->start();
    }
    if (auto* playground = window.findChild<ui::PlaygroundPanel*>(); begun && !asked && playground) {
      asked = true;
      playground->answer();
      return rest->start();
    }
    shoot(window, wanted);
  });
  rest->start();
}

}  // namespace incipit::studio
