#include "ui/inspection/judged_examples.h"

#include "core/model/frozen_model.h"
#include "ui/settings/format.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QCoreApplication>
#include <algorithm>

namespace incipit::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("JudgedExamples", text); }

}  // namespace

QString JudgedExamples::name() const { return validation ? tr("validation examples") : tr("training examples"); }

JudgedExamples judgedExamples(const Workspace& workspace) {
  const auto data = workspace.data();
  if (!data) return {};
  if (data->validation && !data->validation->items.empty()) return {data->validation, true};
  return {data->training, false};
}

std::optional<std::pair<QString, QString>> whyNotJudged(const Workspace& workspace) {
  const auto data = workspace.data();
  if (!data)
    return std::pair(tr("No data yet"),
                     tr("This is measured on data. Open a file (step 2): validation rows are taken where there are some."));
  const auto judged = judgedExamples(workspace).examples;
  if (!judged || judged->items.empty())
    return std::pair(tr("No examples yet"),
                     data->problem.empty() ? tr("The rows of the data are being turned into tokens.") : data->problem.text());
  const auto model = workspace.model();
  if (model->card().head != HeadKind::None && workspace.prompt()->prompt.head.empty() && model->frozen->head().empty())
    return std::pair(tr("No head yet"), tr("This model sorts texts by a head, which training makes. Train first."));
  return {};
}

QString costOn(const Workspace& workspace, const JudgedExamples& judged, std::int64_t sample, double work) {
  const auto all = std::int64_t(judged.examples->items.size());
  auto text = tr("%1 of %2 %3").arg(grouped(std::min(sample, all)), grouped(all), judged.name());
  const auto seconds = workspace.secondsFor(work);
  text += seconds ? tr(": about %1.").arg(durationText(std::max(1.0, *seconds))) : tr("; how long that takes is said once it has begun.");
  const auto& trained = workspace.prompt()->prompt.origin.use.textTemplate;
  const auto& read = judged.examples->settings.textTemplate;
  if (!trained.empty() && !read.empty() && trained != read)
    text += QLatin1Char(' ') + tr("The prompt was trained on rows put otherwise: “%1”.").arg(toText(trained).simplified());
  if (workspace.training()) text += QLatin1Char(' ') + tr("While a training goes on it takes about twice as long.");
  return text;
}

}  // namespace incipit::ui
