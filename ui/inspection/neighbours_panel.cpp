// How the Neighbours panel is built. What it computes, and when, stands in neighbours_live.cpp.
#include "ui/inspection/neighbours_panel.h"

#include "ui/inspection/movement_strip.h"
#include "ui/inspection/neighbour_delegate.h"
#include "ui/inspection/neighbours_item_model.h"
#include "ui/plots/empty_state.h"
#include "ui/settings/capped_spin_box.h"
#include "ui/settings/theme.h"
#include "ui/steps/frozen_table.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/step_panel.h"
#include "ui/steps/table_copy.h"
#include "ui/workspace/selection_in_table.h"
#include "ui/workspace/start_of_run.h"
#include "ui/workspace/workspace.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableView>
#include <QToolButton>

namespace incipit::ui {
namespace {

constexpr int lateMilliseconds = 1000;                  // live ones are a moment behind, always
constexpr std::chrono::milliseconds liveInterval{200};  // neighbours are read, not watched: five times a second is plenty

}  // namespace

NeighboursPanel::NeighboursPanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_model(new NeighboursItemModel(NeighboursItemModel::Vectors::VirtualTokens, this)),
      m_baseline(new NeighboursItemModel(NeighboursItemModel::Vectors::Random, this)), m_stack(new QStackedLayout(this)),
      m_start(new StartOfRun(workspace, QStringLiteral("drift"), this)), m_compute([this] { compute(); }, liveInterval) {
  setProperty("helpPage", QStringLiteral("neighbours"));
  m_empty = new EmptyState({}, {});
  auto* content = new QWidget;
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(grid, grid, grid, grid);
  column->setSpacing(grid);
  column->addWidget(makeControls());
  m_strip = new ProblemStrip(this);
  column->addWidget(m_strip);
  m_together = new MovementStrip(this);
  column->addWidget(m_together);
  auto* splitter = new QSplitter(Qt::Horizontal);
  splitter->setChildrenCollapsible(false);
  m_view = makeTable(m_model, tr("Nearest tokens of the virtual tokens"));
  bindSelection(m_view.table, workspace.selection());
  splitter->addWidget(m_view.table);
  m_baselineView = makeBaseline();
  splitter->addWidget(m_baselineView.table);
  // Row stays beside row.
  auto *here = m_view.table->verticalScrollBar(), *there = m_baselineView.table->verticalScrollBar();
  connect(here, &QScrollBar::valueChanged, there, &QScrollBar::setValue);
  connect(there, &QScrollBar::valueChanged, here, &QScrollBar::setValue);
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 2);
  column->addWidget(splitter, 1);
  m_baselineHelp =
      helpLine(tr("On the right the neighbours of random vectors of ordinary length. They too find words: neighbours are a hint, not the "
                  "meaning of a virtual token (Lester et al. 2021, section 7; Khashabi et al. 2021)."));
  m_baselineHelp->hide();
  column->addWidget(m_baselineHelp);

  m_stack->addWidget(m_empty);
  m_stack->addWidget(content);
  connect(&workspace, &Workspace::promptChanged, &m_compute, &Throttle::request);
  m_late.setSingleShot(true);
  m_late.setInterval(lateMilliseconds);
  connect(&m_late, &QTimer::timeout, this, &NeighboursPanel::sayWhatIsShown);
  connect(&workspace, &Workspace::promptChanged, this, [this] {
    if (!m_late.isActive()) m_late.start();
  });
  connect(&workspace, &Workspace::modelChanged, this, [this] {
    m_model->clear();
    m_baseline->clear();
    m_together->show({}, 0, nullptr);
    m_compute.request();
  });
  connect(&workspace, &Workspace::statusChanged, this, [this] {
    if (!m_workspace.prompt()) m_compute.request();  // why there is none may be another reason now
  });
  connect(&workspace, &Workspace::dataChanged, &m_compute, &Throttle::request);  // its labels are marked, its tokens a filter
  connect(m_start, &StartOfRun::known, &m_compute, &Throttle::request);
  m_compute.request();
}

