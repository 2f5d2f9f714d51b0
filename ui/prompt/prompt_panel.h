// Step 3: how many virtual tokens, and how they start - shown token by token before anything is trained.
#pragma once

#include "core/training/plan.h"
#include "ui/steps/step_panel.h"

#include <functional>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;

namespace incipit::ui {

class TokenFlow;
class Workspace;

class PromptPanel : public StepPanel {
  Q_OBJECT
 public:
  explicit PromptPanel(Workspace& workspace, QWidget* parent = nullptr);

 public slots:
  void chooseAdapter();
  void setLengthToText();

 private:
  void build();
  void buildText(QFormLayout* form);
  void refresh();
  void refreshPreview();
  void edit(const QString& what, const QString& key, const std::function<void(TrainingPlan&)>& change);

  Workspace& m_workspace;
  QSpinBox* m_length;
  QComboBox* m_init;
  QLabel *m_initHelp, *m_adapter, *m_sentence, *m_showing;
  QWidget *m_textRow, *m_adapterRow, *m_scaleRow;
  QComboBox* m_scale;
  QPlainTextEdit* m_text;
  QCheckBox* m_special;
  QPushButton *m_fit, *m_continue, *m_again;
  TokenFlow *m_preview, *m_legend;
};

}  // namespace incipit::ui
