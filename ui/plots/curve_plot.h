// Curves over steps, live: panels below each other that share the x axis, each with its title, unit, legend and read-out. Follows the
// palette, draws about thirty times a second at most, stays quick with a million points.
//
//   CurvePlot plot(tr("Step"));
//   const int panel = plot.addPanel(tr("Loss"), tr("nats per token"), 3, CurvePlot::Scale::MayBeLogarithmic);
//   const int loss = plot.addCurve(panel, tr("batch"), Hue::Blue, Stroke::Thin);
//   plot.addSmoothed(loss, tr("smoothed"));
//   plot.append(loss, step, value);
#pragma once

#include "ui/plots/panel_header.h"
#include "ui/plots/series.h"
#include "ui/plots/throttle.h"
#include "ui/settings/theme.h"

#include <QWidget>
#include <map>
#include <memory>
#include <optional>
#include <qcustomplot.h>
#include <vector>

class QSlider;
class QStackedLayout;
class QToolButton;

namespace incipit::ui {

class EmptyState;

class CurvePlot : public QWidget {
  Q_OBJECT
 public:
  enum class Scale { Linear, MayBeLogarithmic, Share };  // Share: 0 to 1, written in percent

  explicit CurvePlot(const QString& xTitle, QWidget* parent = nullptr);
  ~CurvePlot() override;

  int addPanel(const QString& title, const QString& unit, int stretch, Scale scale = Scale::Linear);
  int addCurve(int panel, const QString& name, Hue hue, Stroke stroke);
  int addSmoothed(int of, const QString& name);  // a bold curve behind which `of` stays thin
  // Of a curve that is a Stroke::Level: its value, dashed from side to side with its name at the end; none: it goes. Far from the
  // curves it stays outside the picture, and its name stands at that edge.
  void setLevel(int curve, std::optional<double> value, const QString& name);
  void setPanelVisible(int panel, bool visible);
  void setUnit(int panel, const QString& unit);

  void append(int curve, double x, double y);
  void truncateFrom(double x);  // of every curve: a run that goes on from a checkpoint
  void clear();
  // A dashed line through all panels: "best, step 120".
  void setMark(std::optional<double> x, const QString& label = {});
  void setEmptyTexts(const QString& title, const QString& text);
  EmptyState* emptyState() const { return m_empty; }

  const Series& series(int curve) const { return m_curves[static_cast<std::size_t>(curve)].series; }
  QString valueShown(int curve) const;  // under the cursor, else the latest
  QString dataAsText() const;           // tab-separated, one line an x
  // PNG as it is seen; SVG and PDF in the light colours, for paper. Empty when it worked, else a sentence.
  QString savePicture(const QString& file);

 public slots:
  void setLogarithmic(bool on);
  void setSmoothing(double weight);  // 0: none .. 0.99
  void setCurveVisible(int curve, bool visible);
  void showAll();
  void showX(double lower, double upper);
  void setCursor(std::optional<double> x);
  void copyData();
  void askAndSavePicture();

 protected:
  void changeEvent(QEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  struct Panel;
  struct Curve {
    QString name;
    Hue hue;
    Stroke stroke;
    int panel;
    int smoothedFrom = -1;
    Series series;
    Smoother smoother;
    QCPGraph* graph = nullptr;
    QCPItemTracer* dot = nullptr;  // at the cursor
    bool visible = true;
    std::optional<double> level;
    QCPItemText* label = nullptr;  // of a level
  };

  QWidget* makeTools();
  QCPItemText* makeText(Qt::Alignment alignment);
  void arrange();
  void recolour(const QPalette& palette);
  void colourPanel(Panel& panel, const QPalette& palette);
  void redraw();
  void drawPanel(std::size_t index, const QCPRange& x);
  void includeLevels(std::size_t panel, bool logarithmic, double& low, double& high) const;
  void drawLevels(std::size_t panel, const QCPRange& x);
  void placeNames();
  void drawCursor();
  void fillHeaders();
  QCPRange dataRange() const;
  QCPRange paddedRange(const Panel& panel, double low, double high) const;
  void cutBeginning(Panel& panel, const QCPRange& x, QCPRange& y);
  QString written(const Curve& curve, double value) const;
  bool isEmpty() const;

  QString m_xTitle;
  QCustomPlot* m_plot;
  EmptyState* m_empty;
  QStackedLayout* m_stack;
  QToolButton* m_logButton = nullptr;
  QSlider* m_smoothingSlider = nullptr;
  std::vector<std::unique_ptr<Panel>> m_panels;
  std::vector<Curve> m_curves;
  QCPMarginGroup* m_leftMargins;
  QCPItemText* m_cursorText = nullptr;
  QCPItemText* m_markText = nullptr;
  std::optional<QCPRange> m_wantedX;          // none: everything, following the newest step
  std::map<std::size_t, QCPRange> m_wantedY;  // by panel; none: what the curves need
  std::optional<double> m_cursor, m_mark;
  QString m_markLabel;
  double m_smoothing = smoothedWeight;
  bool m_logarithmic = false;
  bool m_whole = false;  // the height of the first steps too, although it presses the rest flat
  Throttle m_redraw;
};

}  // namespace incipit::ui
