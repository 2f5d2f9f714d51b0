#include "ui/steps/step_panel.h"

#include "ui/settings/theme.h"
#include "ui/steps/keep_in_place.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/step_header.h"

#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace incipit::ui {
namespace {

// Secondary text in a colour that follows the palette.
class HelpLine : public QLabel {
 public:
  using QLabel::QLabel;

 protected:
  bool event(QEvent* event) override {
    if (event->type() == QEvent::Polish || event->type() == QEvent::PaletteChange) {
      const auto wanted = muted(palette());
      if (palette().color(QPalette::WindowText) != wanted) {
        auto own = palette();
        own.setColor(QPalette::WindowText, wanted);
        setPalette(own);
      }
    }
    return QLabel::event(event);
  }
};

}  // namespace

StepPanel::StepPanel(int number, const QString& title, QWidget* parent)
    : QFrame(parent), m_header(new StepHeader(number, title, this)), m_busy(new QProgressBar(this)),
      m_cancel(new QPushButton(tr("Cancel"), this)), m_strip(new ProblemStrip(this)), m_content(new QWidget(this)),
      m_body(new QVBoxLayout(m_content)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(1, 1, 1, 1);
  layout->setSpacing(0);
  layout->addWidget(m_header);
  m_busy->setRange(0, 0);
  m_busy->setTextVisible(false);
  m_busy->setFixedHeight(3);
  m_busy->setAccessibleName(tr("At work"));
  auto policy = m_busy->sizePolicy();
  policy.setRetainSizeWhenHidden(true);  // work that comes and goes moves nothing
  m_busy->setSizePolicy(policy);
  m_busy->hide();
  layout->addWidget(m_busy);
  auto* stripRow = new QVBoxLayout;
  stripRow->setContentsMargins(grid * 3 / 2, 0, grid * 3 / 2, 0);
  m_cancel->setProperty("plain", true);
  m_cancel->setToolTip(tr("Give this up; what was open before stays"));
  m_cancel->hide();
  connect(m_cancel, &QPushButton::clicked, this, &StepPanel::cancelled);
  stripRow->addWidget(m_strip);
  layout->addLayout(stripRow);
  layout->addWidget(m_content);
  m_body->setContentsMargins(grid * 3 / 2, grid, grid * 3 / 2, grid * 3 / 2);
  m_body->setSpacing(grid);
  connect(m_header, &StepHeader::clicked, this, [this] { setFolded(!m_folded); });
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);  // not Maximum: that would cut off texts that wrap
  setState(State::Missing, {});
}

void StepPanel::setState(State state, const QString& sentence) {
  m_state = state;
  m_sentence = sentence;
  m_busy->setVisible(state == State::Busy);
  if (state != State::Busy) setProgress(-1);
  m_header->show(state, sentence, m_folded);
}

void StepPanel::setProgress(double share) {
  constexpr int fine = 1000;
  m_busy->setRange(0, share < 0 ? 0 : fine);
  if (share >= 0) m_busy->setValue(int(share * fine));
  m_cancel->setVisible(share >= 0);
  placeCancel();
}

// Over the head, so that nothing below it moves.
void StepPanel::placeCancel() {
  m_cancel->adjustSize();
  m_cancel->move(width() - m_cancel->width() - grid * 5, m_header->y() + (m_header->height() - m_cancel->height()) / 2);
  m_cancel->raise();
}

void StepPanel::resizeEvent(QResizeEvent* event) {
  QFrame::resizeEvent(event);
  placeCancel();
}

void StepPanel::showProblem(const ui::Problem& problem) {
  const KeepInPlace keep(this);
  m_strip->show(problem);
  if (!problem.empty()) setFolded(false);
}

void StepPanel::setFolded(bool folded) {
  if (folded == m_folded) return;
  m_folded = folded;
  m_content->setVisible(!folded);
  m_header->show(m_state, m_sentence, m_folded);
  emit foldedChanged(folded);
}

void StepPanel::setHelpPage(const QString& page) { setProperty("helpPage", page); }

void StepPanel::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) update();
  QFrame::changeEvent(event);
}

void StepPanel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(hairline(palette()), 1));
  // In the dark a step lighter than a field, so that fields stand out from the card.
  const auto window = palette().color(QPalette::Window);
  painter.setBrush(isDark(palette()) ? mixed(window, palette().color(QPalette::Text), 0.06) : palette().color(QPalette::Base));
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
}

QLabel* sectionTitle(const QString& text, QWidget* parent) {
  auto* label = new QLabel(parent);
  label->setTextFormat(Qt::PlainText);
  label->setText(text);
  auto font = label->font();
  font.setWeight(QFont::DemiBold);
  label->setFont(font);
  return label;
}

QLabel* helpLine(const QString& text, QWidget* parent) {
  auto* label = new HelpLine(parent);
  label->setTextFormat(Qt::PlainText);
  label->setText(text);
  label->setWordWrap(true);
  return label;
}

}  // namespace incipit::ui
