#include "ui/plots/colour_map.h"

#include "ui/settings/theme.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace incipit::ui {
namespace {

// A few colours of each map at even distances; between them the mixture differs from the map by less than the eye sees.
constexpr QRgb viridis[]{0xff440154, 0xff472d7b, 0xff3b528b, 0xff2c728e, 0xff21918c, 0xff28ae80, 0xff5ec962, 0xffaddc30, 0xfffde725};
constexpr QRgb vik[]{0xff001260, 0xff06558b, 0xff71a7c4, 0xffebe5e0, 0xffd29773, 0xffa65527, 0xff590007};
constexpr QRgb berlin[]{0xff9eb0ff, 0xff4492bf, 0xff1e4f65, 0xff11181d, 0xff451604, 0xff954632, 0xffffacac};

template <std::size_t n>
QColor between(const QRgb (&colours)[n], double share) {
  const double place = std::clamp(std::isfinite(share) ? share : 0.0, 0.0, 1.0) * double(n - 1);
  const auto first = std::min(static_cast<std::size_t>(place), n - 2);
  return mixed(QColor(colours[first]), QColor(colours[first + 1]), place - double(first));
}

}  // namespace

QColor sequentialColour(double share) { return between(viridis, share); }

QColor divergingColour(double value, const QPalette& palette) {
  const double share = (std::clamp(value, -1.0, 1.0) + 1) / 2;
  return isDark(palette) ? between(berlin, share) : between(vik, share);
}

QColor inkOn(const QColor& colour) {
  const auto linear = [](double part) { return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4); };
  const double light = 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
  return light > 0.179 ? QColor(Qt::black) : QColor(Qt::white);  // 4.5 : 1 at least
}

}  // namespace incipit::ui
