// The learning-rate range test in the window: its curve as it grows, what it suggests and why, and one button that takes it.
#pragma once

#include "core/training/rate_test.h"
#include "ui/plots/band_plot.h"

#include <QDialog>
#include <vector>

class QLabel;
class QProgressBar;
class QPushButton;

namespace incipit::ui {

class ProblemStrip;
class LongWork;
class Workspace;

class RateDialog : public QDialog {
  Q_OBJECT
 public:
  explicit RateDialog(Workspace& workspace, QWidget* parent = nullptr);
  ~RateDialog() override;  // a test that is under way is cancelled

  void start();
  bool running() const;
  const std::optional<RateTest>& result() const { return m_result; }
  BandPlot* plot() const { return m_plot; }

 private:
  void grow(const std::vector<RatePoint>& curve, std::int64_t all);
  void finish(std::optional<RateTest> test);
  void cancel();
  void take();
  void markCurrent();
  void setRunning(bool running);

  Workspace& m_workspace;
  QLabel *m_about, *m_verdict, *m_pointed;
  BandPlot* m_plot;
  QProgressBar* m_progress;
  QLabel* m_left;
  QPushButton *m_again, *m_cancel, *m_take;
  ProblemStrip* m_strip;
  std::optional<RateTest> m_result;
  std::unique_ptr<LongWork> m_work;  // while the test goes on
};

// The name of a tested knob in the form: "learning rate", "network rate".
QString rateTitle(const std::string& knob);

}  // namespace incipit::ui
