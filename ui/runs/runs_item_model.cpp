#include "ui/runs/runs_item_model.h"

#include "core/library/family.h"
#include "ui/plots/number_text.h"
#include "ui/runs/run_menu.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/workspace/text.h"

#include <QColor>
#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

QString statusWord(const QString& status) {
  if (status == QLatin1String("finished")) return RunsItemModel::tr("finished");
  if (status == QLatin1String("stopped")) return RunsItemModel::tr("stopped");
  if (status == QLatin1String("failed")) return RunsItemModel::tr("failed");
  if (status == QLatin1String("interrupted")) return RunsItemModel::tr("interrupted");
  if (status == QLatin1String("running")) return RunsItemModel::tr("running");
  return RunsItemModel::tr("unreadable");
}

// Short, and in no order of days and months that could be mistaken.
QString whenText(const QDateTime& when) {
  const bool thisYear = when.date().year() == QDate::currentDate().year();
  return QLocale().toString(when, thisYear ? QStringLiteral("d MMM HH:mm") : QStringLiteral("d MMM yyyy"));
}

QString lastPart(const std::filesystem::path& path) {
  return toText(path.has_filename() ? path.filename() : path.parent_path().filename());
}

QString measureWord(const RunEntry& run) {
  if (run.metric == "accuracy") return RunsItemModel::tr("accuracy");
  if (run.metric == "f1_macro") return RunsItemModel::tr("macro F1");
  if (run.metric == "label_loss") return RunsItemModel::tr("label loss");
  if (run.metric == "training_loss") return RunsItemModel::tr("training loss");
  return RunsItemModel::tr("val. loss");
}

QString toolTipOf(const RunEntry& run) {
  if (!run.problem.empty()) return toText(run.problem);
  QStringList lines;
  lines << RunsItemModel::tr("%1 on %2").arg(lastPart(run.plan.model), lastPart(run.plan.train));
  lines << RunsItemModel::tr("%1, rate %2, batches of %3")
               .arg(virtualTokensText(run.plan.numVirtualTokens), QString::number(run.plan.learningRate), grouped(run.plan.batchSize));
  lines << RunsItemModel::tr("%1 of %2 in %3").arg(grouped(run.steps), stepsText(run.totalSteps), durationText(run.seconds));
  if (run.loss) lines << RunsItemModel::tr("Training loss at the end %1").arg(valueText(*run.loss));
  if (run.validationLoss) lines << RunsItemModel::tr("Validation loss %1").arg(valueText(*run.validationLoss));
  if (run.accuracy) lines << RunsItemModel::tr("Accuracy %1").arg(percentText(*run.accuracy));
  if (run.f1Macro) lines << RunsItemModel::tr("Macro F1 %1").arg(percentText(*run.f1Macro));
  if (const auto parent = parentOf(run.plan))
    lines << (parent->step > 0 ? RunsItemModel::tr("Grown from step %1 of %2").arg(grouped(parent->step), lastPart(parent->run))
                               : RunsItemModel::tr("Grown from %1").arg(lastPart(parent->run)));
  return lines.join(QLatin1Char('\n'));
}

}  // namespace

void RunsItemModel::show(std::vector<RunEntry> runs) {
  const auto sameFolders = [&] {
    if (runs.size() != m_runs.size()) return false;
    for (std::size_t i = 0; i < runs.size(); ++i)
      if (runs[i].folder != m_runs[i].folder) return false;
    return true;
  };
  // The usual change is one new run at the top: the rows below it, and what is selected there, stay.
  if (runs.size() == m_runs.size() + 1 && std::equal(m_runs.begin(), m_runs.end(), runs.begin() + 1,
                                                     [](const RunEntry& a, const RunEntry& b) { return a.folder == b.folder; })) {
    beginInsertRows({}, 0, 0);
    m_runs.insert(m_runs.begin(), runs.front());
    measure();
    endInsertRows();
  }
  if (sameFolders()) {
    m_runs = std::move(runs);
    measure();
    if (!m_runs.empty()) emit dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));
    return;
  }
  beginResetModel();
  m_runs = std::move(runs);
  measure();
  endResetModel();
}

void RunsItemModel::measure() {
  m_differing = whatDiffers(m_runs);
  m_place.assign(m_runs.size(), 0);
  m_depth.assign(m_runs.size(), 0);
  const auto places = inFamilies(m_runs);
  for (std::size_t i = 0; i < places.size(); ++i) {
    m_place[places[i].run] = int(i);
    m_depth[places[i].run] = places[i].depth;
  }
}

