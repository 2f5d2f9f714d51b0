// Try it: the bare model and the model with the prompt answer the same text side by side, word by word.
#pragma once

#include "core/generation/generate.h"

#include <QWidget>
#include <memory>
#include <string>
#include <utility>
#include <vector>

class QCheckBox;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QSplitter;
class QStackedLayout;
class QToolButton;

namespace incipit {
struct DataSettings;
}

namespace incipit::ui {

class AnswerView;
struct AnswerSource;
struct ClassShare;
class EmptyState;
class ProblemStrip;
class RateSpinBox;
class Workspace;

class PlaygroundPanel : public QWidget {
  Q_OBJECT
 public:
  explicit PlaygroundPanel(Workspace& workspace, QWidget* parent = nullptr);

  void setText(const QString& text);
  QString bareAnswer() const;
  QString promptAnswer() const;
  bool answering() const;
  const AnswerView* bareView() const { return m_bare; }
  const AnswerView* promptView() const { return m_tuned; }

 public slots:
  void answer();  // all columns again, with the newest prompt
  void stop();
  void takeExample();  // the next row of the data as text
  void nextWrong();    // the next validation row whose label the prompt in view gets wrong
  void tryPrompt();    // answers the text that stands there, or the first example

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  QWidget* makeInput();
  QWidget* makeSampling();
  QWidget* makeAnswers();
  bool classifies() const;                  // the model sorts texts in place of answering them
  bool ranks() const;                       // label words are ranked in place of an answer that is written
  std::vector<std::string> labels() const;  // the words there are to rank; empty: none
  QString truth() const;                    // the label of the row that the text is; empty: it is none
  void setRow(const QString& text, const QString& truth);
  QString labelsText() const;
  QString howRanked(const std::vector<ClassShare>& classes, const QString& truth, bool head) const;
  AnswerSource sourceOf(const AnswerView* view) const;
  DataSettings asking(const AnswerView* view) const;
  QString detailOf(const AnswerView* view) const;  // who would answer there now
  void start(const char* lane, AnswerView* view);
  void refresh();
  void promptArrived();
  GenerationOptions options() const;

  Workspace& m_workspace;
  QStackedLayout* m_stack;
  EmptyState* m_empty;
  QPlainTextEdit* m_text;
  QPushButton *m_answer, *m_stop, *m_example, *m_wrong;
  QCheckBox* m_rank;
  QToolButton* m_fold;
  QWidget* m_sampling;
  QSpinBox *m_most, *m_topK, *m_seed;
  RateSpinBox *m_temperature, *m_topP;
  QCheckBox *m_follow, *m_compareText;
  ProblemStrip* m_strip;
  QSplitter* m_answers;
  AnswerView *m_bare, *m_tuned, *m_words;
  qsizetype m_exampleRow = 0;
  QString m_rowText, m_rowTruth;                  // of the row that was put there last
  std::pair<const void*, const void*> m_wrongOf;  // prompt and data that are gone through,
  std::size_t m_wrongAt = 0;                      //   and which example is next
  bool m_newer = false;                           // a newer prompt came while the last one was answering
};

}  // namespace incipit::ui
