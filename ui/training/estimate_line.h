// What the next run takes, in a sentence or two before Train is pressed: numbers trained, the file, memory by part, time.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace incipit::ui {

class Workspace;

class EstimateLine : public QWidget {
  Q_OBJECT
 public:
  explicit EstimateLine(Workspace& workspace, QWidget* parent = nullptr);

  QString text() const;

 private:
  void refresh();

  Workspace& m_workspace;
  QLabel* m_words;
  QPushButton* m_measure;
};

}  // namespace incipit::ui
