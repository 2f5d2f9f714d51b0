#include "ui/runs/runs_panel.h"

#include "core/library/report.h"
#include "core/support/files.h"
#include "ui/plots/empty_state.h"
#include "ui/runs/compare_page.h"
#include "ui/runs/curve_delegate.h"
#include "ui/runs/run_menu.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/table_copy.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QCheckBox>
#include <QCoreApplication>
#include <QDesktopServices>
#include <QFile>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedLayout>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace incipit::ui {
namespace {

enum Page { Empty, List, Compare };

// Rows with the words anywhere: name, model, data, what differs.
class Search : public QSortFilterProxyModel {
 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
    const auto sought = filterRegularExpression().pattern();
    if (sought.isEmpty()) return true;
    QString all;
    for (const int column : {RunsItemModel::Star, RunsItemModel::Name, RunsItemModel::Status, RunsItemModel::Best, RunsItemModel::Notes,
                             RunsItemModel::Differs})
      all += sourceModel()->index(row, column, parent).data().toString() + QLatin1Char(' ');
    all += sourceModel()->index(row, RunsItemModel::Name, parent).data(Qt::ToolTipRole).toString();
    for (const auto& word : m_words)
      if (!all.contains(word, Qt::CaseInsensitive)) return false;
    return true;
  }

 public:
  void seek(const QString& text) {
    m_words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    setFilterFixedString(text);
  }

 private:
  QStringList m_words;
};

}  // namespace

RunsPanel::RunsPanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_model(new RunsItemModel(this)), m_sorted(new Search(this)), m_table(new QTableView),
      m_stack(new QStackedLayout(this)), m_compare(new ComparePage(workspace.jobs())), m_menu(new RunMenu(workspace.jobs(), this)),
      m_search(new QLineEdit), m_strip(new ProblemStrip) {
  setProperty("helpPage", QStringLiteral("training"));
  m_stack->addWidget(
      new EmptyState(tr("No runs yet"), tr("Every training is kept here: its plan, its curves, its prompt. Press Train, or drop a "
                                           "run folder on the window.")));
  m_stack->addWidget(makeList());
  m_stack->addWidget(m_compare);
  connect(m_compare, &ComparePage::backWanted, this, [this] {
    m_stack->setCurrentIndex(List);
    m_table->setFocus();
  });
  connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) {
    if (index.column() != RunsItemModel::Star) open();
  });
  connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& index) {
    const auto& run = m_model->run(m_sorted->mapToSource(index).row());
    if (index.column() != RunsItemModel::Star || !run.problem.empty()) return;
    m_menu->toggleStar(run);
    m_table->setCurrentIndex(index.siblingAtColumn(RunsItemModel::Name));  // where Enter opens it
  });
  m_table->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(m_table, &QTableView::customContextMenuRequested, this, &RunsPanel::showMenu);
  connect(m_menu, &RunMenu::changed, this, &RunsPanel::reload);
  connect(m_menu, &RunMenu::failed, this, [this](const Problem& problem) { m_strip->show(problem); });
  connect(m_menu, &RunMenu::renamed, this, [this](const QString& from, const QString& to) {
    if (const auto run = m_workspace.run(); run && toText(run->folder) == from) m_workspace.openRun(to);  // it is in view
  });
  connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &RunsPanel::refreshButtons);
  connect(m_menu, &RunMenu::begun, this, [this] { m_strip->clear(); });
  connect(&workspace, &Workspace::statusChanged, this, &RunsPanel::refreshButtons);
  connect(&workspace, &Workspace::runStarted, this, &RunsPanel::reload);
  connect(&workspace, &Workspace::runEnded, this, &RunsPanel::reload);
  refreshButtons();
}

