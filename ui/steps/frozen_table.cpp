#include "ui/steps/frozen_table.h"

#include <QHeaderView>
#include <QScrollBar>

namespace incipit::ui {

FrozenTable::FrozenTable(QWidget* parent) : QTableView(parent), m_frozen(new QTableView(this)) {
  m_frozen->setObjectName(QStringLiteral("frozenColumn"));
  m_frozen->setFocusPolicy(Qt::NoFocus);
  m_frozen->setContextMenuPolicy(Qt::NoContextMenu);
  m_frozen->setFrameShape(QFrame::NoFrame);
  m_frozen->setShowGrid(false);
  m_frozen->setSelectionBehavior(SelectRows);
  m_frozen->setEditTriggers(NoEditTriggers);
  m_frozen->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_frozen->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_frozen->verticalHeader()->hide();
  m_frozen->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  m_frozen->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  m_frozen->horizontalHeader()->setHighlightSections(false);
  m_frozen->horizontalHeader()->setSectionsClickable(true);
  m_frozen->horizontalHeader()->setSortIndicatorShown(true);
  viewport()->stackUnder(m_frozen);

  connect(horizontalHeader(), &QHeaderView::sectionResized, this, &FrozenTable::follow);
  connect(horizontalHeader(), &QHeaderView::sectionCountChanged, this, &FrozenTable::follow);
  connect(m_frozen->horizontalHeader(), &QHeaderView::sectionCountChanged, this, &FrozenTable::follow);
  connect(horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, &FrozenTable::follow);
  connect(horizontalHeader(), &QHeaderView::geometriesChanged, this, &FrozenTable::follow);
  connect(verticalScrollBar(), &QScrollBar::valueChanged, m_frozen->verticalScrollBar(), &QScrollBar::setValue);
  connect(m_frozen->verticalScrollBar(), &QScrollBar::valueChanged, verticalScrollBar(), &QScrollBar::setValue);
  connect(m_frozen->horizontalHeader(), &QHeaderView::sectionClicked, this, [this] {
    const auto* header = horizontalHeader();
    const bool turn = header->sortIndicatorSection() == 0 && header->sortIndicatorOrder() == Qt::AscendingOrder;
    sortByColumn(0, turn ? Qt::DescendingOrder : Qt::AscendingOrder);
  });
}

// Headers tell of their end, when this is no FrozenTable any more.
FrozenTable::~FrozenTable() {
  horizontalHeader()->disconnect(this);
  m_frozen->horizontalHeader()->disconnect(this);
}

void FrozenTable::setModel(QAbstractItemModel* model) {
  QTableView::setModel(model);
  m_frozen->setModel(model);
  m_frozen->setSelectionModel(selectionModel());
  follow();
}

void FrozenTable::follow() {
  auto* header = m_frozen->horizontalHeader();
  for (int column = 1; column < header->count(); ++column)
    m_frozen->setColumnHidden(column, true);
  const bool any = model() && model()->columnCount() > 0;
  m_frozen->setVisible(any);
  if (!any) return;
  m_frozen->setFont(font());
  if (m_frozen->itemDelegate() != itemDelegate()) m_frozen->setItemDelegate(itemDelegate());
  m_frozen->setVerticalScrollMode(verticalScrollMode());
  m_frozen->verticalHeader()->setDefaultSectionSize(verticalHeader()->defaultSectionSize());
  m_frozen->setColumnWidth(0, columnWidth(0));
  header->setDefaultAlignment(horizontalHeader()->defaultAlignment());
  header->setFixedHeight(horizontalHeader()->height());
  const bool sorted = horizontalHeader()->sortIndicatorSection() == 0;
  header->setSortIndicator(sorted ? 0 : -1, horizontalHeader()->sortIndicatorOrder());
  m_frozen->setGeometry(frameWidth(), frameWidth(), columnWidth(0), viewport()->height() + horizontalHeader()->height());
}

void FrozenTable::resizeEvent(QResizeEvent* event) {
  QTableView::resizeEvent(event);
  follow();
}

void FrozenTable::scrollTo(const QModelIndex& index, ScrollHint hint) {
  executeDelayedItemsLayout();  // as far as columns reach that came a moment ago
  updateGeometries();
  QTableView::scrollTo(index, hint);
  if (!index.isValid() || index.column() == 0) return;
  const int covered = columnWidth(0) - visualRect(index).left();
  if (covered > 0) horizontalScrollBar()->setValue(horizontalScrollBar()->value() - covered);
}

}  // namespace incipit::ui
