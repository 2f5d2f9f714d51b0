// The validation examples of the run in view: what its kept prompt made of each, worst first, and one of them token by token.
#pragma once

#include "core/runs/predictions.h"
#include "core/training/scored_tokens.h"

#include <QWidget>
#include <memory>
#include <optional>

class QComboBox;
class QLabel;
class QSortFilterProxyModel;
class QStackedLayout;
class QStackedWidget;
class QTableView;

namespace incipit::ui {

class CalibrationView;
class ConfusionView;
class EmptyState;
class PredictionsItemModel;
class ProblemStrip;
class TokenFlow;
class Workspace;
struct ReadData;
struct RunInView;

class ExamplesPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ExamplesPanel(Workspace& workspace, QWidget* parent = nullptr);

  PredictionsItemModel* model() const { return m_model; }
  // The rows that are shown, in their order, as rows of the data.
  std::vector<std::int64_t> shownRows() const;

 private:
  class Filter;
  QWidget* makeControls();
  QWidget* makeBelow();
  QWidget* makeDetail();
  QWidget* makeConfusion();
  QWidget* makeCalibration();
  void showFigures();
  void makeTable();

  void beginRun();
  void load();
  void take(std::optional<Predictions> predictions);
  void fillClasses();
  void settleColumns();
  void refreshTexts();
  void refreshTitle();
  void refilter();
  void showExample();
  void showTokens(std::int64_t row, const std::shared_ptr<const ReadData>& data, const std::vector<ScoredToken>& tokens);
  bool dataIsOfRun() const;
  const Prediction* selected() const;

  Workspace& m_workspace;
  PredictionsItemModel* m_model;
  Filter* m_filter;
  QStackedLayout* m_stack;
  EmptyState* m_empty;
  QTableView* m_table;
  QComboBox *m_answers, *m_class;
  QLabel *m_title, *m_facts, *m_legend;
  ProblemStrip* m_strip;
  TokenFlow* m_flow;
  QWidget* m_choice;  // of what stands below
  QStackedWidget* m_below;
  ConfusionView* m_confusion;
  CalibrationView* m_calibration;
  QLabel *m_confusionHelp, *m_calibrationHelp;
  std::shared_ptr<const RunInView> m_run;  // whose predictions are shown
  std::shared_ptr<const ReadData> m_data;  // that it was trained on, where it was trained here
  PredictionsSeen m_seen;                  // while it goes on
};

}  // namespace incipit::ui
