// One timeline for everything that looks inside a prompt: the stored snapshots of the run in view as ticks, its validations as dots, and at
// the right end the newest prompt - live while the run goes on, the kept one afterwards. It moves the one prompt in view, wherever that is
// shown.
#pragma once

#include "core/training/events.h"

#include <QTimer>
#include <QWidget>
#include <cstdint>
#include <vector>

class QToolButton;

namespace incipit::ui {

class ElidedLabel;
class TimeSlider;
class Workspace;

class Timeline : public QWidget {
  Q_OBJECT
 public:
  explicit Timeline(Workspace& workspace, QWidget* parent = nullptr);

  TimeSlider* slider() const { return m_slider; }
  bool playing() const { return m_play.isActive(); }
  void setWanted(bool wanted);  // otherwise hidden

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void begin();
  void follow(const TrainingEvent& event);
  void readSteps();  // of a run that has ended: what lies in its folder counts
  void place();
  void goTo(int place);
  void play();
  void playOn();
  void stop();
  void drawButton();

  Workspace& m_workspace;
  QToolButton* m_button;
  TimeSlider* m_slider;
  ElidedLabel* m_title;
  std::vector<std::int64_t> m_steps, m_validated;  // ascending
  bool m_wanted = true;
  bool m_onTheWay = false;  // a stored prompt is being read: the slider stays where it was put
  QTimer m_play;
};

}  // namespace incipit::ui
