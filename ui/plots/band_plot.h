// A curve over a logarithmic axis with the spread around it as a band, and places on the axis that are marked: what a range test shows.
// Follows the palette; point at it and a line says the values there.
#pragma once

#include <QString>
#include <QWidget>
#include <optional>
#include <vector>

class QCustomPlot;
class QCPGraph;
class QCPItemLine;
class QCPItemText;
class QPainter;

namespace incipit::ui {

class BandPlot : public QWidget {
  Q_OBJECT
 public:
  struct Point {
    double x, y, low, high;
  };
  BandPlot(const QString& xTitle, const QString& yTitle, QWidget* parent = nullptr);

  void setPoints(std::vector<Point> points);
  const std::vector<Point>& points() const { return m_points; }
  enum class Mark { Suggested, Current };
  void setMark(Mark mark, std::optional<double> x, const QString& label = {});
  void setLevel(std::optional<double> y, const QString& label);  // a thin line across: the loss before the first step
  QString dataAsText() const;                                    // tab-separated, one line a point
  QString savePicture(const QString& file);                      // as CurvePlot's
  void draw(QPainter& painter);                                  // for paper; the painter is one of ui/plots/pictures.h

 signals:
  void pointed(std::optional<incipit::ui::BandPlot::Point> point);  // nearest to the pointer; none: it left

 protected:
  void changeEvent(QEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  struct Line {
    QCPItemLine* line;
    QCPItemText* text;
    std::optional<double> at;
  };
  Line makeLine();
  void place(Line& line, bool vertical);
  void arrange();
  void recolour(const QPalette& palette);

  QCustomPlot* m_plot;
  QCPGraph *m_curve, *m_low, *m_high;
  Line m_suggested, m_current, m_level;
  std::vector<Point> m_points;
};

}  // namespace incipit::ui
