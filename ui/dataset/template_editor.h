// The text around the columns, several lines of it: columns and the virtual tokens are chips to drag or to click into it.
#pragma once

#include "core/dataset/placement.h"

#include <QStringList>
#include <QWidget>

class QLabel;

namespace incipit::ui {

class FlowLayout;
class TemplateText;

// The template with one more place of virtual tokens at `position`: a single place is for all `rows` of them; of several the largest gives
// half of its share, so that the shares add up. Unchanged where there is no room for one more.
QString withPlace(const QString& text, int position, std::int64_t rows);

class TemplateEditor : public QWidget {
  Q_OBJECT
 public:
  explicit TemplateEditor(QWidget* parent = nullptr);

  // `rows`: of the prompt. A column called virtual_tokens leaves no chip for the places of the prompt.
  void setFields(const QStringList& columns, std::int64_t rows);
  void setText(const QString& text);  // says nothing; the cursor stays where it was
  QString text() const;
  void setEmptyText(const QString& text);  // what is taken where nothing is written
  // In a line that is always there, so that nothing moves; `more`: for its tooltip.
  void say(const QString& sentence, const QString& more = {});
  void insert(const QString& field);  // "{text}" at the cursor

 signals:
  void edited(const QString& text);

 private:
  void fillChips();
  void settleHeight();

  QStringList m_columns;
  std::int64_t m_rows = 0;
  QWidget* m_chips;
  FlowLayout* m_flow;
  TemplateText* m_text;
  QString m_known;  // the text as it was set, or told last
  QLabel* m_line;
};

}  // namespace incipit::ui
