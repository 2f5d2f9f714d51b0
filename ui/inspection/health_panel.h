// Whether the rows of the prompt are in order, live while they are trained: a table of them, and how alike they are, row by row.
#pragma once

#include "core/inspection/health.h"
#include "ui/inspection/inspection_panel.h"
#include "ui/inspection/start_rows.h"
#include "ui/plots/throttle.h"

#include <optional>
#include <vector>

class QSortFilterProxyModel;
class QSplitter;
class QTableView;

namespace incipit::ui {

class HealthItemModel;
class HeatMap;

class HealthPanel : public InspectionPanel {
  Q_OBJECT
 public:
  explicit HealthPanel(Workspace& workspace, QWidget* parent = nullptr);

  HealthItemModel* model() const { return m_model; }
  HeatMap* heatMap() const { return m_map; }
  QString text() const override;

 protected:
  Made wanted() const override;
  void begin() override;
  void forget() override;
  QSize pictureSize() const override;
  void drawPicture(QPainter& painter, const QPalette& palette) const override;
  void showEvent(QShowEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  struct Found {
    PromptHealth health;
    std::vector<std::int64_t> order;
    std::shared_ptr<const SoftPrompt> start;
  };
  void makeTable();
  void compute();
  void take(const Made& made, Found found);
  void showMap();
  void markChosen();
  QString cellText(int row, int column) const;

  HealthItemModel* m_model;
  QSortFilterProxyModel* m_sorted;
  QTableView* m_table;
  HeatMap* m_map;
  QSplitter* m_splitter;
  StartSource m_startOf;  // of m_start
  std::shared_ptr<const SoftPrompt> m_start;
  std::vector<std::int64_t> m_order;  // of the heat map
  bool m_stale = false;               // a newer prompt came while the last was computed
  Throttle m_compute;
};

}  // namespace incipit::ui
