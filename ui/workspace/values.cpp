#include "ui/workspace/values.h"

#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "ui/settings/format.h"
#include "ui/workspace/workspace.h"

#include <algorithm>

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
    return Workspace::tr("step %1 of %2").arg(grouped(step), runName);
  case PromptState::Trained:
    return Workspace::tr("the kept prompt of %1 (step %2)").arg(runName, grouped(step));
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

std::optional<std::int64_t> RunInView::unjudgedStep() const {
  const bool cutShort = end && (end->how == RunEnd::How::Stopped || end->how == RunEnd::How::Interrupted);
  if (!cutShort || !kept || !isValidated(plan)) return {};
  std::int64_t last = 0, rows = 0, seen = 0;
  for (const auto& event : *events) {
    if (const auto* started = std::get_if<Started>(&event)) rows = started->validationExamples;
    if (const auto* stepped = std::get_if<Stepped>(&event)) last = stepped->step, seen = 0;
    if (const auto* evaluated = std::get_if<Evaluated>(&event); evaluated && evaluated->step == last)
      seen = std::max(seen, evaluated->rows);
  }
  return last > 0 && seen < rows ? std::optional(last) : std::nullopt;
}

}  // namespace incipit::ui
