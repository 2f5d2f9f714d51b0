// One panel of a CurvePlot: its axes and the line above them. Used by CurvePlot only.
#pragma once

#include "ui/plots/curve_plot.h"

namespace incipit::ui {

struct CurvePlot::Panel {
  PanelHeader* header;
  QCPAxisRect* rect;
  int stretch;
  Scale scale;
  bool visible = true;
  QCPItemLine* cursor;
  QCPItemLine* mark;
  QCPItemText* above;  // tells of the beginning that stands above the axis

  QCPAxis* x() const { return rect->axis(QCPAxis::atBottom); }
  QCPAxis* y() const { return rect->axis(QCPAxis::atLeft); }
};

}  // namespace incipit::ui
