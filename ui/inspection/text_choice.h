// The text that a view reads with the prompt: typed, or taken from the rows of the data, the first of them by itself.
#pragma once

#include "core/inspection/read_text.h"

#include <QString>
#include <QWidget>
#include <functional>
#include <memory>

class QPlainTextEdit;
class QPushButton;

namespace incipit::ui {

struct OpenModel;
struct PromptInView;
class Workspace;

class TextChoice : public QWidget {
  Q_OBJECT
 public:
  explicit TextChoice(Workspace& workspace, QWidget* parent = nullptr);

  QString text() const;
  void setText(const QString& text);
  // How the model reads it with the prompt in view, for a lane: throws what asked() throws.
  std::function<ReadText()> reading() const;

 public slots:
  void takeExample();  // the next row of the data

 signals:
  void changed();
  void entered();  // Enter was pressed

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void refresh();

  Workspace& m_workspace;
  QPlainTextEdit* m_text;
  QPushButton* m_example;
  qsizetype m_next = 0;
  bool m_own = false;  // somebody typed it, or asked for it
};

}  // namespace incipit::ui
