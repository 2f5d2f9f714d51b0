#include "ui/generation/class_bars.h"

#include "ui/settings/format.h"
#include "ui/settings/theme.h"

#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <functional>

namespace incipit::ui {
namespace {

constexpr std::size_t most = 20;  // more are a list of noise
constexpr int thickness = 6;

}  // namespace

ClassBars::ClassBars(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Probability of each label"));
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::MinimumExpanding);
}

void ClassBars::show(std::vector<ClassShare> classes, const QString& truth) {
  std::ranges::stable_sort(classes, std::ranges::greater{}, &ClassShare::probability);
  const auto found = std::ranges::find(classes, truth, &ClassShare::label);
  if (classes.size() > most) {  // the true one is seen, wherever it stands
    if (found != classes.end() && found >= classes.begin() + most) std::iter_swap(found, classes.begin() + most - 1);
    classes.resize(most);
  }
  m_classes = std::move(classes);
  m_truth = truth;
  setAccessibleDescription(asText());
  updateGeometry();
  update();
}

void ClassBars::setFaded(bool faded) {
  m_faded = faded;
  update();
}

QString ClassBars::asText() const {
  QString text;
  constexpr QChar figureSpace(0x2007);  // as wide as a digit, so that the numbers stand below each other
  for (const auto& each : m_classes)
    text += QStringLiteral("%1 %  %2\n").arg(QLocale().toString(100 * each.probability, 'f', 1), 5, figureSpace).arg(each.label);
  text.chop(1);
  return text;
}

int ClassBars::rowHeight() const { return fontMetrics().height() + thickness + grid * 3 / 2; }
QSize ClassBars::sizeHint() const { return {grid * 24, rowHeight() * static_cast<int>(m_classes.size()) + grid}; }
QSize ClassBars::minimumSizeHint() const { return {grid * 10, sizeHint().height()}; }

// A row: the label and its share above a bar. The answer is bold; the true label carries its word, in green where it was answered and in
// the colour of a warning where another was.
void ClassBars::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const auto quiet = muted(palette()), text = m_faded ? quiet : palette().color(QPalette::Text);
  const auto right = hue(Hue::Green, palette()), wrong = hue(Hue::Vermillion, palette());
  const bool known = !m_truth.isEmpty();
  int top = grid;
  for (std::size_t i = 0; i < m_classes.size(); ++i, top += rowHeight()) {
    const auto& each = m_classes[i];
    const bool answered = i == 0, isTrue = known && each.label == m_truth;
    auto shown = tabularDigits(font());
    if (answered) shown.setWeight(QFont::DemiBold);
    painter.setFont(shown);
    const QFontMetrics metrics(shown);
    const QRect line(grid, top, width() - 2 * grid, metrics.height());
    const auto share = percentText(each.probability);
    const int wide = metrics.horizontalAdvance(share);
    painter.setPen(text);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, share);
    const auto mark = isTrue ? (answered ? tr("✓ true") : tr("true")) : QString();
    const int room = line.width() - wide - grid - (mark.isEmpty() ? 0 : metrics.horizontalAdvance(mark) + grid);
    const auto label = metrics.elidedText(each.label, Qt::ElideRight, std::max(room, grid * 4));
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, label);
    const auto colour = m_faded             ? quiet
                        : known && isTrue   ? right
                        : known && answered ? wrong
                        : answered          ? accent(palette())
                                            : mixed(quiet, palette().color(QPalette::Base), 0.3);
    if (isTrue) {
      painter.setPen(m_faded ? quiet : mixed(colour, palette().color(QPalette::Text), 0.35));
      painter.drawText(line.adjusted(metrics.horizontalAdvance(label) + grid, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, mark);
    }
    const QRectF track(line.left(), line.bottom() + grid / 2, line.width(), thickness);
    painter.setPen(Qt::NoPen);
    painter.setBrush(mixed(palette().color(QPalette::Text), palette().color(QPalette::Base), 0.92));
    painter.drawRoundedRect(track, thickness / 2.0, thickness / 2.0);
    QRectF bar = track;
    bar.setWidth(track.width() * std::clamp(each.probability, 0.0, 1.0));
    QPainterPath inside;
    inside.addRoundedRect(track, thickness / 2.0, thickness / 2.0);
    painter.save();
    painter.setClipPath(inside);
    painter.fillRect(bar, colour);
    painter.restore();
  }
}

}  // namespace incipit::ui
