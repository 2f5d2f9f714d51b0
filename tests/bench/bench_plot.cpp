// Pictures a second while the curves of a run of a million steps are dragged and zoomed by mouse. Target: 30.
#include "ui/jobs/jobs.h"
#include "ui/plots/curve_plot.h"
#include "ui/settings/theme.h"
#include "ui/training/curves_view.h"
#include "ui/workspace/workspace.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QStandardPaths>
#include <QTimer>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <qcustomplot.h>
#include <random>
#include <vector>

using namespace incipit;
using namespace incipit::ui;

namespace {

constexpr int steps = 1000000, measured = 3000;  // milliseconds a gesture
constexpr int mouseInterval = 8;                 // an ordinary mouse tells 125 times a second where it is

// Counts the pictures that reach the screen.
class Pictures : public QObject {
 public:
  explicit Pictures(QWidget* canvas) : QObject(canvas) { canvas->installEventFilter(this); }
  void begin() {
    m_gaps.clear();
    m_since.start();
  }
  double longestGap() const { return *std::max_element(m_gaps.begin(), m_gaps.end()); }
  double perSecond(double milliseconds) const { return 1000.0 * static_cast<double>(m_gaps.size()) / milliseconds; }
  bool empty() const { return m_gaps.empty(); }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (event->type() == QEvent::Paint && m_since.isValid())
      m_gaps.push_back(static_cast<double>(m_since.nsecsElapsed()) / 1e6), m_since.start();
    return QObject::eventFilter(watched, event);
  }

 private:
  std::vector<double> m_gaps;  // milliseconds
  QElapsedTimer m_since;
};

void fill(CurvesView& view) {
  std::mt19937 engine(1);
  std::normal_distribution<double> noise;
  Started started;
  started.totalSteps = steps;
  view.follow(started);
  for (int step = 1; step <= steps; ++step) {
    const double trend = 1 + 4 * std::exp(-step / 2e5);
    Stepped stepped;
    stepped.step = step;
    stepped.loss = trend * std::exp(0.2 * noise(engine));
    stepped.learningRate = 0.3 * (1 - step / 1e6);
    stepped.gradNorm = 0.1 * std::exp(0.5 * noise(engine));
    view.follow(stepped);
    if (step % 5000 != 0) continue;
    Evaluated evaluated;
    evaluated.step = step;
    evaluated.loss = trend + 0.02 * noise(engine);
    view.follow(evaluated);
  }
}

// Calls gesture(count) as often as a mouse would for some seconds; false where nothing was drawn.
bool measure(const char* name, Pictures& pictures, const std::function<void(int)>& gesture) {
  QEventLoop loop;
  QTimer mouse;
  mouse.setTimerType(Qt::PreciseTimer);
  int count = 0;
  QObject::connect(&mouse, &QTimer::timeout, [&] { gesture(count++); });
  QElapsedTimer whole;
  QTimer::singleShot(measured, &loop, &QEventLoop::quit);
  pictures.begin();
  whole.start();
  mouse.start(mouseInterval);
  loop.exec();
  mouse.stop();
  if (pictures.empty()) return std::printf("plot: nothing was drawn while %s\n", name), false;
  std::printf("plot: %s a million steps: %.1f pictures a second, longest gap %.0f ms (target 30 a second)\n", name,
              pictures.perSecond(static_cast<double>(whole.elapsed())), pictures.longestGap());
  return true;
}

// The time of one whole picture by itself, milliseconds: median over views of different places and widths.
double pictureTime(CurvePlot& plot, QCustomPlot& canvas) {
  std::vector<double> times;
  for (int i = 0; i < 60; ++i) {
    const double width = steps * std::pow(0.85, i % 20), from = (steps - width) * (i % 7) / 7;
    QElapsedTimer timer;
    plot.showX(from, from + width);
    QCoreApplication::processEvents();
    timer.start();
    canvas.replot(QCustomPlot::rpImmediateRefresh);
    times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  QStandardPaths::setTestModeEnabled(true);
  QApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("Incipit-bench"));
  applyTheme(Theme::Light);
  Jobs jobs;
  Workspace workspace(jobs);
  CurvesView view(workspace);
  view.resize(1280, 800);
  view.show();
  QElapsedTimer filling;
  filling.start();
  fill(view);
  const double seconds = static_cast<double>(filling.elapsed()) / 1000;
  QApplication::processEvents();

  auto* canvas = view.findChild<QCustomPlot*>();
  auto* rect = canvas->axisRect(0);
  const QPointF centre = rect->rect().center();
  const auto mouse = [&](QEvent::Type type, const QPointF& at, Qt::MouseButton button, Qt::MouseButtons held) {
    QMouseEvent event(type, at, canvas->mapToGlobal(at), button, held, Qt::NoModifier);
    QApplication::sendEvent(canvas, &event);
  };
  const auto wheel = [&](int notches) {
    QWheelEvent event(centre, canvas->mapToGlobal(centre), {}, {0, 120 * notches}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(canvas, &event);
  };
  Pictures pictures(canvas);
  bool drawn = measure("zooming", pictures, [&](int i) { wheel(i / 30 % 2 == 0 ? 1 : -1); });
  view.plot()->showX(steps * 0.25, steps * 0.75);
  QApplication::processEvents();
  mouse(QEvent::MouseButtonPress, centre, Qt::MiddleButton, Qt::MiddleButton);
  drawn &= measure("moving", pictures,
                   [&](int i) { mouse(QEvent::MouseMove, centre + QPointF(300 * std::sin(i / 40.0), 0), Qt::NoButton, Qt::MiddleButton); });
  mouse(QEvent::MouseButtonRelease, centre, Qt::MiddleButton, Qt::NoButton);
  std::printf("plot: one picture %.1f ms (median of 60 views); a million steps read in %.2f s\n", pictureTime(*view.plot(), *canvas),
              seconds);
  return drawn ? 0 : 1;
}
