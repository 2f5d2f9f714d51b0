#include "ui/dataset/template_editor.h"

#include "ui/dataset/template_text.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/step_panel.h"
#include "ui/tokens/chip_button.h"

#include <QLabel>
#include <QMenu>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

namespace incipit::ui {
namespace {

constexpr int mostChips = 16, mostInMenu = 200, fewestLines = 3, mostLines = 9;

QString fieldOf(const QString& column) { return QLatin1Char('{') + column + QLatin1Char('}'); }
QString placeOf(std::int64_t rows) { return QString::fromStdString(placeText(rows)); }

}  // namespace

QString withPlace(const QString& text, int position, std::int64_t rows) {
  static const QRegularExpression place(QStringLiteral(R"(\{virtual_tokens(?::(\d+))?\})"));
  struct Found {
    qsizetype begin, length;
    std::int64_t rows;
  };
  QList<Found> places;
  for (auto found = place.globalMatch(text); found.hasNext();) {
    const auto match = found.next();
    places.append({match.capturedStart(), match.capturedLength(), match.captured(1).isEmpty() ? rows : match.captured(1).toLongLong()});
  }
  qsizetype at = std::clamp<qsizetype>(position, 0, text.size());
  for (const auto& each : places)
    if (at > each.begin && at < each.begin + each.length) at = each.begin + each.length;  // never into another
  if (places.isEmpty()) return QString(text).insert(at, placeOf(allRows));
  auto* largest = &*std::max_element(places.begin(), places.end(), [](const Found& a, const Found& b) { return a.rows < b.rows; });
  if (largest->rows < 2) return text;
  const auto given = largest->rows / 2;
  largest->rows -= given;
  auto result = text;
  bool inserted = false;
  for (auto each = places.crbegin(); each != places.crend(); ++each) {  // from the end, so that positions stay
    if (!inserted && at >= each->begin + each->length) {
      result.insert(at, placeOf(given));
      inserted = true;
    }
    result.replace(each->begin, each->length, placeOf(each->rows));
  }
  if (!inserted) result.insert(at, placeOf(given));
  return result;
}

TemplateEditor::TemplateEditor(QWidget* parent)
    : QWidget(parent), m_chips(new QWidget(this)), m_flow(new FlowLayout(m_chips)), m_text(new TemplateText(this)),
      m_line(helpLine({}, this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(grid / 2);
  m_flow->setSpacing(grid / 2);
  column->addWidget(m_chips);
  column->addWidget(m_text);
  column->addWidget(m_line);
  m_text->setProperty("planField", true);  // Ctrl+Z in here undoes the edit of the plan
  m_text->setAccessibleName(tr("Template"));
  m_text->setToolTip(
      tr("The text in front of the label. {column} stands for the value of a column; {virtual_tokens} is where the prompt's rows stand, "
         "without it in front; {virtual_tokens:8} is where eight of them do. {{ is a brace."));
  m_line->setFixedHeight(m_line->fontMetrics().lineSpacing() * 2 + 2);  // of one line or two, nothing moves
  m_line->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  setFocusProxy(m_text);
  connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
    settleHeight();
    const auto text = m_text->toPlainText();
    if (text == m_known) return;  // new colours are no new text, though Qt says so
    m_known = text;
    emit edited(text);
  });
  settleHeight();
}

void TemplateEditor::setFields(const QStringList& columns, std::int64_t rows) {
  if (columns == m_columns && rows == m_rows) return;
  m_columns = columns;
  m_rows = rows;
  fillChips();
}

void TemplateEditor::fillChips() {
  while (auto* item = m_flow->takeAt(0)) {
    item->widget()->deleteLater();
    delete item;
  }
  const auto add = [this](const TokenChip& chip, const QString& field) {
    auto* button = new ChipButton(chip, field, m_chips);
    connect(button, &QAbstractButton::clicked, this, [this, field] { insert(field); });
    m_flow->addWidget(button);
    button->show();
  };
  for (const auto& column : m_columns.mid(0, mostChips)) {
    TokenChip chip;
    chip.text = column;
    chip.toolTip = tr("The column \"%1\": click to put its value where the cursor is, or drag it into the text").arg(column);
    add(chip, fieldOf(column));
  }
  if (m_columns.size() > mostChips) {
    auto* more = new QToolButton(m_chips);
    more->setText(tr("%Ln more", nullptr, int(m_columns.size()) - mostChips));
    more->setAutoRaise(true);
    more->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(more);
    for (const auto& column : m_columns.mid(mostChips, mostInMenu))
      menu->addAction(QString(column).replace(QLatin1Char('&'), QLatin1String("&&")), this, [this, column] { insert(fieldOf(column)); });
    more->setMenu(menu);
    m_flow->addWidget(more);
    more->show();
  }
  const bool taken = m_columns.contains(QStringLiteral("virtual_tokens"));
  m_text->setFields(m_columns, taken ? nullptr : std::function<QString(const QString&, int)>([this](const QString& text, int at) {
                      return withPlace(text, at, m_rows);
                    }));
  if (taken) return;
  TokenChip chip;
  chip.kind = TokenChip::Kind::Virtual;
  chip.text = tr("virtual tokens");
  chip.toolTip = tr("Where the prompt's rows stand: click or drag to put them there; a second place takes half of them. Without a place "
                    "they stand in front");
  add(chip, placeOf(allRows));
}

void TemplateEditor::setText(const QString& text) {
  m_known = text;
  if (text == m_text->toPlainText()) return;
  const QSignalBlocker quiet(m_text);
  const int at = m_text->textCursor().position();
  m_text->setPlainText(text);
  auto cursor = m_text->textCursor();
  cursor.setPosition(std::min(at, int(text.size())));
  m_text->setTextCursor(cursor);
  settleHeight();
}

QString TemplateEditor::text() const { return m_text->toPlainText(); }
void TemplateEditor::setEmptyText(const QString& text) { m_text->setPlaceholderText(text); }
void TemplateEditor::insert(const QString& field) { m_text->insertField(field); }

void TemplateEditor::say(const QString& sentence, const QString& more) {
  m_line->setText(sentence);
  m_line->setToolTip(plainToolTip(more.isEmpty() ? sentence : more));
}

void TemplateEditor::settleHeight() {
  const int lines = std::clamp(m_text->document()->blockCount(), fewestLines, mostLines);
  m_text->setFixedHeight(lines * m_text->fontMetrics().lineSpacing() + 2 * int(m_text->document()->documentMargin()) + 4);
}

}  // namespace incipit::ui
