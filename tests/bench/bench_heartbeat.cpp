// While a prompt is trained in the real window: the longest gap between two ticks of the interface (target 100 ms), and how much each of
// the views that follow the training slows it down (target 10 %, against the curves alone). bench_heartbeat [MODEL DATA [STEPS]]
#include "ui/settings/theme.h"
#include "ui/window/main_window.h"
#include "ui/window/views.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QStandardPaths>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

using namespace incipit::ui;

namespace {

constexpr int patience = 600'000;  // milliseconds for a training

struct Measured {
  double stepsPerSecond = 0;
  std::vector<double> gaps;  // milliseconds, sorted
};

bool wait(const std::function<bool()>& until) {
  QElapsedTimer since;
  since.start();
  while (!until() && since.elapsed() < patience)
    QApplication::processEvents(QEventLoop::AllEvents, 5);
  return until();
}

// A run with this view in front.
Measured train(MainWindow& window, const QString& title) {
  auto& workspace = window.workspace();
  auto* views = window.findChild<Views*>();
  const auto view = std::ranges::find(views->all(), title, &Views::View::title);
  views->show(view->widget);
  wait([&] { return !workspace.jobs().busy() && workspace.blockers().isEmpty(); });
  Measured measured;
  QElapsedTimer since;
  since.start();
  QTimer heartbeat;
  heartbeat.setTimerType(Qt::PreciseTimer);
  QObject::connect(&heartbeat, &QTimer::timeout, [&] {
    if (workspace.training()) measured.gaps.push_back(static_cast<double>(since.nsecsElapsed()) / 1e6);
    since.restart();
  });
  heartbeat.start(5);
  workspace.startTraining();
  wait([&] { return !workspace.training(); });
  std::ranges::sort(measured.gaps);
  const auto run = workspace.run();
  if (run && run->end && run->end->summary && run->end->summary->elapsedSeconds > 0)
    measured.stepsPerSecond = double(run->end->summary->steps) / run->end->summary->elapsedSeconds;
  return measured;
}

}  // namespace

int main(int argc, char** argv) {
  QStandardPaths::setTestModeEnabled(true);
  QApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("Incipit-bench"));
  applyTheme(Theme::Light);
  MainWindow window;
  window.resize(1280, 800);
  window.show();
  window.openFirst(QString::fromLocal8Bit(argc > 1 ? argv[1] : "demo"), argc > 2 ? QString::fromLocal8Bit(argv[2]) : QString());
  auto& workspace = window.workspace();
  if (!wait([&] { return workspace.blockers().isEmpty() && workspace.prompt() && !workspace.jobs().busy(); })) {
    std::puts("heartbeat: nothing can be trained");
    return 1;
  }
  auto plan = workspace.plan();
  plan.steps = argc > 3 ? std::atoi(argv[3]) : 60;
  plan.validationFraction = 0, plan.validation.clear();
  workspace.editPlan(plan, QStringLiteral("bench"));
  double alone = 0;
  for (const auto* title : {"Curves", "Neighbours", "Map", "Health", "Curves"}) {
    const auto measured = train(window, QString::fromLatin1(title));
    const auto& gaps = measured.gaps;
    if (gaps.empty() || measured.stepsPerSecond <= 0) return std::printf("heartbeat: no training with %s in front\n", title), 1;
    if (alone <= 0) alone = measured.stepsPerSecond;
    std::printf("heartbeat: %-10s %6.2f steps/s (%+5.1f %%); longest gap %5.1f ms, 99th percentile %.1f ms, median %.1f ms, %zu ticks\n",
                title, measured.stepsPerSecond, 100 * (measured.stepsPerSecond / alone - 1), gaps.back(), gaps[gaps.size() * 99 / 100],
                gaps[gaps.size() / 2], gaps.size());
  }
  return 0;
}
