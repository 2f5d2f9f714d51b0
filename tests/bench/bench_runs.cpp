// A thousand runs: how long their list takes, the first time and from then on (target 300 ms); and fifty curves of ten thousand points one
// over another, dragged (target 30 pictures a second).
#include "core/library/library.h"
#include "core/runs/run_folder.h"
#include "core/support/files.h"
#include "ui/plots/curve_plot.h"
#include "ui/settings/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <qcustomplot.h>
#include <random>
#include <vector>

using namespace incipit;
using namespace incipit::ui;

namespace {

constexpr int runs = 1000, steps = 200, curves = 50, points = 10000, pictures = 60;

void write(const std::filesystem::path& folder, int number) {
  TrainingPlan plan;
  plan.model = "demo", plan.train = "sea-stories.jsonl", plan.steps = steps;
  plan.learningRate = 0.01 * (1 + number % 10), plan.seed = std::uint64_t(number);
  RunWriter writer(folder, plan, "model", "data");
  const auto tell = writer.events();
  Started started;
  started.totalSteps = steps;
  tell(started);
  for (int step = 1; step <= steps; ++step) {
    Stepped stepped;
    stepped.step = step, stepped.loss = 4 - 0.001 * number + std::exp(-step / 50.0);
    tell(stepped);
    if (step % 20 != 0) continue;
    Evaluated evaluated;
    evaluated.step = step, evaluated.loss = stepped.loss;
    tell(evaluated);
  }
}

double millisecondsOf(const std::filesystem::path& root) {
  QElapsedTimer timer;
  timer.start();
  const auto found = listRuns({root});
  const double took = static_cast<double>(timer.nsecsElapsed()) / 1e6;
  if (found.size() != runs) std::printf("runs: %zu of %d were found\n", found.size(), runs);
  return took;
}

void measureList() {
  QTemporaryDir folder;
  const std::filesystem::path root = folder.path().toStdString();
  for (int i = 0; i < runs; ++i)
    write(root / ("run-" + std::to_string(i)), i);
  const double first = millisecondsOf(root), second = millisecondsOf(root);
  write(root / "run-0-again", 0);
  std::filesystem::remove_all(root / "run-0");
  const double third = millisecondsOf(root);
  std::printf("runs: %d listed in %.0f ms the first time, %.0f ms from then on, %.0f ms with one new (target 300)\n", runs, first, second,
              third);
}

void measureCurves() {
  std::mt19937 engine(1);
  std::normal_distribution<double> noise;
  for (const QSize size : {QSize(900, 600), QSize(3840, 2160)}) {
    CurvePlot plot(QStringLiteral("Step"));
    const int panel = plot.addPanel(QStringLiteral("Training loss"), {}, 3, CurvePlot::Scale::MayBeLogarithmic);
    for (int i = 0; i < curves; ++i) {
      const int curve = plot.addCurve(panel, QString::number(i), Hue::Blue, Stroke::Thin);
      for (int step = 1; step <= points; ++step)
        plot.append(curve, step, 4 - 0.02 * i + std::exp(-step / 2000.0) + 0.05 * noise(engine));
    }
    plot.resize(size);
    plot.show();
    QApplication::processEvents();
    auto* canvas = plot.findChild<QCustomPlot*>();
    canvas->replot();
    auto* axis = canvas->axisRect(0)->axis(QCPAxis::atBottom);
    axis->setRange(2000, 6000);
    std::vector<double> times;
    for (int i = 0; i < pictures; ++i) {
      QElapsedTimer timer;
      timer.start();
      axis->moveRange(i % 2 == 0 ? 40 : -25);
      canvas->replot(QCustomPlot::rpImmediateRefresh);
      times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    std::sort(times.begin(), times.end());
    const double median = times[times.size() / 2];
    std::printf("runs: %d curves of %d points, %d x %d, dragged: %.1f ms a picture (median; longest %.1f), %.0f a second (target 30)\n",
                curves, points, size.width(), size.height(), median, times.back(), 1000 / median);
  }
}

}  // namespace

int main(int argc, char** argv) {
  QStandardPaths::setTestModeEnabled(true);
  QApplication application(argc, argv);
  applyTheme(Theme::Light);
  measureList();
  measureCurves();
}
