// The prompt in words: every way to put it, each judged as if somebody had typed it in front of the text.
#pragma once

#include "ui/inspection/inspection_panel.h"

class QLineEdit;
class QSpinBox;
class QTableView;

namespace incipit::ui {

class WordsItemModel;

class WordsPanel : public InspectionPanel {
  Q_OBJECT
 public:
  explicit WordsPanel(Workspace& workspace, QWidget* parent = nullptr);

  WordsItemModel* model() const { return m_model; }
  QString text() const override;

 protected:
  Made wanted() const override;
  Missing missing() const override;
  QString costNow() const override;
  void begin() override;
  void forget() override;
  QSize pictureSize() const override;
  void drawPicture(QPainter& painter, const QPalette& palette) const override;

 private:
  QString sentenceNow() const;

  WordsItemModel* m_model;
  QTableView* m_table;
  QSpinBox *m_sample, *m_budget;
  QLineEdit* m_own;
};

}  // namespace incipit::ui
