// Step 2: what the prompt learns from. A file, which columns, how a row becomes text, and the exact tokens that come of it.
#pragma once

#include "core/training/plan.h"
#include "ui/steps/step_panel.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

class QCheckBox;
class QComboBox;
class QLabel;
class QMenu;
class QPushButton;
class QSpinBox;
class QTableView;

namespace incipit::ui {

class ChatChoice;
class ElidedLabel;
class ExampleView;
class LabelWordsItemModel;
class ReportView;
class RowsItemModel;
struct ReadData;
class TemplateEditor;
class TemplatePreview;
class Workspace;

class DataPanel : public StepPanel {
  Q_OBJECT
 public:
  explicit DataPanel(Workspace& workspace, QWidget* parent = nullptr);
  // A demo file comes with its knobs; every file with the validation rows beside it ("poems.csv", "poems-validation.csv").
  void openFile(const QString& file);

 public slots:
  void chooseFile();
  void chooseValidation();

 private:
  void buildValidation();
  void buildFields();
  void buildViews();
  void fillDemoMenu();
  void refresh();
  void refreshFields();
  void refreshState();
  void refreshPreview();
  static QString contents(const ReadData& data);
  void showRows(const std::shared_ptr<const Table>& table, const std::vector<std::int64_t>& rows, const QString& title);
  void settleColumns(const QString& textColumn);
  void edit(const QString& what, const QString& key, const std::function<void(DataSettings&)>& change);

  Workspace& m_workspace;
  QMenu* m_demo;
  QLabel* m_file;
  QWidget* m_validationRow;
  ElidedLabel* m_validationName;
  QPushButton *m_validation, *m_holdOut;
  QWidget* m_fields;
  QComboBox *m_input, *m_label;
  ProblemStrip* m_suggestion;
  QLabel* m_templateTitle;
  TemplateEditor* m_template;
  TemplatePreview* m_preview;
  ChatChoice* m_chat;
  QSpinBox* m_maxLength;
  QCheckBox* m_endOfText;
  QTableView *m_words, *m_rows;
  LabelWordsItemModel* m_wordsModel;
  RowsItemModel* m_rowsModel;
  ReportView* m_report;
  QWidget* m_someRows;  // says which rows the table shows, where these are not all
  QLabel* m_someRowsTitle;
  ExampleView* m_example;
  std::pair<std::shared_ptr<const Table>, std::string> m_shownPreview;  // what the preview was made of
  ui::Problem m_openProblem;                                            // what could not be opened; gone with the next edit
};

}  // namespace incipit::ui
