// How alike prompts are: those that runs of the open model have kept, or one run's prompt step by step.
#pragma once

#include "core/inspection/similarity.h"
#include "ui/inspection/inspection_panel.h"

#include <QStringList>

class QComboBox;
class QSpinBox;

namespace incipit::ui {

class HeatMap;

class SimilarityPanel : public InspectionPanel {
  Q_OBJECT
 public:
  explicit SimilarityPanel(Workspace& workspace, QWidget* parent = nullptr);

  enum class Of { Runs, Steps };
  enum class Figure { BestRows, MeanRows, Tasks, Starts };
  void compare(Of of);
  void showFigure(Figure figure);
  HeatMap* heatMap() const { return m_map; }
  QStringList names() const { return m_names; }
  QString text() const override;

 protected:
  Made wanted() const override;
  Missing missing() const override;
  void begin() override;
  void forget() override;
  QSize pictureSize() const override;
  void drawPicture(QPainter& painter, const QPalette& palette) const override;

 private:
  struct Found {
    QStringList names;
    PromptSimilarity similarity;
  };
  void take(const Made& made, Found found);
  void showMap();
  const Matrix& shown() const;
  QString cellText(int row, int column) const;
  QString chanceText() const;

  QComboBox *m_of, *m_figure;
  QSpinBox* m_most;
  HeatMap* m_map;
  QStringList m_names;
  PromptSimilarity m_found;
};

}  // namespace incipit::ui
