// What can be done with one run of the list beside opening it: star, note and tags, another name, less room, its path, plan and command.
#pragma once

#include "core/library/run_entry.h"

#include <QObject>
#include <functional>

class QMenu;
class QWidget;

namespace incipit::ui {

class Jobs;
struct Problem;

class RunMenu : public QObject {
  Q_OBJECT
 public:
  // `parent` is the widget that dialogs stand above.
  RunMenu(Jobs& jobs, QWidget* parent);

  void fill(QMenu* menu, const RunEntry& run);
  void toggleStar(const RunEntry& run);
  void editMarks(const RunEntry& run);
  void rename(const RunEntry& run);

 signals:
  void begun();    // something is to be done with a run
  void changed();  // the list is to be read again
  void renamed(const QString& from, const QString& to);
  void failed(const incipit::ui::Problem& problem);

 private:
  void carryOut(std::function<void()> deed);
  void drop(const RunEntry& run, const QString& question, std::function<void()> deed);

  Jobs& m_jobs;
  QWidget* m_parent;
};

// "#sea #first-try works", in one line.
QString marksText(const Marks& marks);

}  // namespace incipit::ui
