#include "ui/inspection/health_panel.h"

#include "core/inspection/similarity.h"
#include "core/prompt/recipe.h"
#include "ui/inspection/cosine_map.h"
#include "ui/inspection/health_item_model.h"
#include "ui/inspection/neighbour_delegate.h"
#include "ui/inspection/neighbours_item_model.h"
#include "ui/plots/empty_state.h"
#include "ui/settings/theme.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/step_panel.h"
#include "ui/steps/table_copy.h"
#include "ui/workspace/selection_in_table.h"
#include "ui/workspace/start_of_run.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QHeaderView>
#include <QLabel>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

namespace incipit::ui {
namespace {

const auto lane = QStringLiteral("health");
constexpr std::chrono::milliseconds liveInterval{250};

}  // namespace

HealthPanel::HealthPanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_model(new HealthItemModel(this)), m_stack(new QStackedLayout(this)),
      m_empty(new EmptyState({}, {})), m_words(new QLabel), m_map(new CosineMap(workspace.selection())), m_strip(new ProblemStrip),
      m_start(new StartOfRun(workspace, QStringLiteral("health start"), this)), m_compute([this] { compute(); }, liveInterval) {
  setProperty("helpPage", QStringLiteral("inspection"));
  auto* content = new QWidget;
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(grid, grid, grid, grid);
  column->setSpacing(grid);
  m_words->setTextFormat(Qt::PlainText);
  m_words->setWordWrap(true);
  m_words->setTextInteractionFlags(Qt::TextSelectableByMouse);
  column->addWidget(m_words);
  column->addWidget(m_strip);
  auto* splitter = new QSplitter(Qt::Horizontal);
  splitter->setChildrenCollapsible(false);
  splitter->addWidget(makeTable());
  splitter->addWidget(m_map);
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 2);
  column->addWidget(splitter, 1);
  column->addWidget(helpLine(
      tr("What is out of order is worth a look, not wrong by itself; it says nothing about what a row does. Rows on the right stand like "
         "beside like. Effective rank: how many directions the rows use (Roy and Vetterli 2007).")));
  m_stack->addWidget(m_empty);
  m_stack->addWidget(content);
  connect(&workspace, &Workspace::promptChanged, &m_compute, &Throttle::request);
  connect(&workspace, &Workspace::modelChanged, this, [this] {
    m_model->show({});
    m_compute.request();
  });
  connect(m_start, &StartOfRun::known, &m_compute, &Throttle::request);
  m_compute.request();
}

QTableView* HealthPanel::makeTable() {
  auto* sorted = new QSortFilterProxyModel(this);
  sorted->setSourceModel(m_model);
  sorted->setSortRole(NeighboursItemModel::SortRole);
  auto* table = new QTableView;
  table->setModel(sorted);
  table->setItemDelegate(new NeighbourDelegate(table));
  table->setAccessibleName(tr("Health of the virtual tokens"));
  table->setSelectionBehavior(QAbstractItemView::SelectRows);
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setShowGrid(false);
  table->setWordWrap(false);
  table->setSortingEnabled(true);
  table->sortByColumn(HealthItemModel::Row, Qt::AscendingOrder);
  table->verticalHeader()->hide();
  table->verticalHeader()->setDefaultSectionSize(int(chipSize(virtualChip(1), font()).height()) + grid);
  auto* header = table->horizontalHeader();
  header->setHighlightSections(false);
  const QFontMetrics metrics(font());
  const int figure = metrics.horizontalAdvance(QStringLiteral("−00.000")) + grid * 2;
  header->resizeSection(HealthItemModel::Row, grid * 7);
  header->resizeSection(HealthItemModel::State, metrics.horizontalAdvance(tr("has not moved")) + grid * 3);
  header->resizeSection(HealthItemModel::Norm, figure + grid * 8);
  header->resizeSection(HealthItemModel::Drift, figure);
  header->resizeSection(HealthItemModel::StartCosine, figure);
  header->resizeSection(HealthItemModel::Alike, figure + grid * 4);
  makeCopyable(table);
  bindSelection(table, m_workspace.selection());
  return table;
}

QString HealthPanel::words() const { return m_words->text(); }

void HealthPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  m_compute.request();
}

// One look at a time; while it goes on, the newest prompt waits.
void HealthPanel::compute() {
  const auto prompt = m_workspace.prompt();
  const auto model = m_workspace.model();
  m_stack->setCurrentIndex(model && prompt ? 1 : 0);
  if (!model || !prompt)
    return m_empty->setTexts(
        model ? tr("No prompt yet") : tr("No model yet"),
        tr("Whether the virtual tokens are in order will stand here: how long they are beside the vocabulary's rows, how far "
           "they have moved, and how alike they are."));
  if (!isVisible()) return;
  if (m_workspace.jobs().busy(lane)) {
    m_stale = true;
    return;
  }
  m_stale = false;
  struct Looked {
    PromptHealth health;
    std::vector<std::int64_t> order;
  };
  m_workspace.jobs().quick(
      lane, this,
      [prompt, model, start = m_start->of(*prompt)](Job&) {
        Looked looked{promptHealth(*model->frozen, prompt->prompt, start.get()), {}};
        looked.order = clusteredOrder(looked.health.cosines);
        return looked;
      },
      [this, model](Looked looked) {
        if (model != m_workspace.model()) return m_compute.request();
        m_strip->clear();
        QStringList sentences;
        for (const auto& sentence : inWords(looked.health))
          sentences << toText(sentence);
        m_words->setText(sentences.join(QLatin1Char(' ')));
        m_map->show(looked.health.cosines, std::move(looked.order));
        m_model->show(std::move(looked.health));
        if (m_stale) m_compute.request();
      },
      [this](const Problem& problem) { m_strip->show(problem); });
}

}  // namespace incipit::ui
