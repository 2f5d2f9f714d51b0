// Several runs side by side: which is better than the baseline and how sure that is, what differs, and their curves over each other.
#pragma once

#include "core/library/compare.h"
#include "core/library/groups.h"
#include "core/runs/run_folder.h"
#include "ui/settings/theme.h"

#include <QStringList>
#include <QWidget>
#include <vector>

class QComboBox;
class QLabel;
class QTableWidget;
class QVBoxLayout;

namespace incipit::ui {

class CurvePlot;
class Jobs;
class ProblemStrip;

class ComparePage : public QWidget {
  Q_OBJECT
 public:
  explicit ComparePage(Jobs& jobs, QWidget* parent = nullptr);

  void show(std::vector<std::filesystem::path> runs);  // the first is the baseline
  const QTableWidget* table() const { return m_table; }
  QString verdict() const;

 signals:
  void backWanted();

 private:
  struct Read {
    RunComparison compared;
    std::vector<RunRecord> records;  // in the same order
  };
  void load(std::size_t baseline);
  void take(const Read& read);
  void fillGroupings();
  void redraw();
  QStringList groupSentences(const std::vector<RunGroup>& groups) const;
  std::vector<RunGroup> groups() const;  // as they are wished; each run by itself: none
  Hue colourOf(std::size_t run) const;
  void fillTable();
  void drawCurves();
  void drawGroups(int losses, int looks);

  Jobs& m_jobs;
  std::vector<std::filesystem::path> m_runs;
  Read m_read;  // what is shown
  QComboBox *m_baseline, *m_together;
  QLabel* m_verdict;
  QTableWidget* m_table;
  QVBoxLayout* m_column;
  CurvePlot* m_plot = nullptr;
  ProblemStrip* m_strip;
};

}  // namespace incipit::ui
