#include "ui/inspection/health_panel.h"

#include "core/inspection/similarity.h"
#include "core/model/frozen_model.h"
#include "ui/inspection/health_item_model.h"
#include "ui/inspection/neighbour_delegate.h"
#include "ui/inspection/neighbours_item_model.h"
#include "ui/inspection/table_picture.h"
#include "ui/plots/heat_map.h"
#include "ui/settings/theme.h"
#include "ui/steps/scrolled.h"
#include "ui/steps/table_copy.h"
#include "ui/workspace/selection_in_table.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace incipit::ui {
namespace {

constexpr std::chrono::milliseconds liveInterval{200};
constexpr int stackedBelow = grid * 120;  // the table and the map beside each other need as much

}  // namespace

HealthPanel::HealthPanel(Workspace& workspace, QWidget* parent)
    : InspectionPanel(workspace,
                      {QStringLiteral("health"),
                       tr("Whether rows are in order: their length, how far they came, how alike they are, how many directions they use "
                          "(effective rank, Roy & Vetterli 2007). Not what they do: see Influence."),
                       tr("The health of the virtual tokens"),
                       tr("Their lengths, how far they have moved and how alike they are stand here in a moment."),
                       {},
                       {}},
                      parent),
      m_model(new HealthItemModel(this)), m_sorted(new QSortFilterProxyModel(this)), m_table(new QTableView),
      m_map(new HeatMap(tr("Cosines of the virtual tokens, row by row"))), m_splitter(new QSplitter(Qt::Vertical)),
      m_compute([this] { compute(); }, liveInterval) {
  makeTable();
  m_splitter->setChildrenCollapsible(false);
  m_splitter->addWidget(m_table);
  m_splitter->addWidget(scrolled(m_map));
  m_splitter->setSizes({100, 100});
  body()->addWidget(m_splitter, 1);
  m_map->setTexts([this](int row, int column) { return cellText(row, column); });
  m_map->setPressable(true);
  m_map->setToolTip({});
  connect(m_map, &HeatMap::cellChosen, this, [this](int row, int column) {
    this->workspace().selection().choose({m_order[std::size_t(row)], m_order[std::size_t(column)]});
  });
  connect(&workspace.selection(), &Selection::changed, this, &HealthPanel::markChosen);
  connect(&workspace, &Workspace::promptChanged, &m_compute, &Throttle::request);
  connect(&workspace, &Workspace::modelChanged, &m_compute, &Throttle::request);
  refresh();
}

void HealthPanel::makeTable() {
  m_sorted->setSourceModel(m_model);
  m_sorted->setSortRole(NeighboursItemModel::SortRole);
  m_table->setModel(m_sorted);
  m_table->setItemDelegate(new NeighbourDelegate(m_table));
  m_table->setAccessibleName(tr("Health of the virtual tokens"));
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->setShowGrid(false);
  m_table->setWordWrap(false);
  m_table->setSortingEnabled(true);
  m_table->sortByColumn(HealthItemModel::Row, Qt::AscendingOrder);
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  m_table->verticalHeader()->setDefaultSectionSize(int(chipSize(virtualChip(1), font()).height()) + grid);
  auto* header = m_table->horizontalHeader();
  header->setHighlightSections(false);
  const auto wide = [&](const QString& text) { return m_table->fontMetrics().horizontalAdvance(text) + grid * 4; };
  header->resizeSection(HealthItemModel::Row, grid * 8);
  header->resizeSection(HealthItemModel::Norm, wide(QStringLiteral("00.000")) + grid * 10);
  header->resizeSection(HealthItemModel::Drift, wide(QStringLiteral("00.000")));
  header->resizeSection(HealthItemModel::StartCosine, wide(tr("Cos. start")));
  header->resizeSection(HealthItemModel::Alike, wide(tr("Most alike")));
  header->setSectionResizeMode(HealthItemModel::Marks, QHeaderView::Stretch);
  makeCopyable(m_table);
  bindSelection(m_table, workspace().selection());
}

void HealthPanel::showEvent(QShowEvent* event) {
  InspectionPanel::showEvent(event);
  m_compute.request();
}

