#include "ui/plots/colours.h"

namespace incipit::ui {

bool isDark(const QPalette& palette) { return palette.color(QPalette::Base).lightnessF() < 0.5; }

QColor curveColour(Hue hue, const QPalette& palette) {
  const bool dark = isDark(palette);
  switch (hue) {
  case Hue::Blue:
    return dark ? QColor(0x56B4E9) : QColor(0x0072B2);  // sky blue, blue
  case Hue::Vermillion:
    return dark ? QColor(0xE69F00) : QColor(0xD55E00);  // orange, vermillion
  case Hue::Green:
    return dark ? QColor(0x2BC29A) : QColor(0x009E73);  // bluish green, a step lighter on dark
  case Hue::Purple:
    return dark ? QColor(0xDD94BD) : QColor(0xB85A8E);  // reddish purple, a step lighter or darker
  case Hue::Orange:
    return dark ? QColor(0xF0E442) : QColor(0xB87F00);  // yellow, orange a step darker
  case Hue::Grey:
    return mixed(palette.color(QPalette::Text), palette.color(QPalette::Base), 0.55);
  }
  return palette.color(QPalette::Text);
}

QColor mixed(const QColor& front, const QColor& back, double share) {
  const auto part = [&](float a, float b) { return static_cast<float>(a * share + b * (1 - share)); };
  return QColor::fromRgbF(part(front.redF(), back.redF()), part(front.greenF(), back.greenF()), part(front.blueF(), back.blueF()));
}

QColor quietText(const QPalette& palette) { return mixed(palette.color(QPalette::Text), palette.color(QPalette::Base), 0.68); }

}  // namespace incipit::ui
