#include "ui/workspace/values.h"

#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "ui/workspace/workspace.h"

namespace incipit::ui {
namespace {

QString lastPart(const std::string& path) {
  auto name = QString::fromStdString(path);
  while (name.endsWith(QLatin1Char('/')))
    name.chop(1);
  return name.section(QLatin1Char('/'), -1);
}

}  // namespace

const ModelCard& OpenModel::card() const { return frozen->card(); }
Reading OpenModel::reading() const { return readingOf(card()); }
QString OpenModel::shortName() const { return lastPart(name); }

Reading ReadData::reading() const { return model ? model->reading() : Reading::OneText; }

QString PromptInView::title() const {
  switch (state) {
  case PromptState::Starting:
    return Workspace::tr("the start, before training");
  case PromptState::Training:
  case PromptState::Snapshot:
    return Workspace::tr("step %1 of %2").arg(step).arg(runName);
  case PromptState::Trained:
    return Workspace::tr("the kept prompt of %1 (step %2)").arg(runName).arg(step);
  case PromptState::Opened:
    return Workspace::tr("adapter %1").arg(source);
  case PromptState::None:
    break;
  }
  return {};
}

QString PromptInView::fileName() const {
  switch (state) {
  case PromptState::Trained:
    return runName;
  case PromptState::Training:
  case PromptState::Snapshot:
    return QStringLiteral("%1-step-%2").arg(runName).arg(step);
  case PromptState::Opened:
    return source.section(QLatin1Char('.'), 0, 0);
  default:
    return Workspace::tr("untrained-prompt");
  }
}

QString RunEnd::word() const {
  switch (how) {
  case How::Finished:
    return Workspace::tr("finished");
  case How::Stopped:
    return Workspace::tr("stopped");
  case How::Interrupted:
    return Workspace::tr("interrupted");
  case How::Failed:
    break;
  }
  return Workspace::tr("failed");
}

bool RunInView::isOf(const std::shared_ptr<const OpenModel>& model) const { return model && model->fingerprint == modelFingerprint; }
QString RunInView::modelName() const { return lastPart(plan.model); }
QString RunInView::dataName() const { return lastPart(plan.train.string()); }

}  // namespace incipit::ui
