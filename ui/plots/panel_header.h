// The line above a plot: its title with the unit on the left; on the right the legend, each entry with its value under the cursor
// (or the latest one). Part of the picture, so a saved picture has its legend too.
#pragma once

#include "ui/settings/theme.h"

#include <QString>
#include <functional>
#include <map>
#include <optional>
#include <qcustomplot.h>
#include <vector>

namespace incipit::ui {

enum class Stroke { Thin, Bold, Dots, Level };  // Level: one value, dashed from side to side

class PanelHeader : public QCPLayoutElement {
 public:
  struct Entry {
    int curve = 0;
    QString name;
    QColor colour;
    Stroke stroke = Stroke::Bold;
    QString value;
    bool shown = true;
    bool mayGo = false;  // where there is no room for all: it stands in the plot too
  };

  PanelHeader(QCustomPlot* plot, QString title, QString unit);
  const QString& title() const { return m_title; }
  void setUnit(const QString& unit) { m_unit = unit; }

  void setEntries(std::vector<Entry> entries) { m_entries = std::move(entries); }
  void setColours(const QColor& title, const QColor& quiet) { m_titleColour = title, m_quietColour = quiet; }
  void alignWith(QCPAxisRect* rect) { m_rect = rect; }
  // The curve whose entry lies under this place.
  std::optional<int> entryAt(const QPointF& place) const;

  QSize minimumOuterSizeHint() const override;

 protected:
  void draw(QCPPainter* painter) override;

 private:
  std::vector<Entry> fitting(int width, const std::function<int(const Entry&, bool)>& widthOf) const;
  void drawSwatch(QCPPainter* painter, const Entry& entry, const QRect& place) const;

  QString m_title, m_unit;
  QColor m_titleColour, m_quietColour;
  QPointer<QCPAxisRect> m_rect;
  std::vector<Entry> m_entries;
  std::vector<std::pair<QRect, int>> m_places;  // of the entries as drawn
  std::map<int, int> m_widest;                  // by curve: room for its widest value so far, so that nothing moves back and forth
};

}  // namespace incipit::ui