QWidget* NeighboursPanel::makeControls() {
  auto* bar = new QWidget;
  auto* rows = new QVBoxLayout(bar);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(grid);
  auto* row = new QHBoxLayout;
  row->setSpacing(grid);
  m_metric = new QComboBox;
  m_metric->addItem(tr("Cosine"), int(Metric::Cosine));
  m_metric->addItem(tr("Euclidean"), int(Metric::Euclidean));
  m_metric->addItem(tr("Dot product"), int(Metric::Dot));
  m_metric->setItemData(0, tr("The angle between the rows, whatever their length; as in the prompt tuning paper"), Qt::ToolTipRole);
  m_metric->setItemData(1, tr("The distance between the rows; smaller is nearer"), Qt::ToolTipRole);
  m_metric->setItemData(2, tr("What attention sees: angle and length together"), Qt::ToolTipRole);
  m_metric->setToolTip(tr("What “near” means"));
  m_metric->setAccessibleName(tr("Metric"));
  m_count = new CappedSpinBox;
  m_count->setRange(1, 100);
  m_count->setValue(5);
  m_count->setToolTip(tr("Neighbours of each virtual token"));
  m_count->setAccessibleName(tr("Number of neighbours"));
  m_showBaseline = new QCheckBox(tr("Ra&ndom baseline"));
  m_showBaseline->setToolTip(tr("Show the neighbours of random vectors beside: what “no meaning” looks like"));
  m_search = new QLineEdit;
  m_search->setObjectName(QStringLiteral("findToken"));
  m_search->setPlaceholderText(tr("Find a token"));
  m_search->setClearButtonEnabled(true);
  m_search->setToolTip(tr("Show the rows that have this text among their neighbours"));
  m_search->setMaximumWidth(grid * 24);
  m_title = helpLine({});
  m_title->setWordWrap(false);
  m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  for (QWidget* widget : {static_cast<QWidget*>(m_metric), static_cast<QWidget*>(m_count), static_cast<QWidget*>(m_showBaseline)})
    row->addWidget(widget);
  row->addWidget(makeFilter());
  row->addStretch(1);
  row->addWidget(m_search, 2);
  rows->addLayout(row);
  m_title->hide();
  rows->addWidget(m_title);
  m_howNear = helpLine({});
  m_howNear->setTextFormat(Qt::PlainText);
  m_howNear->hide();
  rows->addWidget(m_howNear);
  connect(m_metric, &QComboBox::currentIndexChanged, &m_compute, &Throttle::request);
  connect(m_count, &QSpinBox::valueChanged, &m_compute, &Throttle::request);
  connect(m_showBaseline, &QCheckBox::toggled, this, &NeighboursPanel::showBaseline);
  connect(m_search, &QLineEdit::textChanged, this, &NeighboursPanel::search);
  return bar;
}

QToolButton* NeighboursPanel::makeFilter() {
  m_filter = new QToolButton;
  m_filter->setObjectName(QStringLiteral("filterTokens"));
  m_filter->setText(tr("All tokens"));
  m_filter->setAutoRaise(true);
  m_filter->setPopupMode(QToolButton::InstantPopup);
  m_filter->setToolTip(tr("Which tokens of the vocabulary count as neighbours"));
  auto* menu = new QMenu(m_filter);
  menu->setToolTipsVisible(true);
  const auto add = [&](const QString& text, const QString& toolTip) {
    auto* action = menu->addAction(text);
    action->setCheckable(true);
    action->setToolTip(toolTip);
    connect(action, &QAction::toggled, &m_compute, &Throttle::request);
    return action;
  };
  m_wholeWords = add(tr("&Whole words only"), tr("Tokens that begin a word and are letters only: no pieces, no numbers, no signs"));
  m_noSpecial = add(tr("&No special tokens"), tr("None of begin of text, end of text, padding and their like"));
  m_seenOnly = add(tr("Seen in the &data only"), tr("Tokens of the training examples that are open, their labels included"));
  m_filter->setMenu(menu);
  return m_filter;
}

