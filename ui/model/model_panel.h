// Step 1: which frozen model the prompt is for. Open a folder, take one from the Hugging Face cache, or the demo; then its facts.
#pragma once

#include "ui/steps/step_panel.h"

class QCheckBox;
class QMenu;

namespace incipit::ui {

class FactsView;
class Workspace;

class ModelPanel : public StepPanel {
  Q_OBJECT
 public:
  explicit ModelPanel(Workspace& workspace, QWidget* parent = nullptr);

 public slots:
  void chooseFolder();  // the file dialog

 private:
  void fillCacheMenu();
  void refresh();

  Workspace& m_workspace;
  QMenu* m_cache;
  FactsView* m_facts;
  QCheckBox* m_classify;  // put a head on a decoder
};

}  // namespace incipit::ui
