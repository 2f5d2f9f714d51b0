#include "ui/plots/empty_state.h"

#include "ui/steps/step_panel.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace incipit::ui {
namespace {

constexpr int longestLine = 440;  // pixels: about 60 characters, what reads well

}  // namespace

EmptyState::EmptyState(const QString& title, const QString& text, QWidget* parent)
    : QWidget(parent), m_title(new QLabel(this)), m_text(helpLine({}, this)), m_action(new QPushButton(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(32, 32, 32, 32);
  column->setSpacing(8);
  column->addStretch(2);
  auto font = m_title->font();
  font.setPointSizeF(font.pointSizeF() * 1.25);
  font.setWeight(QFont::DemiBold);
  m_title->setFont(font);
  m_title->setTextFormat(Qt::PlainText);  // names of runs stand in it
  for (auto* label : {m_title, m_text}) {
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setMaximumWidth(longestLine);
    // Wrapped lines ask for little width and much height by themselves; a row between two springs lets them have the width.
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(label, 100);
    row->addStretch(1);
    column->addLayout(row);
  }
  column->addSpacing(8);
  column->addWidget(m_action, 0, Qt::AlignHCenter);
  column->addStretch(3);
  connect(m_action, &QPushButton::clicked, this, &EmptyState::actionTriggered);
  setAction({});
  setTexts(title, text);
}

void EmptyState::setTexts(const QString& title, const QString& text) {
  m_title->setText(title);
  m_text->setText(text);
  setAccessibleName(title);
  setAccessibleDescription(text);
}

void EmptyState::setAction(const QString& label) {
  m_action->setText(label);
  m_action->setVisible(!label.isEmpty());
}

}  // namespace incipit::ui
