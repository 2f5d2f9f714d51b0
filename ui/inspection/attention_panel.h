// How loud the prompt is: its share of what a text attends to, by block and head; and of one head, who attends to which virtual token.
#pragma once

#include "core/inspection/attention.h"
#include "ui/inspection/inspection_panel.h"

#include <QList>
#include <memory>
#include <vector>

class QLabel;
class QScrollArea;

namespace incipit::ui {

class HeatMap;
class TextChoice;
struct TokenChip;

class AttentionPanel : public InspectionPanel {
  Q_OBJECT
 public:
  explicit AttentionPanel(Workspace& workspace, QWidget* parent = nullptr);

  TextChoice* choice() const { return m_choice; }
  HeatMap* loudnessMap() const { return m_loud; }
  HeatMap* headMap() const { return m_head; }
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
    ReadText text;
    AttentionMaps maps;
    std::vector<BlockLoudness> loudness;
    AttentionSink sink;
  };
  void take(const Made& made, std::shared_ptr<const Found> found);
  void showLoudness();
  void showHead(int block, int head);
  void markChosen();
  TokenChip chipOfRow(std::int64_t row) const;
  QString loudText(int block, int column) const;
  QString headText(int row, int column) const;
  QString sinkText() const;

  TextChoice* m_choice;
  HeatMap *m_loud, *m_head;
  QLabel* m_headTitle;
  std::shared_ptr<const Found> m_found;
  std::vector<std::size_t> m_queries, m_keys;  // rows of the text and of the prompt, as places among what is read
  int m_block = 0, m_ofHead = -1;              // that is shown below; -1: the mean of all heads
};

}  // namespace incipit::ui
