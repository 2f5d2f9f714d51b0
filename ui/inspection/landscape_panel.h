// The loss around the prompt: with noise of growing size, on a plane through it, and with its rows stored in fewer bits.
#pragma once

#include "core/inspection/landscape.h"
#include "ui/inspection/inspection_panel.h"

#include <optional>
#include <vector>

class QSpinBox;

namespace incipit::ui {

class BandPlot;
class HeatMap;

class LandscapePanel : public InspectionPanel {
  Q_OBJECT
 public:
  explicit LandscapePanel(Workspace& workspace, QWidget* parent = nullptr);

  BandPlot* noisePlot() const { return m_noise; }
  HeatMap* plane() const { return m_plane; }
  QString text() const override;

 protected:
  Made wanted() const override;
  Missing missing() const override;
  QString costNow() const override;
  void begin() override;
  void forget() override;
  QSize pictureSize() const override;
  void drawPicture(QPainter& painter, const QPalette& palette) const override;

 private:
  struct Found {
    NoiseCurve noise;
    std::vector<RoundedPrompt> rounded;
    std::optional<LossPlane> plane;
  };
  LandscapeOptions options() const;
  void take(const Made& made, std::int64_t examples, const Found& found);
  void showPlane(const LossPlane& plane);
  QString planeText(int row, int column) const;

  QSpinBox* m_sample;
  BandPlot* m_noise;
  HeatMap* m_plane;
  Found m_found;
  struct Work {  // of what a start would cost, kept since it is asked often
    std::shared_ptr<const Examples> examples;
    std::int64_t sample = -1;
    double tokens = 0;
  };
  mutable Work m_work;
};

}  // namespace incipit::ui
