#include "ui/inspection/map_points.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace incipit::ui {
namespace {

constexpr double onePoint = 0.34;  // how dark a single one is

// The pixels of a disc around (0, 0), line by line: half its width there.
std::vector<int> disc(double radius) {
  std::vector<int> halves;
  const int reach = int(radius);
  for (int y = -reach; y <= reach; ++y)
    halves.push_back(int(std::sqrt(std::max(0.0, radius * radius - y * y))));
  return halves;
}

// What each number of points on a pixel looks like.
std::array<QRgb, 256> shades(const QColor& colour) {
  std::array<QRgb, 256> all{};
  for (int count = 1; count < 256; ++count) {
    const double dark = 1 - std::pow(1 - onePoint, std::min(count, 8));
    all[std::size_t(count)] = qPremultiply(qRgba(colour.red(), colour.green(), colour.blue(), int(std::lround(255 * dark))));
  }
  return all;
}

}  // namespace

QImage pointsPicture(const std::vector<QPointF>& points, const MapWindow& window, double ratio, double radius, const QColor& colour) {
  const int width = std::max(1, int(std::ceil(window.size.width() * ratio))),
            height = std::max(1, int(std::ceil(window.size.height() * ratio)));
  std::vector<std::uint8_t> counts(std::size_t(width) * std::size_t(height));
  const auto halves = disc(radius * ratio);
  const int reach = int(halves.size()) / 2;
  for (const auto& point : points) {
    const auto at = window.toScreen(point) * ratio;
    if (!(at.x() > -reach && at.y() > -reach && at.x() < width + reach && at.y() < height + reach)) continue;
    const int x = int(std::floor(at.x())), y = int(std::floor(at.y()));
    for (int line = std::max(0, y - reach); line <= std::min(height - 1, y + reach); ++line) {
      const int half = halves[std::size_t(line - y + reach)];
      auto* row = counts.data() + std::size_t(line) * std::size_t(width);
      for (int column = std::max(0, x - half); column <= std::min(width - 1, x + half); ++column)
        row[column] = std::uint8_t(row[column] + (row[column] < 255 ? 1 : 0));
    }
  }
  const auto shade = shades(colour);
  QImage picture(width, height, QImage::Format_ARGB32_Premultiplied);
  const auto* count = counts.data();
  for (int line = 0; line < height; ++line) {
    auto* pixel = reinterpret_cast<QRgb*>(picture.scanLine(line));
    for (int column = 0; column < width; ++column)
      pixel[column] = shade[*count++];
  }
  picture.setDevicePixelRatio(ratio);
  return picture;
}

}  // namespace incipit::ui
