#include "ui/tokens/token_chip.h"

#include "core/support/error.h"
#include "ui/settings/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPen>
#include <cmath>

namespace incipit::ui {
namespace {

constexpr qreal paddingX = 5, paddingY = 2, radius = 4, badgeGap = 5;

QString tr(const char* text) { return QCoreApplication::translate("TokenChip", text); }

QFont badgeFont(const QFont& chip) {
  auto font = chip;
  font.setPointSizeF(chip.pointSizeF() * 0.82);
  return font;
}

struct Ink {
  QColor fill, border, text;
};

Ink inkOf(const TokenChip& chip, const QPalette& palette) {
  const QColor base = palette.color(QPalette::Base), text = palette.color(QPalette::Text);
  const auto tinted = [&](const QColor& tint) { return Ink{mixed(base, tint, 0.18), mixed(base, tint, 0.55), text}; };
  switch (chip.kind) {
  case TokenChip::Kind::Virtual:
    return {accent(palette), accent(palette), palette.color(QPalette::HighlightedText)};
  case TokenChip::Kind::Sampled:
    return tinted(hue(Hue::Sky, palette));
  case TokenChip::Kind::Label:
    return tinted(hue(Hue::Orange, palette));
  case TokenChip::Kind::Nothing:
  case TokenChip::Kind::Overflow:
    return {Qt::transparent, hairline(palette), muted(palette)};
  case TokenChip::Kind::Text:
    break;
  }
  if (!std::isnan(chip.leaning)) {
    const QColor tint = hue(chip.leaning < 0 ? Hue::Vermillion : Hue::Blue, palette);
    const double depth = std::min(1.0, std::abs(chip.leaning));
    return {mixed(base, tint, 0.04 + 0.5 * depth), mixed(base, tint, 0.2 + 0.6 * depth), text};
  }
  if (chip.surprise >= 0) {
    const QColor red = hue(Hue::Vermillion, palette);
    return {mixed(base, red, 0.04 + 0.5 * chip.surprise), mixed(base, red, 0.25 + 0.6 * chip.surprise), text};
  }
  if (chip.special) return tinted(hue(Hue::Purple, palette));
  if (chip.scored) return tinted(hue(Hue::Green, palette));
  return {mixed(base, text, 0.06), mixed(base, text, isDark(palette) ? 0.32 : 0.22), text};
}

}  // namespace

QString visible(const QString& piece) {
  QString result;
  for (const QChar c : piece) {
    if (c == QLatin1Char(' '))
      result += QChar(0x2423);  // open box
    else if (c == QLatin1Char('\n'))
      result += QChar(0x21b5);
    else if (c == QLatin1Char('\t'))
      result += QChar(0x21e5);
    else if (c == QLatin1Char('\r'))
      result += QChar(0x240d);
    else if (!c.isPrint() && !c.isSurrogate())
      result += QStringLiteral("\\u%1").arg(int(c.unicode()), 4, 16, QLatin1Char('0'));
    else
      result += c;
  }
  return result.isEmpty() ? QString(QChar(0x2205)) : result;  // the empty set: a token without text of its own
}

TokenChip chipOf(const Tokenizer& tokenizer, TokenId id) {
  TokenChip chip;
  try {
    const auto spelling = QString::fromStdString(tokenizer.token(id));
    chip.special = tokenizer.isSpecial(id);
    chip.text = visible(chip.special ? spelling : QString::fromStdString(tokenizer.piece(id)));
    chip.toolTip = tr("Token %1, written %2 in the vocabulary").arg(id).arg(spelling);
    if (chip.special) chip.toolTip += tr("\nA special token");
  } catch (const Error&) {
    chip.text = QStringLiteral("#%1").arg(id);
    chip.toolTip = tr("Token %1 has no text in this vocabulary").arg(id);
  }
  return chip;
}

TokenChip virtualChip(qsizetype number) {
  TokenChip chip;
  chip.kind = TokenChip::Kind::Virtual;
  chip.text = QString::number(number);
  chip.toolTip = tr("Virtual token %1: a trainable row of numbers that the model reads like a token of text").arg(number);
  return chip;
}

QFont chipFont(const QFont& surrounding) {
  auto font = monospaced(surrounding);
  font.setPointSizeF(font.pointSizeF() * 0.95);
  return font;
}

QSizeF chipSize(const TokenChip& chip, const QFont& surrounding) {
  const auto font = chipFont(surrounding);
  const QFontMetricsF metrics(font);
  qreal width = metrics.horizontalAdvance(chip.text) + 2 * paddingX;
  if (!chip.badge.isEmpty()) width += QFontMetricsF(badgeFont(font)).horizontalAdvance(chip.badge) + badgeGap + paddingX;
  return {std::ceil(std::max(width, metrics.height())), std::ceil(metrics.height() + 2 * paddingY)};
}

void paintChip(QPainter& painter, const QRectF& place, const TokenChip& chip, const QPalette& palette, const QFont& surrounding) {
  const auto ink = inkOf(chip, palette);
  auto font = chipFont(surrounding);
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF box = place.adjusted(0.5, 0.5, -0.5, -0.5);
  QPen border(ink.border, 1);
  if (chip.cutOff || chip.kind == TokenChip::Kind::Nothing) border.setStyle(Qt::DashLine);
  painter.setPen(border);
  painter.setBrush(chip.cutOff ? QBrush(Qt::NoBrush) : QBrush(ink.fill));
  painter.drawRoundedRect(box, radius, radius);
  if (chip.repeated && !chip.cutOff) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(QBrush(mixed(ink.fill, ink.text, 0.24), Qt::BDiagPattern));
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius - 1, radius - 1);
  }
  QRectF room = place.adjusted(paddingX, 0, -paddingX, 0);
  if (!chip.badge.isEmpty()) {
    const auto small = badgeFont(font);
    const qreal width = QFontMetricsF(small).horizontalAdvance(chip.badge) + paddingX;
    const QRectF badge(box.left(), box.top(), width + paddingX, box.height());
    painter.setPen(Qt::NoPen);
    painter.setBrush(accent(palette));
    painter.setClipRect(badge);
    painter.drawRoundedRect(box, radius, radius);
    painter.setClipping(false);
    painter.setFont(small);
    painter.setPen(palette.color(QPalette::HighlightedText));
    painter.drawText(badge, Qt::AlignCenter, chip.badge);
    room.setLeft(badge.right() + badgeGap - 1);
  }
  font.setStrikeOut(chip.cutOff);
  painter.setFont(font);
  painter.setPen(chip.cutOff ? muted(palette) : ink.text);
  const QFontMetricsF metrics(font);
  const bool fits = metrics.horizontalAdvance(chip.text) <= room.width() + paddingX;
  painter.drawText(room, Qt::AlignCenter, fits ? chip.text : metrics.elidedText(chip.text, Qt::ElideRight, room.width() + paddingX));
  if (chip.scored) {  // a second sign beside the tint, for eyes that do not see the green
    painter.setPen(Qt::NoPen);
    painter.setBrush(hue(Hue::Green, palette));
    painter.drawRoundedRect(QRectF(place.left() + 3, place.bottom() - 2.5, place.width() - 6, 2), 1, 1);
  }
  painter.restore();
}

}  // namespace incipit::ui
