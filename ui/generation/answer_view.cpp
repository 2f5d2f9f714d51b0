#include "ui/generation/answer_view.h"

#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/values.h"

#include <QLabel>
#include <QLocale>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTextCursor>
#include <QTextEdit>
#include <QVBoxLayout>
#include <utility>

namespace incipit::ui {

AnswerView::AnswerView(const QString& title, const QString& emptyText, QWidget* parent)
    : QWidget(parent), m_title(sectionTitle(title, this)), m_detail(helpLine({}, this)), m_status(helpLine({}, this)),
      m_text(new QTextEdit(this)), m_bars(new ClassBars), m_pages(new QStackedWidget(this)) {
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
  auto* scroll = new QScrollArea;
  scroll->setObjectName(QStringLiteral("bars"));
  scroll->setWidget(m_bars);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->viewport()->setBackgroundRole(QPalette::Base);
  m_bars->setBackgroundRole(QPalette::Base);
  m_pages->addWidget(m_text);
  m_pages->addWidget(scroll);
  column->addWidget(m_pages, 1);
  column->addWidget(m_status);
}

void AnswerView::setDetail(const QString& detail) {
  if (m_answered || detail == m_detailText) return;
  m_detailText = detail;
  m_detail->setToolTip(plainToolTip(detail));
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

void AnswerView::begin(AnswerSource source, const QString& detail) {
  m_answered = false;
  setDetail(detail);
  m_answered = true;
  m_source = std::move(source);
  m_how = tr("answering…");
  m_text->clear();
  m_text->setPlaceholderText({});
  m_bars->clear();
  m_pages->setCurrentIndex(0);
  fade({});
}

void AnswerView::compare(const AnswerSource& now) {
  if (!m_answered) return;
  fade(now.model != m_source.model     ? tr("of a model that is no longer open")
       : now.prompt != m_source.prompt ? tr("of an earlier prompt")
       : now.words != m_source.words   ? tr("with other words")
       : now.text != m_source.text     ? tr("to an earlier text")
                                       : QString());
}

void AnswerView::fade(const QString& why) {
  m_faded = !why.isEmpty();
  m_status->setText(m_faded ? why : m_how);
  m_status->setToolTip(plainToolTip(m_faded ? tr("Press Answer for a new one") : m_how));
  auto colours = palette();
  if (m_faded) colours.setColor(QPalette::Text, muted(palette()));
  m_text->setPalette(colours);
  m_bars->setFaded(m_faded);
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

void AnswerView::showClasses(std::vector<ClassShare> classes, const QString& truth) {
  m_bars->show(std::move(classes), truth);
  m_text->setPlainText(m_bars->asText());
  m_pages->setCurrentIndex(1);
}

void AnswerView::end(const QString& rest, const QString& how, const QString& silence) {
  m_text->setPlaceholderText(silence);
  if (!rest.isEmpty()) {
    QTextCursor cursor(m_text->document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(rest);
  }
  m_how = how;
  if (!m_faded) fade({});
}

QString AnswerView::text() const { return m_text->toPlainText(); }

}  // namespace incipit::ui
