// One answer of the playground: who answers, the text as it grows word by word, and how likely each token was (in its tooltip).
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <QWidget>

class QLabel;
class QTextEdit;

namespace incipit::ui {

class AnswerView : public QWidget {
  Q_OBJECT
 public:
  AnswerView(const QString& title, const QString& emptyText, QWidget* parent = nullptr);

  void setTitle(const QString& title, const QString& detail);
  void begin();                                                         // empties it: an answer is coming
  void append(const QString& text, TokenId token, double probability);  // text may be empty: a character is not whole yet
  void end(const QString& rest, const QString& how);                    // "64 tokens, 31 a second"
  QString text() const;

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void elide();

  QLabel *m_title, *m_detail, *m_status;
  QString m_detailText;
  QTextEdit* m_text;
};

}  // namespace incipit::ui
