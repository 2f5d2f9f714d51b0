// Runs of the small studio: a plan of a few quick steps.
#pragma once

#include "ui/workspace/workspace.h"

namespace incipit::test {

inline void makeSmall(ui::Workspace& workspace, int steps) {
  auto plan = workspace.plan();
  plan.numVirtualTokens = 4;
  plan.steps = steps;
  plan.batchSize = 2;
  plan.precision = Precision::Fp32;
  plan.learningRate = 0.1;
  plan.snapshotEvery = 1;
  workspace.editPlan(plan, QStringLiteral("make it small"));
}

}  // namespace incipit::test
