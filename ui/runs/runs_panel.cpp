#include "ui/runs/runs_panel.h"

#include "core/runs/run_folder.h"
#include "core/training/smoothed.h"
#include "ui/jobs/problem.h"
#include "ui/plots/empty_state.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/table_copy.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QHeaderView>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedLayout>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace incipit::ui {
namespace {

RunLine lineOf(const std::filesystem::path& folder) {
  RunLine line;
  line.folder = folder;
  line.name = toText(folder.filename());
  line.when = QFileInfo(toText(folder / "plan.json")).lastModified();
  try {
    const auto record = readRun(folder);
    line.status = toText(record.status);
    line.plan = RunsPanel::tr("%1, %2, rate %3, batches of %4")
                    .arg(toText(record.plan.model), virtualTokensText(record.plan.numVirtualTokens),
                         QString::number(record.plan.learningRate), grouped(record.plan.batchSize));
    Smoothed smoothed;  // of a run that never came to its summary: the number that its curve ends with
    for (const auto& event : record.events) {
      if (const auto* step = std::get_if<Stepped>(&event)) {
        line.steps = step->step;
        line.loss = smoothed.push(step->loss);
      } else if (const auto* evaluated = std::get_if<Evaluated>(&event); evaluated && evaluated->best) {
        line.validation = evaluated->loss;
        line.accuracy = evaluated->accuracy;
      }
    }
    if (record.summary) {  // of the prompt that was kept
      line.loss = record.summary->smoothedLoss;
      line.validation = record.summary->bestValidationLoss;
      line.accuracy = record.summary->accuracy;
    }
    if (line.steps == 0) line.loss.reset();
  } catch (...) {
    line.problem = problemFrom(std::current_exception()).text();
  }
  return line;
}

}  // namespace

std::vector<RunLine> readRunLines(const std::filesystem::path& folder) {
  std::vector<RunLine> lines;
  for (const auto& run : runsIn(folder))
    lines.push_back(lineOf(run));
  return lines;
}

RunsPanel::RunsPanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_model(new RunsItemModel(this)), m_sorted(new QSortFilterProxyModel(this)),
      m_table(new QTableView), m_stack(new QStackedLayout(this)), m_open(new QPushButton(tr("&Open"))),
      m_showFolder(new QPushButton(tr("Sho&w the folder"))), m_strip(new ProblemStrip) {
  setProperty("helpPage", QStringLiteral("training"));
  m_sorted->setSourceModel(m_model);
  m_sorted->setSortRole(RunsItemModel::SortRole);
  m_table->setModel(m_sorted);
  m_table->setAccessibleName(tr("Runs"));
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setSelectionMode(QAbstractItemView::SingleSelection);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->setShowGrid(false);
  m_table->setSortingEnabled(true);
  m_table->sortByColumn(RunsItemModel::When, Qt::DescendingOrder);
  m_table->setFont(tabularDigits(font()));
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + grid);
  m_table->horizontalHeader()->setHighlightSections(false);
  // Columns as wide as what stands in them: a name is never cut off.
  m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  m_table->horizontalHeader()->setStretchLastSection(true);
  m_table->horizontalHeader()->setMinimumSectionSize(grid * 6);
  makeCopyable(m_table);

  auto* content = new QWidget;
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(grid, grid, grid, grid);
  column->setSpacing(grid);
  column->addWidget(m_strip);
  column->addWidget(m_table, 1);
  auto* row = new QHBoxLayout;
  row->setSpacing(grid);
  for (auto* button : {m_open, m_showFolder}) {
    button->setProperty("plain", true);
    row->addWidget(button);
  }
  row->addStretch(1);
  column->addLayout(row);
  m_stack->addWidget(
      new EmptyState(tr("No runs yet"), tr("Every training is kept here: its plan, its curves, its prompt. Press Train, or drop a "
                                           "run folder on the window.")));
  m_stack->addWidget(content);

  connect(m_table, &QTableView::activated, this, &RunsPanel::open);
  connect(m_open, &QPushButton::clicked, this, &RunsPanel::open);
  connect(m_showFolder, &QPushButton::clicked, this, [this] {
    const auto* run = selected();
    if (run && !QDesktopServices::openUrl(QUrl::fromLocalFile(toText(run->folder))))
      m_strip->show({tr("No file manager answered."), tr("The folder is %1").arg(toText(run->folder))}, ProblemStrip::Tone::Hint);
  });
  connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &RunsPanel::refreshButtons);
  connect(&workspace, &Workspace::statusChanged, this, &RunsPanel::refreshButtons);
  connect(&workspace, &Workspace::runStarted, this, &RunsPanel::reload);
  connect(&workspace, &Workspace::runEnded, this, &RunsPanel::reload);
  refreshButtons();
}

void RunsPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  reload();
}

void RunsPanel::reload() {
  if (!isVisible()) return;
  m_workspace.jobs().quick(
      QStringLiteral("runs"), this, [folder = m_workspace.runsFolder()](Job&) { return readRunLines(folder); },
      [this](std::vector<RunLine> lines) {
        m_strip->clear();
        for (auto& line : lines)
          if (m_workspace.training() && line.folder == m_workspace.run()->folder) line.status = QStringLiteral("running");
        m_stack->setCurrentIndex(lines.empty() ? 0 : 1);
        // A column of nothing but dashes leaves its room to the others.
        m_table->setColumnHidden(RunsItemModel::Validation,
                                 std::ranges::none_of(lines, [](const RunLine& run) { return !!run.validation; }));
        m_table->setColumnHidden(RunsItemModel::Accuracy, std::ranges::none_of(lines, [](const RunLine& run) { return !!run.accuracy; }));
        m_model->show(std::move(lines));
        refreshButtons();
      },
      [this](const Problem& problem) {
        m_stack->setCurrentIndex(1);
        m_strip->show(problem);
      });
}

const RunLine* RunsPanel::selected() const {
  const auto rows = m_table->selectionModel()->selectedRows();
  return rows.isEmpty() ? nullptr : &m_model->run(m_sorted->mapToSource(rows.first()).row());
}

void RunsPanel::open() {
  const auto* run = selected();
  if (!run || m_workspace.training()) return;
  if (run->problem.isEmpty()) {
    m_workspace.openRun(toText(run->folder));
  } else {
    m_strip->show({run->problem, {}});
  }
}

void RunsPanel::refreshButtons() {
  const bool one = selected() != nullptr, busy = m_workspace.training();
  m_open->setEnabled(one && !busy);
  m_open->setToolTip(busy  ? tr("A run is going on, and its curves fill the view: stop it first")
                     : one ? tr("Show this run's curves, neighbours and prompt (Enter, or double-click)")
                           : tr("Select a run first"));
  m_showFolder->setEnabled(one);
  m_showFolder->setToolTip(one ? tr("Open the run's folder in the file manager") : tr("Select a run first"));
}

}  // namespace incipit::ui
