#include "ui/dataset/template_preview.h"

#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"
#include "ui/tokens/example_chips.h"
#include "ui/tokens/token_flow.h"
#include "ui/workspace/text.h"

#include <QButtonGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QTextCursor>
#include <QTextEdit>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

namespace incipit::ui {
namespace {

constexpr int rowsOfTokens = 8;
constexpr qsizetype longest = 260;  // letters of a piece of text

// The middle of a long text is left out: what stands at a place, or in front of the answer, is what is looked at.
QString shortened(const QString& text) {
  auto shown = text;
  shown.replace(QLatin1Char('\n'), QStringLiteral("↵") + QChar(QChar::LineSeparator));  // a row stays one paragraph
  if (shown.size() <= longest) return shown;
  return shown.left(longest / 2) + QStringLiteral(" … ") + shown.right(longest / 2);
}

QToolButton* choice(const QString& text, const QString& toolTip, QButtonGroup* group, QWidget* parent) {
  auto* button = new QToolButton(parent);
  button->setText(text);
  button->setToolTip(toolTip);
  button->setCheckable(true);
  button->setAutoRaise(true);
  group->addButton(button);
  return button;
}

}  // namespace

TemplatePreview::TemplatePreview(QWidget* parent) : QWidget(parent), m_text(new QTextEdit(this)), m_tokens(new QWidget(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(grid / 2);
  auto* head = new QHBoxLayout;
  head->setSpacing(0);
  auto* group = new QButtonGroup(this);
  m_asText = choice(tr("as text"), tr("The first rows as the template makes them"), group, this);
  m_asTokens = choice(tr("as tokens"), tr("The same rows as the model reads them"), group, this);
  m_asText->setChecked(true);
  head->addWidget(sectionTitle(tr("The first rows"), this));
  head->addStretch(1);
  head->addWidget(m_asText);
  head->addWidget(m_asTokens);
  column->addLayout(head);
  m_text->setReadOnly(true);
  m_text->setFrameShape(QFrame::NoFrame);
  m_text->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_text->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_text->setTabChangesFocus(true);
  m_text->setAccessibleName(tr("The first rows as text"));
  m_text->document()->setDocumentMargin(grid / 2 + 2);
  column->addWidget(m_text);
  auto* flows = new QVBoxLayout(m_tokens);
  flows->setContentsMargins(0, 0, 0, 0);
  flows->setSpacing(grid);
  for (int i = 0; i < 3; ++i) {
    auto* flow = new TokenFlow(m_tokens);
    flow->setMostRows(rowsOfTokens);
    flow->setEmptyText(tr("Row %1 gives no example: there is nothing in it to learn, or no room for it.").arg(i + 1));
    m_flows.append(flow);
    flows->addWidget(flow);
  }
  column->addWidget(m_tokens);
  connect(m_asTokens, &QToolButton::toggled, this, &TemplatePreview::settle);
  settle();
}

void TemplatePreview::showTokens(bool on) { (on ? m_asTokens : m_asText)->setChecked(true); }
QString TemplatePreview::text() const { return m_text->toPlainText(); }

void TemplatePreview::show(const RowsPreview& preview, std::int64_t virtualTokens, Reading reading, const Tokenizer* tokenizer) {
  m_preview = preview;
  m_virtualTokens = virtualTokens;
  m_asTokens->setEnabled(tokenizer != nullptr);
  m_asTokens->setToolTip(tokenizer ? tr("The same rows as the model reads them")
                                   : tr("Open a model first: its tokenizer cuts text into tokens"));
  for (qsizetype i = 0; i < m_flows.size(); ++i) {
    const auto number = std::size_t(i);
    const bool any = number < preview.rows.size();
    m_flows[i]->setVisible(any);
    if (!any) continue;
    const auto& row = preview.rows[number];
    if (row.example.empty()) {
      m_flows[i]->setChips({});
      continue;
    }
    const auto& example = row.example.front();
    const auto name = example.classIndex >= 0 && std::size_t(example.classIndex) < preview.classes.size()
                          ? toText(preview.classes[std::size_t(example.classIndex)])
                          : QString();
    m_flows[i]->setChips(chipsOf(example, tokenizer, virtualTokens, reading, name));
  }
  write();
  setVisible(!preview.rows.empty());
}

// Formats are set piece by piece: nothing of the data is ever read as rich text.
void TemplatePreview::write() {
  m_text->clear();
  QTextCursor cursor(m_text->document());
  const auto& palette = this->palette();
  QTextCharFormat plain, number, place, answer;
  plain.setForeground(palette.color(QPalette::Text));
  number.setForeground(muted(palette));
  place.setBackground(accent(palette));
  place.setForeground(palette.color(QPalette::HighlightedText));
  answer.setBackground(mixed(palette.color(QPalette::Base), hue(Hue::Green, palette), 0.22));
  answer.setForeground(palette.color(QPalette::Text));
  for (std::size_t i = 0; i < m_preview.rows.size(); ++i) {
    const auto& row = m_preview.rows[i];
    if (i > 0) cursor.insertBlock();
    QTextBlockFormat block;
    block.setTopMargin(i > 0 ? grid / 2 : 0);
    cursor.setBlockFormat(block);
    cursor.insertText(QStringLiteral("%1  ").arg(i + 1), number);
    const auto standing = [&](std::int64_t rows) {
      cursor.insertText(QStringLiteral(" %1 ").arg(virtualTokensText(rows == allRows ? m_virtualTokens : rows)), place);
      cursor.insertText(QStringLiteral(" "), plain);
    };
    if (row.front.shares.empty()) standing(allRows);
    for (std::size_t piece = 0; piece < row.front.pieces.size(); ++piece) {
      if (piece > 0) {
        cursor.insertText(QStringLiteral(" "), plain);
        standing(row.front.shares[piece - 1]);
      }
      cursor.insertText(shortened(toText(row.front.pieces[piece])), plain);
    }
    if (!row.answer.empty()) {
      const auto word = shortened(toText(row.answer));
      cursor.insertText(QStringLiteral(" "), plain);
      cursor.insertText(word.trimmed(), answer);
    }
  }
  settle();
}

// As tall as what it holds: a field that scrolls inside a column that scrolls is no good place to read.
void TemplatePreview::settle() {
  m_text->setVisible(!m_asTokens->isChecked());
  m_tokens->setVisible(m_asTokens->isChecked());
  m_text->document()->setTextWidth(std::max(grid * 10, m_text->viewport()->width()));
  m_text->setFixedHeight(int(m_text->document()->size().height()) + 2);
}

void TemplatePreview::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  settle();
}

void TemplatePreview::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) write();
}

}  // namespace incipit::ui
