// The field in which a template is typed: columns and places are coloured, chips are dropped where the pointer is.
#pragma once

#include <QPlainTextEdit>
#include <QStringList>
#include <functional>

namespace incipit::ui {

class TemplateHighlighter;

class TemplateText : public QPlainTextEdit {
  Q_OBJECT
 public:
  explicit TemplateText(QWidget* parent = nullptr);
  // Columns that a brace may name; what makes one more place of a text (see withPlace), null where there are none.
  void setFields(const QStringList& columns, std::function<QString(const QString&, int)> addPlace);
  void insertField(const QString& field);  // at the cursor

 protected:
  void insertFromMimeData(const QMimeData* source) override;
  void changeEvent(QEvent* event) override;

 private:
  TemplateHighlighter* m_highlighter;
  std::function<QString(const QString&, int)> m_addPlace;
};

}  // namespace incipit::ui
