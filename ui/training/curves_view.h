// The curves of a run. It listens to training events and nothing else, so a running run, a replayed one and one that goes on look alike.
#pragma once

#include "core/training/events.h"

#include <QWidget>
#include <string>
#include <vector>

namespace incipit::ui {

class BaselineStrip;
class CoachStrip;
class CurvePlot;
class RunCard;
class Workspace;

class CurvesView : public QWidget {
  Q_OBJECT
 public:
  explicit CurvesView(Workspace& workspace, QWidget* parent = nullptr);
  CurvePlot* plot() const { return m_plot; }

  RunCard* card() const { return m_card; }
  CoachStrip* coach() const { return m_coach; }
  BaselineStrip* baselines() const { return m_baselines; }

  bool eventFilter(QObject* watched, QEvent* event) override;

  void begin();  // a new run: empty curves
  void follow(const TrainingEvent& event);

 private:
  void markKept(const Summary& summary);
  void drawBaselines();
  void makeRoom();

  Workspace& m_workspace;
  RunCard* m_card;
  CoachStrip* m_coach;
  BaselineStrip* m_baselines;
  CurvePlot* m_plot;
  int m_neutralPanel, m_neutral, m_bareNeutral;
  int m_accuracyPanel, m_lossPanel, m_ratePanel, m_gradientPanel;
  int m_loss, m_validation, m_labelLoss, m_accuracy, m_rate, m_gradient;
  struct Levels {
    std::string name;
    int loss, accuracy;
  };
  std::vector<Levels> m_levels;  // of each baseline
  bool m_forgets = false;        // the run in view measures a neutral text
  bool m_byTheHead = false;      // the run in view: its loss is of the labels anyway
};

}  // namespace incipit::ui
