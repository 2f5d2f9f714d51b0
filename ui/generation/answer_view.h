// One answer of the playground: who answers, the text as it grows word by word, and how likely each token was (in its tooltip).
#pragma once

#include "core/tokenizer/tokenizer.h"
#include "ui/generation/class_bars.h"

#include <QWidget>
#include <memory>
#include <vector>

class QLabel;
class QStackedWidget;
class QTextEdit;

namespace incipit::ui {

struct OpenModel;
struct PromptInView;

// What an answer was made from: it stands under this, and fades when it is no longer what is open.
struct AnswerSource {
  std::shared_ptr<const OpenModel> model;
  std::shared_ptr<const PromptInView> prompt;  // null: the bare model
  QString words;                               // typed in front; empty: none
  QString text;
  QString truth = {};  // the label of the row that the text is; empty: not known
  friend bool operator==(const AnswerSource&, const AnswerSource&) = default;
};

class AnswerView : public QWidget {
  Q_OBJECT
 public:
  AnswerView(const QString& title, const QString& emptyText, QWidget* parent = nullptr);

  void setDetail(const QString& detail);                                    // who answers next; an answer that stands there keeps its own
  void begin(AnswerSource source, const QString& detail);                   // empties it: an answer is coming
  void append(const QString& text, TokenId token, double probability);      // text may be empty: a character is not whole yet
  void showClasses(std::vector<ClassShare> classes, const QString& truth);  // in place of a text; `truth`: empty where it is not known
  // `how`: "64 tokens, 31 a second"; `silence`: what stands in the place of a text that is empty.
  void end(const QString& rest, const QString& how, const QString& silence = {});
  // Compares with what would answer now: where it differs the answer fades and says why.
  void compare(const AnswerSource& now);
  const AnswerSource& source() const { return m_source; }
  bool faded() const { return m_faded; }
  QString detail() const { return m_detailText; }
  QString text() const;
  const ClassBars* bars() const { return m_bars; }

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void elide();
  void fade(const QString& why);  // empty: it is as fresh as ever

  AnswerSource m_source;
  bool m_answered = false, m_faded = false;
  QString m_how;
  QLabel *m_title, *m_detail, *m_status;
  QString m_detailText;
  QTextEdit* m_text;
  ClassBars* m_bars;
  QStackedWidget* m_pages;  // words, or bars
};

}  // namespace incipit::ui
