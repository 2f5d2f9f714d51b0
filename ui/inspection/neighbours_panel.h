// What the virtual tokens look like from the vocabulary's side, live while they are trained: norms, drift, nearest tokens - and the
// neighbours of random vectors beside them, because neighbours are not the meaning.
#pragma once

#include "core/inspection/neighbours.h"
#include "ui/plots/throttle.h"

#include <QTimer>
#include <QWidget>
#include <memory>
#include <vector>

class QAction;
class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QSpinBox;
class QStackedLayout;
class QTableView;
class QToolButton;

namespace incipit {
struct Examples;
}

namespace incipit::ui {

class EmptyState;
class MovementStrip;
class NeighbourSearch;
struct OpenModel;
struct PromptInView;
class NeighboursItemModel;
class ProblemStrip;
class StartOfRun;
class Workspace;

class NeighboursPanel : public QWidget {
  Q_OBJECT
 public:
  explicit NeighboursPanel(Workspace& workspace, QWidget* parent = nullptr);

  NeighboursItemModel* model() const { return m_model; }
  NeighboursItemModel* baseline() const { return m_baseline; }

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  struct View {  // a table with sorting and search before its model
    QTableView* table;
    QSortFilterProxyModel* sorted;
  };
  View makeTable(NeighboursItemModel* model, const QString& name);
  QWidget* makeControls();
  View makeBaseline();
  QToolButton* makeFilter();
  void search(const QString& text);
  void sayHowNear();
  std::shared_ptr<const Examples> refreshFilter();  // those that "seen in the data" means; null: none
  void settleColumns(QTableView* table);

  void compute();
  void computeNow(const std::shared_ptr<const PromptInView>& prompt, const std::shared_ptr<const OpenModel>& model);
  void showBaseline();
  void sayWhatIsShown();

  Workspace& m_workspace;
  NeighboursItemModel *m_model, *m_baseline;
  QStackedLayout* m_stack;
  EmptyState* m_empty;
  View m_view{}, m_baselineView{};
  QLabel* m_baselineHelp;
  QComboBox* m_metric;
  QSpinBox* m_count;
  QCheckBox* m_showBaseline;
  QLineEdit* m_search;
  QAction *m_wholeWords, *m_noSpecial, *m_seenOnly;
  QToolButton* m_filter;
  MovementStrip* m_together;
  QLabel *m_title, *m_howNear;
  ProblemStrip* m_strip;
  StartOfRun* m_start;  // for drift

  std::shared_ptr<const PromptInView> m_shown;  // whose neighbours stand there
  std::shared_ptr<NeighbourSearch> m_finder;    // of m_finderOf; in use while its lane is busy
  std::shared_ptr<const OpenModel> m_finderOf;
  std::shared_ptr<const VocabularyIndex> m_index;  // what stands there was found in it,
  std::vector<bool> m_among;                       //   among these tokens (empty: all)
  std::shared_ptr<const VocabularyIndex> m_baselineOf;
  std::vector<bool> m_baselineAmong;
  bool m_stale = false;  // a newer prompt came while the last was computed
  QTimer m_late;
  Throttle m_compute;
};

}  // namespace incipit::ui
