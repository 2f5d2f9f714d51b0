// Take the prompt away: a format, a place, the lines of Python that load it there, and afterwards the files that were written.
#pragma once

#include "ui/jobs/jobs.h"
#include "ui/workspace/values.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace incipit::ui {

class ProblemStrip;

class ExportDialog : public QDialog {
  Q_OBJECT
 public:
  // The prompt brings its own title, name and model: a file cannot get another's.
  ExportDialog(Jobs& jobs, PromptInView prompt, QWidget* parent = nullptr);

  void setFormat(const QString& name);  // "peft", "npy" ... as in exchangeFormats()
  void setPath(const QString& path);
  QString path() const;
  QString snippet() const;

 public slots:
  void write();

 signals:
  void written(const QStringList& files);

 private:
  void build();
  QString modelName() const;
  void chooseFormat();
  void choosePath();
  void refresh();
  void showWritten(const QStringList& files);

  Jobs& m_jobs;
  PromptInView m_prompt;
  QComboBox *m_format, *m_transformers;  // the second for Gemma's prompts only, null otherwise
  QLineEdit* m_path;
  QLabel *m_note, *m_result;
  QWidget* m_snippetBox;
  QPlainTextEdit* m_snippet;
  ProblemStrip* m_strip;
  QPushButton *m_write, *m_openFolder;
};

}  // namespace incipit::ui
