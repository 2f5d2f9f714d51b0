#include "ui/dataset/template_text.h"

#include "core/dataset/placement.h"
#include "ui/settings/theme.h"

#include <QMimeData>
#include <QRegularExpression>
#include <QSyntaxHighlighter>
#include <QTextCursor>

namespace incipit::ui {

// {column} on its tint, {virtual_tokens} in the accent colour, what is no column or never closed underlined.
class TemplateHighlighter : public QSyntaxHighlighter {
 public:
  TemplateHighlighter(QTextDocument* document, const QWidget* field) : QSyntaxHighlighter(document), m_field(field) {}

  QStringList columns;

 protected:
  void highlightBlock(const QString& text) override {
    static const QRegularExpression braces(QStringLiteral(R"(\{\{|\}\}|\{([^{}]*)\}|\{[^{}]*)"));
    const auto& palette = m_field->palette();
    for (auto found = braces.globalMatch(text); found.hasNext();) {
      const auto match = found.next();
      if (match.capturedView() == QLatin1String("{{") || match.capturedView() == QLatin1String("}}")) continue;
      QTextCharFormat format;
      const auto name = match.captured(1);
      if (match.capturedLength(1) > 0 && (columns.contains(name) || name == QLatin1String("input"))) {
        format.setBackground(mixed(palette.color(QPalette::Base), hue(Hue::Sky, palette), 0.22));
      } else if (isPlace(name)) {
        format.setBackground(accent(palette));
        format.setForeground(palette.color(QPalette::HighlightedText));
      } else {
        format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        format.setUnderlineColor(hue(Hue::Vermillion, palette));
      }
      setFormat(int(match.capturedStart()), int(match.capturedLength()), format);
    }
  }

 private:
  static bool isPlace(const QString& name) {
    try {
      return rowsOfPlace(name.toStdString()).has_value();
    } catch (const std::exception&) {  // a share that is no number
      return false;
    }
  }

  const QWidget* m_field;
};

TemplateText::TemplateText(QWidget* parent) : QPlainTextEdit(parent), m_highlighter(new TemplateHighlighter(document(), this)) {
  setUndoRedoEnabled(false);  // the plan's undo is the one
  setTabChangesFocus(true);
  setFont(monospaced(font()));
  document()->setDocumentMargin(grid / 2 + 2);
}

void TemplateText::setFields(const QStringList& columns, std::function<QString(const QString&, int)> addPlace) {
  m_addPlace = std::move(addPlace);
  if (columns == m_highlighter->columns) return;
  m_highlighter->columns = columns;
  m_highlighter->rehighlight();
}

void TemplateText::insertField(const QString& field) {
  auto cursor = textCursor();
  if (field != QString::fromStdString(placeText(allRows)) || !m_addPlace) return cursor.insertText(field);
  const int at = cursor.selectionStart();
  cursor.beginEditBlock();  // one edit, told once
  cursor.removeSelectedText();
  const auto after = m_addPlace(toPlainText(), at);
  cursor.select(QTextCursor::Document);
  cursor.insertText(after);
  cursor.endEditBlock();
  const auto place = after.indexOf(QLatin1Char('}'), after.indexOf(QLatin1String("{virtual_tokens"), std::max(0, at - 4)));
  cursor.setPosition(place < 0 ? int(after.size()) : int(place) + 1);
  setTextCursor(cursor);
}

void TemplateText::insertFromMimeData(const QMimeData* source) {
  if (source->hasText()) insertField(source->text());
}

void TemplateText::changeEvent(QEvent* event) {
  QPlainTextEdit::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) m_highlighter->rehighlight();
}

}  // namespace incipit::ui
