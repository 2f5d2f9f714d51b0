// Asking the prompt what it means: the model itself goes on with sentences that the prompt stands in, beside a random prompt and the start.
#pragma once

#include "ui/inspection/inspection_panel.h"

#include <QStringList>

class QLineEdit;
class QTableView;

namespace incipit::ui {

class AskItemModel;

class AskPanel : public InspectionPanel {
  Q_OBJECT
 public:
  explicit AskPanel(Workspace& workspace, QWidget* parent = nullptr);

  AskItemModel* model() const { return m_model; }
  QString text() const override;
  QString summary() const override;

 protected:
  Made wanted() const override;
  Missing missing() const override;
  QString costNow() const override;
  void begin() override;
  void ended() override;
  void forget() override;
  QSize pictureSize() const override;
  void drawPicture(QPainter& painter, const QPalette& palette) const override;

 private:
  QStringList sentences() const;
  QString warning() const;

  AskItemModel* m_model;
  QTableView* m_table;
  QLineEdit* m_own;
  mutable std::shared_ptr<const OpenModel> m_warnedOf;  // whose warning this is
  mutable QString m_warning;
};

}  // namespace incipit::ui
