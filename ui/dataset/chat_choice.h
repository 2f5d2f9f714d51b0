// Whose chat a row stands in: the model's own template, another one, or none; what the system says; and whether all that is used.
#pragma once

#include "ui/workspace/values.h"

#include <QWidget>
#include <memory>

class QComboBox;
class QFormLayout;
class QLabel;
class QPlainTextEdit;

namespace incipit::ui {

class Workspace;

// In one sentence what becomes of the chat template that is chosen; `examples` null: that is not known yet.
QString chatSentence(const ReadData& data, const std::vector<std::string>& templates);

class ChatChoice : public QObject {
  Q_OBJECT
 public:
  // Adds its rows to `form`.
  ChatChoice(Workspace& workspace, QFormLayout* form);
  void refresh();

 private:
  void choose(int index);
  void takeTemplates();

  Workspace& m_workspace;
  QComboBox* m_template;
  QPlainTextEdit* m_system;
  QLabel* m_line;
  std::shared_ptr<const OpenModel> m_model;  // whose templates these are
  std::vector<std::string> m_templates;      // their names
};

}  // namespace incipit::ui
