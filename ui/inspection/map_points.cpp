#include "ui/inspection/map_points.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace incipit::ui {
namespace {

// The pixels of a disc around (0, 0), line by line: half its width there.
std::vector<int> disc(double radius) {
  std::vector<int> halves;
  const int reach = int(radius);
  for (int y = -reach; y <= reach; ++y)
    halves.push_back(int(std::sqrt(std::max(0.0, radius * radius - 0.42 - y * y))));  // a little less: round, not square
  return halves;
}

// What each number of points on a pixel looks like.
std::array<QRgb, 256> shades(const QColor& colour, const QColor& ground, double onePoint) {
  std::array<QRgb, 256> all{};
  const auto mix = [](int from, int to, double share) { return int(std::lround(from + (to - from) * share)); };
  for (int count = 0; count < 256; ++count) {
    const double dark = 1 - std::pow(1 - onePoint, std::min(count, 8));
    all[std::size_t(count)] =
        qRgb(mix(ground.red(), colour.red(), dark), mix(ground.green(), colour.green(), dark), mix(ground.blue(), colour.blue(), dark));
  }
  return all;
}

}  // namespace

QImage& PointsPicture::draw(const std::vector<QPointF>& points, const MapWindow& window, double ratio, double radius, double strength,
                            const QColor& colour, const QColor& ground) {
  const int width = std::max(1, int(std::ceil(window.size.width() * ratio))),
            height = std::max(1, int(std::ceil(window.size.height() * ratio)));
  m_counts.assign(std::size_t(width) * std::size_t(height), 0);
  const auto halves = disc(radius * ratio);
  const int reach = int(halves.size()) / 2;
  for (const auto& point : points) {
    const auto at = window.toScreen(point) * ratio;
    if (!(at.x() > -reach && at.y() > -reach && at.x() < width + reach && at.y() < height + reach)) continue;
    const int x = int(std::floor(at.x())), y = int(std::floor(at.y()));
    for (int line = std::max(0, y - reach); line <= std::min(height - 1, y + reach); ++line) {
      const int half = halves[std::size_t(line - y + reach)];
      auto* row = m_counts.data() + std::size_t(line) * std::size_t(width);
      for (int column = std::max(0, x - half); column <= std::min(width - 1, x + half); ++column)
        row[column] = std::uint8_t(row[column] + (row[column] < 255 ? 1 : 0));
    }
  }
  const auto shade = shades(colour, ground, strength);
  if (m_picture.size() != QSize(width, height)) m_picture = QImage(width, height, QImage::Format_RGB32);
  const auto* count = m_counts.data();
  for (int line = 0; line < height; ++line) {
    auto* pixel = reinterpret_cast<QRgb*>(m_picture.scanLine(line));
    int column = 0;
    for (std::uint64_t eight = 0; column + 8 <= width; column += 8, count += 8) {
      std::memcpy(&eight, count, sizeof eight);
      if (eight == 0)  // most of a picture is empty
        std::fill_n(pixel + column, 8, shade[0]);
      else
        std::transform(count, count + 8, pixel + column, [&](std::uint8_t number) { return shade[number]; });
    }
    for (; column < width; ++column)
      pixel[column] = shade[*count++];
  }
  m_picture.setDevicePixelRatio(ratio);
  return m_picture;
}

}  // namespace incipit::ui
