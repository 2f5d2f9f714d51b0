// Whether the rows of the prompt in view are in order, live while they are trained: lengths beside the vocabulary's, drift, likeness.
#pragma once

#include "ui/plots/throttle.h"

#include <QWidget>
#include <memory>

class QLabel;
class QSortFilterProxyModel;
class QStackedLayout;
class QTableView;

namespace incipit::ui {

class CosineMap;
class EmptyState;
class HealthItemModel;
class ProblemStrip;
class StartOfRun;
class Workspace;
struct PromptInView;

class HealthPanel : public QWidget {
  Q_OBJECT
 public:
  explicit HealthPanel(Workspace& workspace, QWidget* parent = nullptr);

  HealthItemModel* model() const { return m_model; }
  CosineMap* map() const { return m_map; }
  QString words() const;

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  QTableView* makeTable();
  void compute();

  Workspace& m_workspace;
  HealthItemModel* m_model;
  QStackedLayout* m_stack;
  EmptyState* m_empty;
  QLabel* m_words;
  CosineMap* m_map;
  ProblemStrip* m_strip;
  StartOfRun* m_start;
  bool m_stale = false;  // a newer prompt came while the last was looked at
  Throttle m_compute;
};

}  // namespace incipit::ui
