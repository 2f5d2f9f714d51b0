// What the model would say if it stopped after a block, at every virtual token and every token of a text; and where in the text the prompt
// speaks. Of a model that sorts texts, what its head would choose after each block.
#pragma once

#include "core/inspection/speaking.h"
#include "ui/inspection/inspection_panel.h"
#include "ui/inspection/lens_item_model.h"

#include <memory>
#include <vector>

class QComboBox;
class QLabel;
class QStackedWidget;
class QTableView;

namespace incipit::ui {

class HeatMap;
class TextChoice;
class TokenFlow;

class LensPanel : public InspectionPanel {
  Q_OBJECT
 public:
  explicit LensPanel(Workspace& workspace, QWidget* parent = nullptr);

  TextChoice* choice() const { return m_choice; }
  LensItemModel* model() const { return m_model; }
  QTableView* table() const { return m_table; }
  TokenFlow* alternatives() const { return m_best; }
  TokenFlow* spoken() const { return m_spoken; }
  HeatMap* classes() const { return m_classes; }
  QString text() const override;
  QString summary() const override;

 protected:
  Made wanted() const override;
  Missing missing() const override;
  void begin() override;
  void forget() override;
  QSize pictureSize() const override;
  void drawPicture(QPainter& painter, const QPalette& palette) const override;

 private:
  struct Found {
    LensTable table;                           // of a model that writes
    std::vector<std::vector<double>> classes;  // of one that sorts: [block][class]
    std::vector<TokenSpoken> tokens;
    std::vector<ClassSpoken> labels;
  };
  void build();
  bool sorts() const;
  void take(const Made& made, Found found);
  void showClasses(const Found& found);
  void showSpoken(const Found& found);
  void showBest();

  TextChoice* m_choice;
  QComboBox* m_side;
  LensItemModel* m_model;
  QTableView* m_table;
  HeatMap* m_classes;
  QStackedWidget* m_above;  // words, or classes
  QLabel *m_bestTitle, *m_spokenTitle;
  TokenFlow *m_best, *m_spoken;
  std::vector<TokenSpoken> m_tokens;
  QString m_gained;  // by the prompt, of the text, in a sentence
};

}  // namespace incipit::ui