void HealthPanel::resizeEvent(QResizeEvent* event) {
  InspectionPanel::resizeEvent(event);
  const auto wanted = width() < stackedBelow ? Qt::Vertical : Qt::Horizontal;
  if (m_splitter->orientation() == wanted) return;
  m_splitter->setOrientation(wanted);
  m_splitter->setSizes({100, 100});
}

InspectionPanel::Made HealthPanel::wanted() const { return {workspace().model(), workspace().prompt(), {}, {}}; }

void HealthPanel::compute() {
  refresh();
  if (!isVisible() || !missing().title.isEmpty() || (hasResult() && made() == wanted())) return;
  if (running()) {
    m_stale = true;
    return;
  }
  begin();
}

void HealthPanel::begin() {
  m_stale = false;
  const auto now = wanted();
  const auto source = startSourceOf(workspace());
  const bool known = source.isLike(m_startOf);
  run(
      [now, source, known, start = m_start](Job&, const Watch&) {
        Found found;
        found.start = known ? start : startFrom(source, now.prompt->prompt);
        found.health = promptHealth(*now.model->frozen, now.prompt->prompt, found.start.get());
        found.order = clusteredOrder(found.health.cosines);
        return found;
      },
      [this, now, source](Found found) {
        m_startOf = source;
        m_start = found.start;
        if (now.model == workspace().model()) take(now, std::move(found));
        if (m_stale) m_compute.request();
      });
}

void HealthPanel::take(const Made& made, Found found) {
  QStringList words;
  for (const auto& sentence : inWords(found.health, 1))
    words << toText(sentence);
  if (found.health.rows.size() > 1)
    words << tr("Effective rank %1 of %2.").arg(QLocale().toString(found.health.effectiveRank, 'f', 1)).arg(found.health.rows.size());
  if (m_order.size() != found.order.size() || this->made().prompt == nullptr || made.prompt->state != PromptState::Training)
    m_order = std::move(found.order);  // while it is trained rows keep their places, so that the eye can follow
  m_model->show(std::move(found.health));
  m_table->setColumnHidden(HealthItemModel::Drift, !m_model->startIsKnown());
  m_table->setColumnHidden(HealthItemModel::StartCosine, !m_model->startIsKnown());
  took(made, words.join(QLatin1Char(' ')));
  showMap();
}

void HealthPanel::forget() {
  m_model->clear();
  m_map->clear();
  m_order.clear();
}

void HealthPanel::showMap() {
  HeatMap::Table table;
  table.down.title = tr("Token");
  table.across.title = tr("Cosine of every two rows, like beside like");
  const auto& cosines = m_model->health().cosines;
  for (const auto row : m_order) {
    table.down.names << QString::number(row + 1);
    table.across.names << QString::number(row + 1);
    for (const auto column : m_order)
      table.values.push_back(cosines.row(row)[std::size_t(column)]);
  }
  table.low = -1;
  table.high = 1;
  table.lowText = QStringLiteral("−1");
  table.highText = tr("1: the same direction");
  table.colours = HeatMap::Colours::Diverging;
  m_map->show(std::move(table));
  markChosen();
}

void HealthPanel::markChosen() {
  auto table = m_map->table();
  table.marked.clear();
  for (const auto row : m_order)
    table.marked.push_back(workspace().selection().has(row));
  m_map->show(std::move(table));
}

QString HealthPanel::cellText(int row, int column) const {
  const auto a = m_order[std::size_t(row)], b = m_order[std::size_t(column)];
  if (a == b) return tr("Virtual token %1 and itself: 1").arg(a + 1);
  return tr("Virtual tokens %1 and %2: cosine %3. 1 is the same direction, 0 none in common.")
      .arg(a + 1)
      .arg(b + 1)
      .arg(QString::number(m_model->health().cosines.row(a)[std::size_t(b)], 'f', 3));
}

QString HealthPanel::text() const { return tableText(m_table) + QLatin1Char('\n') + m_map->text(); }

QSize HealthPanel::pictureSize() const {
  const auto table = tableSize(m_table);
  return {std::max(table.width(), m_map->width()), table.height() + grid * 2 + m_map->height()};
}

void HealthPanel::drawPicture(QPainter& painter, const QPalette& palette) const {
  drawTable(painter, m_table, palette);
  painter.translate(0, tableSize(m_table).height() + grid * 2);
  m_map->draw(painter, palette);
}

}  // namespace incipit::ui
