#include "ui/steps/facts.h"

#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"

#include <QGridLayout>
#include <QLabel>

namespace incipit::ui {

FactsView::FactsView(QWidget* parent) : QWidget(parent), m_layout(new QGridLayout(this)) {
  m_layout->setContentsMargins(0, 0, 0, 0);
  m_layout->setHorizontalSpacing(grid * 2);
  m_layout->setVerticalSpacing(grid / 2);
  m_layout->setColumnStretch(1, 1);
}

void FactsView::show(const QList<Fact>& facts) {
  // Rows are reused, so that text changes in place and nothing flickers.
  for (int row = 0; row < int(facts.size()); ++row) {
    auto* item = m_layout->itemAtPosition(row, 0);
    auto* name = item ? qobject_cast<QLabel*>(item->widget()) : helpLine({}, this);
    auto* value = item ? qobject_cast<QLabel*>(m_layout->itemAtPosition(row, 1)->widget()) : new QLabel(this);
    if (!item) {
      name->setWordWrap(false);
      value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
      value->setTextFormat(Qt::PlainText);
      value->setWordWrap(true);
      value->setFont(tabularDigits(value->font()));
      m_layout->addWidget(name, row, 0, Qt::AlignTop);
      m_layout->addWidget(value, row, 1, Qt::AlignTop);
    }
    name->setText(facts[row].name);
    value->setText(facts[row].value);
    value->setToolTip(plainToolTip(facts[row].toolTip));
    name->show();
    value->show();
  }
  for (int row = int(facts.size()); row < m_layout->rowCount(); ++row)
    for (const int column : {0, 1})
      if (auto* item = m_layout->itemAtPosition(row, column)) item->widget()->hide();
}

}  // namespace incipit::ui
