#include "ui/inspection/text_choice.h"

#include "core/model/frozen_model.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/settings/theme.h"
#include "ui/workspace/asked.h"
#include "ui/workspace/workspace.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>

#include <exception>
#include <utility>

namespace incipit::ui {

TextChoice::TextChoice(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_text(new QPlainTextEdit), m_example(new QPushButton(tr("E&xample"))) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(grid);
  m_text->setPlaceholderText(tr("A text to read with the prompt"));
  m_text->setToolTip(
      tr("Enter: read it. Shift+Enter: new line. {virtual_tokens} says where the prompt stands; without, it stands in front."));
  m_text->setAccessibleName(tr("Text to read with the prompt"));
  m_text->setTabChangesFocus(true);
  m_text->setFixedHeight(m_text->fontMetrics().lineSpacing() * 2 + 2 * grid);
  m_text->setPlainText(tr("Once upon a time"));
  m_text->installEventFilter(this);
  m_example->setProperty("plain", true);
  row->addWidget(m_text, 1);
  row->addWidget(m_example, 0, Qt::AlignTop);
  connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
    m_own = true;
    emit changed();
  });
  connect(m_example, &QPushButton::clicked, this, &TextChoice::takeExample);
  connect(&workspace, &Workspace::dataChanged, this, &TextChoice::refresh);
  refresh();
}

QString TextChoice::text() const { return m_text->toPlainText(); }

void TextChoice::setText(const QString& text) { m_text->setPlainText(text); }

// A text that nobody typed follows the data.
void TextChoice::refresh() {
  const auto data = m_workspace.data();
  const bool rows = data && !data->table->tokenised && data->table->size() > 0;
  m_example->setEnabled(rows);
  m_example->setToolTip(rows   ? tr("Take the next row of the data")
                        : data ? tr("The rows of this data are token ids, without a text")
                               : tr("Open data first (step 2)"));
  if (!rows || m_own) return;
  m_next = 0;
  takeExample();
  m_own = false;
}

void TextChoice::takeExample() {
  const auto data = m_workspace.data();
  if (!data || data->table->tokenised || data->table->size() == 0) return;
  try {
    const auto settings = readingRows(m_workspace, *data);
    setText(askedRow(*data, m_next++ % static_cast<qsizetype>(data->table->size()), false, settings).first.trimmed());
  } catch (const std::exception&) {  // a template that is wrong at the moment: step 2 says so
  }
}

std::function<ReadText()> TextChoice::reading() const {
  return [model = m_workspace.model(), prompt = m_workspace.prompt(), meant = settingsOfAsking(m_workspace, m_workspace.prompt()),
          text = text().toStdString()] {
    bool inChat = false;
    auto put = asked(*model, prompt->prompt, meant, text, inChat);
    return ReadText{std::move(put.ids), std::move(put.places), {}};
  };
}

bool TextChoice::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_text && event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (enter && !(key->modifiers() & Qt::ShiftModifier)) {
      emit entered();
      return true;
    }
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace incipit::ui