QWidget* RunsPanel::makeList() {
  m_sorted->setSourceModel(m_model);
  m_sorted->setSortRole(RunsItemModel::SortRole);
  m_table->setModel(m_sorted);
  m_table->setItemDelegateForColumn(RunsItemModel::Curve, new CurveDelegate(m_table));
  m_table->setObjectName(QStringLiteral("runs"));
  m_table->setAccessibleName(tr("Runs"));
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->setShowGrid(false);
  m_table->setWordWrap(false);
  m_table->setSortingEnabled(true);
  m_table->sortByColumn(RunsItemModel::When, Qt::DescendingOrder);
  m_table->setFont(tabularDigits(font()));
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + grid);
  auto* header = m_table->horizontalHeader();
  header->setHighlightSections(false);
  // Columns as wide as what stands in them: a name is never cut off. What differs takes the rest.
  header->setSectionResizeMode(QHeaderView::ResizeToContents);
  header->setSectionResizeMode(RunsItemModel::Differs, QHeaderView::Stretch);
  header->setMinimumSectionSize(grid * 4);
  header->setSectionResizeMode(RunsItemModel::Star, QHeaderView::Fixed);
  header->resizeSection(RunsItemModel::Star, grid * 4);
  makeCopyable(m_table);

  m_search->setPlaceholderText(tr("Find runs"));
  m_search->setClearButtonEnabled(true);
  m_search->setMaximumWidth(grid * 40);
  m_search->setToolTip(tr("Show the runs with these words in their name, model, data, status or settings"));
  m_search->setAccessibleName(tr("Find runs"));
  connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
    static_cast<Search*>(m_sorted)->seek(text);
    refreshButtons();
  });

  auto* content = new QWidget;
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(grid, grid, grid, grid);
  column->setSpacing(grid);
  auto* above = new QHBoxLayout;
  above->setSpacing(grid * 2);
  above->addWidget(m_search, 1);
  m_families = new QCheckBox(tr("As famil&ies"));
  m_families->setToolTip(tr("Runs that start from another run's prompt stand behind it"));
  above->addWidget(m_families);
  above->addStretch(1);
  column->addLayout(above);
  connect(m_families, &QCheckBox::toggled, this, &RunsPanel::orderByFamilies);
  // A click on a header is a wish for that order.
  connect(m_table->horizontalHeader(), &QHeaderView::sectionClicked, m_families, [this] { m_families->setChecked(false); });
  column->addWidget(m_strip);
  column->addWidget(m_table, 1);
  column->addWidget(makeButtons());
  return content;
}

QWidget* RunsPanel::makeButtons() {
  auto* bar = new QWidget;
  auto* row = new FlowLayout(bar);
  const auto button = [&](const QString& text, void (RunsPanel::*does)()) {
    auto* made = new QPushButton(text);
    made->setProperty("plain", true);
    row->addWidget(made);
    connect(made, &QPushButton::clicked, this, does);
    return made;
  };
  m_open = button(tr("&Open"), &RunsPanel::open);
  m_compareButton = button(tr("Co&mpare"), &RunsPanel::compare);
  m_report = button(tr("Re&port…"), &RunsPanel::writeReport);
  m_showFolder = new QPushButton(tr("Sho&w the folder"));
  m_showFolder->setProperty("plain", true);
  row->addWidget(m_showFolder);
  connect(m_showFolder, &QPushButton::clicked, this, [this] {
    const auto runs = selected();
    if (!runs.isEmpty() && !QDesktopServices::openUrl(QUrl::fromLocalFile(toText(runs.first()->folder))))
      m_strip->show({tr("No file manager answered."), tr("The folder is %1").arg(toText(runs.first()->folder))}, ProblemStrip::Tone::Hint);
  });
  m_trash = button(tr("Move to the &trash"), &RunsPanel::moveToTrash);
  return bar;
}

void RunsPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  reload();
}

void RunsPanel::orderByFamilies(bool families) {
  m_model->showFamilies(families);
  m_sorted->setSortRole(families ? RunsItemModel::FamilyRole : RunsItemModel::SortRole);
  if (families)
    m_table->sortByColumn(RunsItemModel::Name, Qt::AscendingOrder);
  else if (m_table->horizontalHeader()->sortIndicatorSection() == RunsItemModel::Name && !m_table->horizontalHeader()->underMouse())
    m_table->sortByColumn(RunsItemModel::When, Qt::DescendingOrder);
}

void RunsPanel::reload() {
  if (!isVisible()) return;
  m_workspace.jobs().quick(
      QStringLiteral("runs"), this, [folder = m_workspace.runsFolder()](Job& job) { return listRuns({folder}, job.stop()); },
      [this](std::vector<RunEntry> runs) {
        if (std::exchange(m_unread, false)) m_strip->clear();  // other sentences are not about the list
        if (m_stack->currentIndex() != Compare) m_stack->setCurrentIndex(runs.empty() ? Empty : List);
        m_table->setColumnHidden(RunsItemModel::Notes,
                                 std::ranges::all_of(runs, [](const RunEntry& run) { return marksText(run.marks).isEmpty(); }));
        m_model->show(std::move(runs));
        refreshButtons();
      },
      [this](const Problem& problem) {
        m_stack->setCurrentIndex(List);
        m_unread = true;
        m_strip->show(problem);
      });
}

QList<const RunEntry*> RunsPanel::selected() const {
  auto rows = m_table->selectionModel()->selectedRows();
  std::ranges::sort(rows, std::less(), &QModelIndex::row);
  QList<const RunEntry*> runs;
  for (const auto& row : rows)
    runs.append(&m_model->run(m_sorted->mapToSource(row).row()));
  return runs;
}

