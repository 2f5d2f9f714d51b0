#include "ui/runs/runs_item_model.h"

#include "ui/plots/number_text.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"

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

QVariant numberCell(const std::optional<double>& value, int role, bool percent = false) {
  if (role == RunsItemModel::SortRole) return value.value_or(INFINITY);
  if (!value) return QStringLiteral("–");
  return percent ? percentText(*value) : valueText(*value);
}

}  // namespace

void RunsItemModel::show(std::vector<RunLine> runs) {
  const auto sameFolders = [&] {
    if (runs.size() != m_runs.size()) return false;
    for (std::size_t i = 0; i < runs.size(); ++i)
      if (runs[i].folder != m_runs[i].folder) return false;
    return true;
  };
  // The usual change is one new run at the top: the rows below it, and what is selected there, stay.
  if (runs.size() == m_runs.size() + 1 &&
      std::equal(m_runs.begin(), m_runs.end(), runs.begin() + 1, [](const RunLine& a, const RunLine& b) { return a.folder == b.folder; })) {
    beginInsertRows({}, 0, 0);
    m_runs.insert(m_runs.begin(), runs.front());
    endInsertRows();
  }
  if (sameFolders()) {
    m_runs = std::move(runs);
    if (!m_runs.empty()) emit dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));
    return;
  }
  beginResetModel();
  m_runs = std::move(runs);
  endResetModel();
}

int RunsItemModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_runs.size()); }
int RunsItemModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant RunsItemModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const auto& run = m_runs[static_cast<std::size_t>(index.row())];
  if (role == Qt::TextAlignmentRole) {
    const bool number = index.column() >= Steps && index.column() <= Accuracy;
    return QVariant((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  }
  if (role == Qt::ToolTipRole) return plainToolTip(run.problem.isEmpty() ? run.plan : run.problem);
  if (role != Qt::DisplayRole && role != SortRole) return {};
  switch (index.column()) {
  case Name:
    return run.name;
  case Status:
    return statusWord(run.status);
  case Steps:
    return role == SortRole ? QVariant(static_cast<qint64>(run.steps)) : QVariant(QLocale().toString(static_cast<qlonglong>(run.steps)));
  case Loss:
    return numberCell(run.loss, role);
  case Validation:
    return numberCell(run.validation, role);
  case Accuracy:
    return numberCell(run.accuracy, role, true);
  case When:
    return role == SortRole ? QVariant(run.when) : QVariant(whenText(run.when));
  default:
    return {};
  }
}

QVariant RunsItemModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant((section >= Steps && section <= Accuracy ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  static const struct {
    const char *title, *help;
  } words[Columns] = {
      {QT_TR_NOOP("Run"), QT_TR_NOOP("The name of the run's folder")},
      {QT_TR_NOOP("Status"), QT_TR_NOOP("How it ended; interrupted: the program ended first")},
      {QT_TR_NOOP("Steps"), QT_TR_NOOP("Steps done")},
      {QT_TR_NOOP("Loss"), QT_TR_NOOP("Training loss at the end, smoothed as in the curve")},
      {QT_TR_NOOP("Validation"), QT_TR_NOOP("Validation loss of the prompt that was kept, as its card says")},
      {QT_TR_NOOP("Accuracy"), QT_TR_NOOP("Share of the validation examples answered rightly by the kept prompt")},
      {QT_TR_NOOP("When"), QT_TR_NOOP("When the run was started")},
  };
  if (section < 0 || section >= Columns) return {};
  if (role == Qt::DisplayRole) return tr(words[section].title);
  if (role == Qt::ToolTipRole) return tr(words[section].help);
  return {};
}

}  // namespace incipit::ui
