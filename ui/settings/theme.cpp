#include "ui/settings/theme.h"

#include "ui/settings/style_sheet.h"
#include "ui/settings/system_colours.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QIcon>
#include <QPainter>
#include <QPixmap>
#include <QStyleFactory>
#include <QSvgRenderer>
#include <cmath>

// Outside every namespace, as the macro wants it: resources of a static library have to be asked for.
static void registerResources() { Q_INIT_RESOURCE(studio); }

namespace incipit::ui {
namespace {

// Two sets of the same roles; each text colour has at least 4.5 : 1 on the surfaces it stands on.
struct Colours {
  QRgb window, base, alternate, text, muted, button, accent, onAccent, link, tip;
};
constexpr Colours light{0xfff3f5f7, 0xffffffff, 0xfff7f9fa, 0xff1c2126, 0xff5b6670,
                        0xfffdfdfe, 0xff0b6c8a, 0xffffffff, 0xff0b6c8a, 0xff24303a};
constexpr Colours dark{0xff1d2125, 0xff15181b, 0xff191d21, 0xffe4e8eb, 0xff9aa5af,
                       0xff2a3036, 0xff4db6d6, 0xff0c1a20, 0xff6cc6e2, 0xff323a42};

QPalette paletteOf(const Colours& c) {
  QPalette palette;
  palette.setColor(QPalette::Window, c.window);
  palette.setColor(QPalette::WindowText, c.text);
  palette.setColor(QPalette::Base, c.base);
  palette.setColor(QPalette::AlternateBase, c.alternate);
  palette.setColor(QPalette::Text, c.text);
  palette.setColor(QPalette::PlaceholderText, c.muted);
  palette.setColor(QPalette::Button, c.button);
  palette.setColor(QPalette::ButtonText, c.text);
  palette.setColor(QPalette::BrightText, Qt::white);
  palette.setColor(QPalette::Highlight, c.accent);
  palette.setColor(QPalette::HighlightedText, c.onAccent);
  palette.setColor(QPalette::Link, c.link);
  palette.setColor(QPalette::LinkVisited, c.link);
  palette.setColor(QPalette::ToolTipBase, c.tip);
  palette.setColor(QPalette::ToolTipText, QColor(0xff, 0xff, 0xff));
  const QColor window(c.window);
  const bool isLight = window.lightness() > 128;
  palette.setColor(QPalette::Light, isLight ? QColor(Qt::white) : window.lighter(140));
  palette.setColor(QPalette::Midlight, mixed(window, c.text, 0.06));
  palette.setColor(QPalette::Mid, mixed(window, c.text, 0.22));
  palette.setColor(QPalette::Dark, mixed(window, c.text, isLight ? 0.35 : 0.18));
  palette.setColor(QPalette::Shadow, isLight ? QColor(0x60, 0x6a, 0x74) : QColor(Qt::black));
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    palette.setColor(QPalette::Disabled, role, mixed(c.text, c.window, 0.5));
  palette.setColor(QPalette::Disabled, QPalette::Highlight, mixed(c.text, c.window, 0.7));
  palette.setColor(QPalette::Disabled, QPalette::HighlightedText, c.text);
  return palette;
}

}  // namespace

bool isDark(const QPalette& palette) { return palette.color(QPalette::Window).lightness() < 128; }

void applyTheme(Theme theme) {
  registerResources();
  // What the platform's own palette says, looked at once before ours covers it: for desktops without the portal.
  static const bool paletteIsDark = isDark(QApplication::palette());
  auto& system = SystemColours::instance();
  static Theme wanted;
  wanted = theme;
  static const auto following = QObject::connect(&system, &SystemColours::changed, qApp, [] {
    if (wanted == Theme::System) applyTheme(wanted);
  });
  Q_UNUSED(following);
  static const bool fusion = [] {
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    return true;
  }();
  Q_UNUSED(fusion);
  const bool isDarkWanted = theme == Theme::Dark || (theme == Theme::System && system.dark().value_or(paletteIsDark));
  const auto palette = paletteOf(isDarkWanted ? dark : light);
  QApplication::setPalette(palette);
  qApp->setStyleSheet(styleSheet(palette));
}

QColor mixed(const QColor& a, const QColor& b, double share) {
  const auto channel = [share](int x, int y) { return int(std::lround(x + (y - x) * share)); };
  return {channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue())};
}

QColor hue(Hue which, const QPalette& palette) {
  const bool lifted = isDark(palette);
  switch (which) {
  case Hue::Blue:
    return lifted ? QColor(0x3d, 0x9b, 0xe0) : QColor(0x00, 0x72, 0xb2);
  case Hue::Orange:
    return {0xe6, 0x9f, 0x00};
  case Hue::Green:
    return lifted ? QColor(0x1f, 0xc1, 0x94) : QColor(0x00, 0x9e, 0x73);
  case Hue::Vermillion:
    return lifted ? QColor(0xf0, 0x77, 0x2b) : QColor(0xd5, 0x5e, 0x00);
  case Hue::Sky:
    return {0x56, 0xb4, 0xe9};
  case Hue::Purple:
    return lifted ? QColor(0xdd, 0x8f, 0xba) : QColor(0xb8, 0x5c, 0x90);
  }
  return palette.color(QPalette::Text);
}

QColor accent(const QPalette& palette) { return palette.color(QPalette::Active, QPalette::Highlight); }
QColor muted(const QPalette& palette) { return palette.color(QPalette::PlaceholderText); }
QColor hairline(const QPalette& palette) {
  return mixed(palette.color(QPalette::Window), palette.color(QPalette::WindowText), isDark(palette) ? 0.16 : 0.14);
}

QFont monospaced(const QFont& like) {
  auto font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
  if (like.pointSizeF() > 0)
    font.setPointSizeF(like.pointSizeF());
  else
    font.setPixelSize(like.pixelSize());
  return font;
}

// Qt 6.4 cannot ask a font for its `tnum` feature; fonts of today's desktops have tabular digits by default, so the family is kept.
QFont tabularDigits(const QFont& like) {
  auto font = like;
  font.setKerning(false);
  return font;
}

QIcon icon(const QString& name, const QPalette& palette, const QColor& colour) {
  registerResources();
  QSvgRenderer renderer(QStringLiteral(":/icons/%1.svg").arg(name));
  QIcon result;
  if (!renderer.isValid()) return result;
  const auto draw = [&](const QColor& ink, QIcon::Mode mode) {
    for (const int size : {16, 20, 24, 32, 48, 64}) {
      QPixmap pixmap(size, size);
      pixmap.fill(Qt::transparent);
      QPainter painter(&pixmap);
      renderer.render(&painter);
      painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
      painter.fillRect(pixmap.rect(), ink);
      painter.end();
      result.addPixmap(pixmap, mode);
    }
  };
  draw(colour.isValid() ? colour : palette.color(QPalette::Active, QPalette::ButtonText), QIcon::Normal);
  draw(palette.color(QPalette::Disabled, QPalette::ButtonText), QIcon::Disabled);
  return result;
}

}  // namespace incipit::ui
