// Which virtual tokens do the work: what the loss becomes without each of them, on a sample that grows until it is stopped; and which of
// the strongest stand in for each other.
#pragma once

#include "core/inspection/influence.h"
#include "ui/inspection/inspection_panel.h"

#include <optional>
#include <vector>

class QPushButton;
class QSpinBox;
class QTableWidget;

namespace incipit::ui {

class InfluenceBars;

class InfluencePanel : public InspectionPanel {
  Q_OBJECT
 public:
  explicit InfluencePanel(Workspace& workspace, QWidget* parent = nullptr);

  InfluenceBars* bars() const { return m_bars; }
  QTableWidget* pairsTable() const { return m_pairs; }
  const Influence& found() const { return m_found; }
  QString text() const override;

 public slots:
  void lookAtPairs();

 protected:
  Made wanted() const override;
  Missing missing() const override;
  QString costNow() const override;
  void begin() override;
  void ended() override { refreshControls(); }
  void forget() override;
  QSize pictureSize() const override;
  void drawPicture(QPainter& painter, const QPalette& palette) const override;

 private:
  InfluenceOptions options() const;
  void refreshControls();
  void take(const Made& made, const Influence& found);
  void showPairs(const std::vector<PairInfluence>& pairs);

  InfluenceBars* m_bars;
  QSpinBox* m_sample;
  QPushButton* m_pairsButton;
  QTableWidget* m_pairs;
  Influence m_found;
  InfluenceOptions m_options;              // of m_found
  std::shared_ptr<const Examples> m_used;  // likewise
  struct Work {                            // of what a start would cost, kept since it is asked often
    std::shared_ptr<const Examples> examples;
    std::int64_t rows = 0, sample = -1;
    double tokens = 0;
  };
  mutable Work m_work;
};

}  // namespace incipit::ui
