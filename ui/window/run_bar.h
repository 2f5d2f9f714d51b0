// The run in one line: Train, Stop, its name, how far it is, how fast, how long it still takes.
#pragma once

#include "core/training/events.h"

#include <QToolBar>

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace incipit::ui {

struct RunEnd;
class Workspace;

class RunBar : public QToolBar {
  Q_OBJECT
 public:
  explicit RunBar(Workspace& workspace, QWidget* parent = nullptr);

 signals:
  void helpWanted();
  void blockedTrainPressed();  // Train was pressed although something is missing: show what

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void pressTrain();
  void fillMenu();
  void refresh();
  void recolour();
  void begin();
  void follow(const TrainingEvent& event);
  void showStep();
  void showValidation(const Validating& event);
  double validationLeft() const;  // seconds
  void end(const RunEnd& end);

  Workspace& m_workspace;
  QPushButton *m_train, *m_stop;
  QLabel *m_name, *m_source, *m_count, *m_rate, *m_left;
  QProgressBar* m_progress;
  QToolButton *m_more, *m_help;
  std::int64_t m_total = 0, m_step = 0, m_first = 1;
  std::int64_t m_rows = 0, m_rowsValidated = 0;
  bool m_over = false;                                    // m_left says how the run ended
  double m_elapsed = 0, m_stepping = 0, m_validated = 0;  // seconds: of the last event; of steps alone; of validations alone
};

}  // namespace incipit::ui
