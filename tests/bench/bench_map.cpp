// Pictures a second while a map of fifty thousand points is dragged and zoomed by mouse, twenty virtual tokens and their paths above it.
// Target: 30.
#include "ui/inspection/map_view.h"
#include "ui/settings/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QPainter>
#include <QStandardPaths>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>
#include <vector>

using namespace incipit::ui;

namespace {

constexpr int pointCount = 50000, rowCount = 20, pathLength = 40, pictures = 60;

std::vector<QPointF> cloud() {
  std::mt19937 engine(1);
  std::normal_distribution<double> normal;
  std::vector<QPointF> points;
  for (int i = 0; i < pointCount; ++i) {
    const int group = i % 40;
    points.emplace_back(30 * std::sin(group * 2.4) * std::sqrt(group) + 4 * normal(engine),
                        30 * std::cos(group * 2.4) * std::sqrt(group) + 4 * normal(engine));
  }
  return points;
}

std::vector<MapRow> rows() {
  std::vector<MapRow> all;
  for (int i = 0; i < rowCount; ++i) {
    MapRow row{i, {6.0 * i - 60, 40 * std::sin(i)}, {}};
    for (int step = 0; step < pathLength; ++step)
      row.path.emplace_back(6.0 * i - 60 + step - pathLength, 40 * std::sin(i) + 3 * std::sin(step * 0.7));
    all.push_back(std::move(row));
  }
  return all;
}

// Milliseconds of a picture, `change` before each: median and longest.
void measure(const char* name, MapView& view, const std::function<void(int)>& change) {
  std::vector<double> times;
  QImage screen(view.size(), QImage::Format_ARGB32_Premultiplied);
  for (int i = 0; i < pictures; ++i) {
    QElapsedTimer timer;
    timer.start();
    change(i);
    view.render(&screen);
    times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
  }
  std::sort(times.begin(), times.end());
  const double median = times[times.size() / 2];
  std::printf("map: %s %d points, %d x %d: %.1f ms a picture (median; longest %.1f), %.0f a second (target 30)\n", name, pointCount,
              view.width(), view.height(), median, times.back(), 1000 / median);
}

}  // namespace

int main(int argc, char** argv) {
  QStandardPaths::setTestModeEnabled(true);
  QApplication application(argc, argv);
  applyTheme(Theme::Light);
  std::vector<int> worth(pointCount);
  for (int i = 0; i < pointCount; ++i)
    worth[static_cast<std::size_t>(i)] = i;
  for (const QSize size : {QSize(1280, 800), QSize(3840, 2160)}) {
    MapView view;
    view.resize(size);
    view.setPoints(cloud(), worth, {[](int point) { return QStringLiteral("␣token%1").arg(point); }, {}, {}});
    view.setRows(rows());
    view.show();
    QApplication::processEvents();
    const QPointF middle(size.width() / 2.0, size.height() / 2.0);
    measure("zooming", view, [&](int i) { view.zoom(i / 15 % 2 == 0 ? 1.25 : 0.8, middle); });
    view.showAll();
    view.zoom(4, middle);
    measure("moving", view, [&](int i) { view.zoom(1.0001, middle + QPointF(200 * std::sin(i / 7.0), 0)); });
    measure("rows moving over", view, [&](int) { view.setRows(rows()); });
  }
  return 0;
}
