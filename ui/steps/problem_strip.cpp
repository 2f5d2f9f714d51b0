#include "ui/steps/problem_strip.h"

#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"

#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace incipit::ui {

ProblemStrip::ProblemStrip(QWidget* parent)
    : QFrame(parent), m_what(new QLabel(this)), m_remedy(new QLabel(this)), m_action(new QPushButton(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(grid * 3 / 2, grid, grid, grid);
  layout->setSpacing(grid / 2);
  for (auto* label : {m_what, m_remedy}) {
    label->setWordWrap(true);
    label->setMinimumWidth(1);  // a long name must not widen the column
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    layout->addWidget(label);
  }
  m_action->setProperty("plain", true);
  layout->addWidget(m_action, 0, Qt::AlignLeft);
  connect(m_action, &QPushButton::clicked, this, &ProblemStrip::acted);
  hide();
}

void ProblemStrip::show(const Problem& problem, Tone tone) {
  m_problem = problem;
  m_tone = tone;
  tell({});
}

void ProblemStrip::showHint(const QString& sentence, const QString& action) {
  m_problem = {sentence, {}, {}};
  m_tone = Tone::Hint;
  tell(action);
}

void ProblemStrip::clear() { show({}); }

void ProblemStrip::tell(const QString& action) {
  m_what->setText(m_problem.what);
  m_remedy->setText(m_problem.remedy);
  m_remedy->setVisible(!m_problem.remedy.isEmpty());
  m_action->setText(action);
  m_action->setVisible(!action.isEmpty());
  setToolTip(plainToolTip(m_problem.whole));
  setAccessibleName(m_problem.text());
  setVisible(!m_problem.empty());
  update();
}

void ProblemStrip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const auto tint = m_tone == Tone::Problem ? hue(Hue::Vermillion, palette()) : accent(palette());
  painter.setPen(Qt::NoPen);
  painter.setBrush(mixed(palette().color(QPalette::Base), tint, 0.12));
  painter.drawRoundedRect(rect(), 4, 4);
  painter.setBrush(tint);
  painter.setClipRect(QRect(0, 0, 4, height()));
  painter.drawRoundedRect(rect(), 4, 4);
}

}  // namespace incipit::ui
