#include "ui/generation/answer_view.h"

#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"

#include <QLabel>
#include <QLocale>
#include <QScrollBar>
#include <QTextCursor>
#include <QTextEdit>
#include <QVBoxLayout>

namespace incipit::ui {

AnswerView::AnswerView(const QString& title, const QString& emptyText, QWidget* parent)
    : QWidget(parent), m_title(sectionTitle(title, this)), m_detail(helpLine({}, this)), m_status(helpLine({}, this)),
      m_text(new QTextEdit(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(grid / 2);
  for (auto* line : {m_title, m_detail, m_status}) {
    line->setWordWrap(false);
    line->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  }
  m_status->setFont(tabularDigits(font()));
  m_status->setText(QStringLiteral(" "));  // its line is reserved: nothing moves when an answer ends
  m_text->setReadOnly(true);
  m_text->setPlaceholderText(emptyText);
  m_text->setAccessibleName(title);
  m_text->document()->setDocumentMargin(grid);
  m_text->setMinimumWidth(grid * 12);
  column->addWidget(m_title);
  column->addWidget(m_detail);
  column->addWidget(m_text, 1);
  column->addWidget(m_status);
}

void AnswerView::setTitle(const QString& title, const QString& detail) {
  m_title->setText(title);
  m_detailText = detail;
  m_detail->setToolTip(detail);
  elide();
}

void AnswerView::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  elide();
}

// A space keeps the line when there is nothing to say, so that the columns stay level.
void AnswerView::elide() {
  const auto shown = m_detail->fontMetrics().elidedText(m_detailText, Qt::ElideMiddle, width());
  m_detail->setText(shown.isEmpty() ? QStringLiteral(" ") : shown);
}

void AnswerView::begin() {
  m_text->clear();
  m_status->setText(tr("answering…"));
}

void AnswerView::append(const QString& text, TokenId token, double probability) {
  if (text.isEmpty()) return;
  auto* bar = m_text->verticalScrollBar();
  const bool atEnd = bar->value() >= bar->maximum() - 4;  // who scrolls back to read is not pulled away
  QTextCharFormat format;
  format.setToolTip(tr("Token %1, probability %2 %").arg(token).arg(QLocale().toString(probability * 100, 'f', 1)));
  QTextCursor cursor(m_text->document());
  cursor.movePosition(QTextCursor::End);
  cursor.insertText(text, format);
  if (atEnd) bar->setValue(bar->maximum());
}

void AnswerView::end(const QString& rest, const QString& how) {
  if (!rest.isEmpty()) {
    QTextCursor cursor(m_text->document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(rest);
  }
  m_status->setText(how);
}

QString AnswerView::text() const { return m_text->toPlainText(); }

}  // namespace incipit::ui
