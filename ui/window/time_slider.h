// The track of the timeline: a slider over stored prompts, one place each and one more at the right end, with a tick for each prompt and a
// dot for each validation.
#pragma once

#include <QSlider>
#include <vector>

namespace incipit::ui {

class TimeSlider : public QSlider {
  Q_OBJECT
 public:
  explicit TimeSlider(QWidget* parent = nullptr);

  // `dots`: where validations were, in places, between 0 and maximum().
  void setTrack(int stored, std::vector<double> dots);
  void setLive(bool live);  // the right end moves on by itself

  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

 private:
  double xOf(double place) const;
  int placeAt(double x) const;

  std::vector<double> m_dots;
  bool m_live = false;
};

}  // namespace incipit::ui
