// Take the prompt away: a format, a place, the lines of Python that load it there, and afterwards the files that were written.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "ui/jobs/jobs.h"

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
  // `title`: which prompt it is ("best of quiet-harbour-3 (step 180)"); `name`: what the file is called to begin with.
  ExportDialog(Jobs& jobs, SoftPrompt prompt, const QString& title, const QString& name, QWidget* parent = nullptr);

  void setFormat(const QString& name);  // "peft", "npy" ... as in exchangeFormats()
  void setPath(const QString& path);
  QString path() const;
  QString snippet() const;

 public slots:
  void write();

 signals:
  void written(const QStringList& files);

 private:
  void build(const QString& title);
  void chooseFormat();
  void choosePath();
  void refresh();
  void showWritten(const QStringList& files);

  Jobs& m_jobs;
  SoftPrompt m_prompt;
  QString m_name;
  QComboBox *m_format, *m_transformers;  // the second for Gemma's prompts only, null otherwise
  QLineEdit* m_path;
  QLabel *m_note, *m_result;
  QWidget* m_snippetBox;
  QPlainTextEdit* m_snippet;
  ProblemStrip* m_strip;
  QPushButton *m_write, *m_openFolder;
};

}  // namespace incipit::ui