void RunsItemModel::showFamilies(bool families) {
  m_families = families;
  if (!m_runs.empty()) emit dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));
}

int RunsItemModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_runs.size()); }
int RunsItemModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QString RunsItemModel::differsText(std::size_t row) const {
  QStringList words;
  for (std::size_t knob = 0; knob < m_differing.knobs.size(); ++knob)
    if (const auto& value = m_differing.values[row][knob]; !value.empty())
      words << toText(m_differing.knobs[knob]) + QLatin1Char(' ') + toText(value);
  return words.join(QStringLiteral(", "));
}

QString bestText(const RunEntry& run) {
  if (!run.best) return QStringLiteral("–");
  return (run.higherIsBetter() ? percentText(*run.best) : valueText(*run.best)) + QLatin1Char(' ') + measureWord(run);
}

QVariant RunsItemModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const auto row = static_cast<std::size_t>(index.row());
  const auto& run = m_runs[row];
  const int column = index.column();
  if (role == Qt::TextAlignmentRole) return QVariant((column == Step ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  if (role == Qt::ForegroundRole && column == Star && run.marks.starred) return QColor(0xE6, 0x9F, 0x00);
  if (role == Qt::ToolTipRole && column == Notes && run.marks != Marks())
    return plainToolTip(marksText({false, run.marks.tags, {}}) + QLatin1Char('\n') + toText(run.marks.note));
  if (role == Qt::ToolTipRole) return plainToolTip(column == Differs && run.problem.empty() ? differsText(row) : toolTipOf(run));
  if (role == FamilyRole) return m_place[row];
  if (role == CurveRole && column == Curve) return QVariant::fromValue(QList<float>(run.curve.begin(), run.curve.end()));
  if (role != Qt::DisplayRole && role != SortRole) return {};
  const bool sort = role == SortRole;
  switch (column) {
  case Star:
    return sort ? QVariant(run.marks.starred ? 0 : 1) : QVariant(run.marks.starred ? QStringLiteral("★") : QStringLiteral("☆"));
  case Name:
    if (sort || !m_families || m_depth[row] == 0) return toText(run.name);
    return QString(2 * (m_depth[row] - 1), QChar(0x00A0)) + QStringLiteral("└ ") + toText(run.name);
  case Curve:
    return sort && !run.curve.empty() ? QVariant(double(run.curve.back())) : QVariant();
  case Status:
    return statusWord(toText(run.status));
  case Best:  // the best of each measure first
    if (!sort) return bestText(run);
    return run.best ? (run.higherIsBetter() ? -*run.best : *run.best) : INFINITY;
  case Step:
    if (sort) return qint64(run.bestStep);
    return run.best ? grouped(run.bestStep) : QStringLiteral("–");
  case When:
    return sort ? QVariant(qint64(run.started)) : QVariant(whenText(QDateTime::fromSecsSinceEpoch(run.started)));
  case Notes:
    return marksText(run.marks);
  case Differs:
    return run.problem.empty() ? differsText(row) : toText(run.problem);
  default:
    return {};
  }
}

QVariant RunsItemModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) return QVariant((section == Step ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  static const struct {
    const char *title, *help;
  } words[Columns] = {
      {QT_TR_NOOP("★"), QT_TR_NOOP("Starred: a click sets it and takes it away")},
      {QT_TR_NOOP("Run"), QT_TR_NOOP("The name of the run's folder")},
      {QT_TR_NOOP("Curve"), QT_TR_NOOP("Training loss over the steps, smoothed; each run by itself")},
      {QT_TR_NOOP("Status"), QT_TR_NOOP("How it ended; interrupted: the program ended first")},
      {QT_TR_NOOP("Best"), QT_TR_NOOP("The kept prompt, by the measure that decided")},
      {QT_TR_NOOP("Step"), QT_TR_NOOP("The step that had it")},
      {QT_TR_NOOP("When"), QT_TR_NOOP("When the run was started")},
      {QT_TR_NOOP("Notes"), QT_TR_NOOP("Tags and note; the menu of a run changes them")},
      {QT_TR_NOOP("What differs"), QT_TR_NOOP("Settings in which the runs of this list differ")},
  };
  if (section < 0 || section >= Columns) return {};
  if (role == Qt::DisplayRole) return tr(words[section].title);
  if (role == Qt::ToolTipRole) return tr(words[section].help);
  return {};
}

}  // namespace incipit::ui