// The rows that have the text among their tokens; the first of them is brought into view, however far right it stands.
void NeighboursPanel::search(const QString& text) {
  sayHowNear();
  const auto sought = text.isEmpty() ? QString() : visible(text);  // "" too has a sign
  for (const auto& view : {m_view, m_baselineView}) {
    view.table->setProperty(NeighbourDelegate::soughtToken, sought);
    view.sorted->setFilterFixedString(sought);
    view.table->viewport()->update();
    if (sought.isEmpty()) continue;
    for (int column = NeighboursItemModel::Start; column < view.sorted->columnCount() && view.sorted->rowCount() > 0; ++column) {
      const auto cell = view.sorted->index(0, column);
      if (view.table->isColumnHidden(column) || !cell.data(NeighboursItemModel::TokenRole).toString().contains(sought, Qt::CaseInsensitive))
        continue;
      view.table->scrollTo(cell);
      break;
    }
  }
}

NeighboursPanel::View NeighboursPanel::makeTable(NeighboursItemModel* model, const QString& name) {
  auto* sorted = new QSortFilterProxyModel(this);
  sorted->setSourceModel(model);
  sorted->setSortRole(NeighboursItemModel::SortRole);
  sorted->setFilterKeyColumn(-1);
  sorted->setFilterRole(NeighboursItemModel::TokenRole);  // a search for "5" is one for a token, not for a score
  sorted->setFilterCaseSensitivity(Qt::CaseInsensitive);
  auto* table = new FrozenTable;
  table->setModel(sorted);
  table->setItemDelegate(new NeighbourDelegate(table));
  table->setAccessibleName(name);
  table->setSelectionBehavior(QAbstractItemView::SelectRows);
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setShowGrid(false);
  table->setWordWrap(false);
  table->setSortingEnabled(true);
  table->sortByColumn(NeighboursItemModel::Row, Qt::AscendingOrder);
  table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  table->verticalHeader()->hide();
  table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  table->verticalHeader()->setDefaultSectionSize(static_cast<int>(chipSize(virtualChip(1), font()).height()) + grid);
  table->horizontalHeader()->setHighlightSections(false);
  makeCopyable(table);
  connect(model, &QAbstractItemModel::modelReset, table, [this, table] { settleColumns(table); });
  return {table, sorted};
}

NeighboursPanel::View NeighboursPanel::makeBaseline() {
  const auto view = makeTable(m_baseline, tr("Nearest tokens of random vectors"));
  for (const int column : {NeighboursItemModel::Start, NeighboursItemModel::Norm, NeighboursItemModel::Drift, NeighboursItemModel::Shares,
                           NeighboursItemModel::Changes})
    view.table->hideColumn(column);
  view.table->hide();
  return view;
}

// Once for every new shape; afterwards the widths are the user's, and live values change nothing.
void NeighboursPanel::settleColumns(QTableView* table) {
  const QFontMetrics metrics(table->font());
  // The nearest tokens are what is looked for: they stand first, how long and how far moved the row is behind them.
  auto* header = table->horizontalHeader();
  for (const int column :
       {NeighboursItemModel::Norm, NeighboursItemModel::Drift, NeighboursItemModel::Shares, NeighboursItemModel::Changes})
    if (header->count() > column) header->moveSection(header->visualIndex(column), header->count() - 1);
  const int chip = metrics.horizontalAdvance(QStringLiteral("␣neighbour")) + grid * 3;
  const int score = metrics.horizontalAdvance(QStringLiteral("−00.000"));
  for (int column = 0; column < table->model()->columnCount(); ++column) {
    switch (column) {
    case NeighboursItemModel::Row:
      table->setColumnWidth(column, grid * 8);
      break;
    case NeighboursItemModel::Start:
      table->setColumnWidth(column, chip);
      break;
    case NeighboursItemModel::Norm:
      table->setColumnWidth(column, score + grid * 11);
      break;
    case NeighboursItemModel::Drift:
      table->setColumnWidth(column, score + grid * 2);
      break;
    case NeighboursItemModel::Shares:
      table->setColumnWidth(column, metrics.horizontalAdvance(tr("Shares with")) + grid * 3);
      break;
    case NeighboursItemModel::Changes:
      table->setColumnWidth(column, grid * 40);
      break;
    default:
      table->setColumnWidth(column, chip + score + grid);
    }
  }
}

}  // namespace incipit::ui
