// A small studio that has data and, if wanted, a trained prompt: what the tests of the views inside a prompt stand on.
#pragma once

#include "tests/ui/support/small_runs.h"
#include "tests/ui/support/small_studio.h"
#include "ui/workspace/workspace.h"

#include <QSignalSpy>
#include <QtTest>

namespace incipit::test {

inline QString shipRows(const SmallStudio& studio, int rows = 24) {
  QByteArray text("text,label\n");
  for (int i = 0; i < rows; ++i)
    text += "Ship " + QByteArray::number(i) + (i % 2 ? " sailed.,sea\n" : " rotted.,land\n");
  const auto file = studio.path(QStringLiteral("ships.csv"));
  writeText(file, text);
  return file;
}

// True where model, data and prompt are there; half of the rows are held out.
inline bool openShips(ui::Workspace& workspace, const SmallStudio& studio, int steps = 4) {
  workspace.setRunsFolder(studio.path(QStringLiteral("runs")).toStdString());
  workspace.openModel(studio.model());
  workspace.openData(shipRows(studio));
  if (!QTest::qWaitFor([&] { return workspace.data() && workspace.data()->training; }, 60'000)) return false;
  makeSmall(workspace, steps);
  auto plan = workspace.plan();
  plan.data.labelColumn = "label";
  plan.evalEvery = 2;
  plan.metricForBestModel = BestMetric::Loss;  // which falls: the prompt that is kept is not the start
  workspace.editPlan(plan, QStringLiteral("labels"));
  workspace.holdOut(0.5);
  return QTest::qWaitFor(
      [&] {
        return workspace.blockers().isEmpty() && workspace.data()->validation && workspace.prompt() &&
               workspace.prompt()->prompt.length() == 4 && !workspace.jobs().busy();
      },
      60'000);
}

inline bool trainSmall(ui::Workspace& workspace) {
  QSignalSpy ended(&workspace, &ui::Workspace::runEnded);
  workspace.startTraining();
  return QTest::qWaitFor([&] { return ended.count() == 1; }, 120'000);
}

}  // namespace incipit::test
