#include "app/studio/scale.h"

#include <QGuiApplication>
#include <QScreen>
#include <QStringList>
#include <vector>

namespace incipit::studio {
namespace {

constexpr int manyPixels = 3200;   // across: 4K and more
constexpr double denseDots = 150;  // an inch: a laptop's 4K screen; fewer is a large one on a desk

// 1: as it is. A screen that says 96 dots an inch and no ratio has been scaled by nobody.
double scaleFor(const QScreen& screen) {
  const bool unscaled = screen.devicePixelRatio() == 1 && screen.logicalDotsPerInch() <= 96;
  if (!unscaled || screen.size().width() < manyPixels) return 1;
  return screen.physicalDotsPerInch() > denseDots ? 2 : 1.5;
}

}  // namespace

void settleScale(int argc, char** argv) {
  for (const auto* name : {"QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_FONT_DPI", "QT_USE_PHYSICAL_DPI", "QT_ENABLE_HIGHDPI_SCALING"})
    if (qEnvironmentVariableIsSet(name)) return;
  QStringList factors;
  bool any = false;
  {
    // Scales are read when an application starts, screens are known once one has: so a short one looks first, with arguments of its own.
    std::vector<char*> arguments(argv, argv + argc);
    arguments.push_back(nullptr);
    const QGuiApplication looking(argc, arguments.data());
    for (const auto* screen : QGuiApplication::screens()) {
      const double scale = scaleFor(*screen);
      any = any || scale != 1;
      factors << QStringLiteral("%1=%2").arg(screen->name()).arg(scale);
    }
  }
  if (any) qputenv("QT_SCREEN_SCALE_FACTORS", factors.join(QLatin1Char(';')).toUtf8());
}

}  // namespace incipit::studio