void RunsPanel::open() {
  const auto runs = selected();
  if (runs.size() != 1 || m_workspace.training()) return;
  if (runs.first()->problem.empty()) {
    m_workspace.openRun(toText(runs.first()->folder));
  } else {
    m_strip->show({toText(runs.first()->problem), {}});
  }
}

// The oldest is the baseline at first: what came after is what one wants to know about.
void RunsPanel::compare() {
  auto runs = selected();
  if (runs.size() < 2) return;
  std::ranges::stable_sort(runs, std::less(), &RunEntry::started);
  std::vector<std::filesystem::path> folders;
  for (const auto* run : runs)
    folders.push_back(run->folder);
  m_stack->setCurrentIndex(Compare);
  m_compare->show(std::move(folders));
}

void RunsPanel::writeReport() {
  auto runs = selected();
  if (runs.isEmpty()) return;
  std::ranges::stable_sort(runs, std::less(), &RunEntry::started);
  std::vector<std::filesystem::path> folders;
  for (const auto* run : runs)
    folders.push_back(run->folder);
  const auto name = runs.size() == 1 ? toText(runs.first()->name) : tr("%1 runs").arg(runs.size());
  const auto beside = toText(folders.front().parent_path() / toPath(name + QStringLiteral(".html")));
  const auto file = QFileDialog::getSaveFileName(this, tr("Write a report"), beside, tr("HTML page (*.html)"));
  if (file.isEmpty()) return;
  m_workspace.jobs().quick(
      QStringLiteral("run report"), this,
      [folders, file, program = QStringLiteral("Incipit %1").arg(QCoreApplication::applicationVersion())](Job&) {
        ReportWishes wishes;
        wishes.program = program.toStdString();
        writeFileAtomically(toPath(file), htmlReport(folders, wishes));
      },
      [this, file] {
        if (!QDesktopServices::openUrl(QUrl::fromLocalFile(file)))
          m_strip->show({tr("The report is written."), tr("It is %1").arg(file)}, ProblemStrip::Tone::Hint);
      },
      [this](const Problem& problem) { m_strip->show(problem); });
}

void RunsPanel::moveToTrash() {
  QStringList folders;
  for (const auto* run : selected())
    folders << toText(run->folder);
  if (folders.isEmpty()) return;
  if (folders.size() > 1 &&
      QMessageBox::question(this, tr("Move runs to the trash"), tr("Move %1 runs to the trash?").arg(folders.size())) != QMessageBox::Yes)
    return;
  for (const auto& folder : folders)
    if (!QFile::moveToTrash(folder)) {
      m_strip->show({tr("%1 could not be moved to the trash.").arg(elidedPath(folder)), tr("Delete the folder in a file manager.")});
      break;
    }
  reload();
}

void RunsPanel::showMenu(const QPoint& place) {
  const auto runs = selected();
  if (runs.size() != 1 || !runs.first()->problem.empty()) return;
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  m_menu->fill(menu, *runs.first());
  menu->addSeparator();
  menu->addActions(m_table->actions());
  menu->popup(m_table->viewport()->mapToGlobal(place));
}

void RunsPanel::refreshButtons() {
  const auto runs = selected();
  const bool one = runs.size() == 1, any = !runs.isEmpty(), busy = m_workspace.training();
  const bool readable = std::ranges::all_of(runs, [](const RunEntry* run) { return run->problem.empty(); });
  const bool writing = std::ranges::any_of(runs, [](const RunEntry* run) { return run->status == "running"; });
  m_open->setEnabled(one && !busy);
  m_open->setToolTip(busy  ? tr("A run is going on, and its curves fill the view: stop it first")
                     : one ? tr("Show this run's curves, neighbours and prompt (Enter, or double-click)")
                           : tr("Select one run first"));
  m_compareButton->setEnabled(runs.size() > 1 && readable);
  m_compareButton->setToolTip(runs.size() < 2 ? tr("Select two runs or more first (with Ctrl or Shift)")
                              : readable      ? tr("Which is better, how sure that is, what differs, and their curves over each other")
                                              : tr("One of them cannot be read"));
  m_report->setEnabled(any && readable);
  m_report->setToolTip(!any       ? tr("Select one run or several first")
                       : readable ? tr("One HTML page to send to somebody: plan, curves, figures, examples")
                                  : tr("One of them cannot be read"));
  m_showFolder->setEnabled(one);
  m_showFolder->setToolTip(one ? tr("Open the run's folder in the file manager") : tr("Select one run first"));
  m_trash->setEnabled(any && !writing);
  m_trash->setToolTip(!any      ? tr("Select one run or several first")
                      : writing ? tr("One of them is being written: stop it first")
                                : tr("Move the folder to the trash, from where it can come back"));
}

}  // namespace incipit::ui
