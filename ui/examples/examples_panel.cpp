// How the Examples panel is built, filtered and sorted. What stands below its table: below_the_table.cpp.
#include "ui/examples/examples_panel.h"

#include "core/dataset/table.h"
#include "ui/examples/confusion_view.h"
#include "ui/examples/predictions_item_model.h"
#include "ui/plots/empty_state.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/step_panel.h"
#include "ui/steps/table_copy.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

namespace incipit::ui {
// All examples, or those that were answered rightly or wrongly, of all labels or of one, with any answer or one.
class ExamplesPanel::Filter : public QSortFilterProxyModel {
 public:
  explicit Filter(PredictionsItemModel* model, QObject* parent) : QSortFilterProxyModel(parent), m_model(model) { setSourceModel(model); }

  void set(std::optional<bool> right, const std::string& label, const std::string& answer) {
    m_right = right;
    m_label = label;
    m_answer = answer;
    invalidateFilter();
  }

 protected:
  bool filterAcceptsRow(int row, const QModelIndex&) const override {
    const Prediction& prediction = m_model->prediction(row);
    return (!m_right || (prediction.classified() && prediction.right() == *m_right)) && (m_label.empty() || prediction.label == m_label) &&
           (m_answer.empty() || prediction.predicted == m_answer);
  }

 private:
  PredictionsItemModel* m_model;
  std::optional<bool> m_right;
  std::string m_label, m_answer;  // empty: any
};

ExamplesPanel::ExamplesPanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_model(new PredictionsItemModel(this)), m_filter(new Filter(m_model, this)),
      m_stack(new QStackedLayout(this)), m_empty(new EmptyState({}, {})), m_table(new QTableView), m_strip(new ProblemStrip) {
  setProperty("helpPage", QStringLiteral("training"));
  auto* content = new QWidget;
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(grid, grid, grid, grid);
  column->setSpacing(grid);
  column->addWidget(makeControls());
  column->addWidget(m_strip);
  auto* splitter = new QSplitter(Qt::Vertical);
  splitter->setChildrenCollapsible(false);
  makeTable();
  splitter->addWidget(m_table);
  splitter->addWidget(makeBelow());
  splitter->setSizes({grid * 40, grid * 26});
  splitter->setStretchFactor(0, 1);
  column->addWidget(splitter, 1);
  m_stack->addWidget(m_empty);
  m_stack->addWidget(content);

  connect(m_strip, &ProblemStrip::acted, this, [this] {
    if (!m_run) return;
    if (!m_run->isOf(m_workspace.model())) return m_workspace.openWhatRunNeeds();
    m_workspace.openData(toText(m_run->plan.train), toText(m_run->plan.validation), m_run->plan);
  });
  connect(&workspace, &Workspace::runStarted, this, &ExamplesPanel::beginRun);
  connect(&workspace, &Workspace::runEnded, this, &ExamplesPanel::load);
  connect(&workspace, &Workspace::trainingEvent, this, [this](const TrainingEvent& event) {
    m_seen.take(event);
    if (m_seen.changed()) take(m_seen.seen());
    m_seen.saved();
  });
  connect(&workspace, &Workspace::dataChanged, this, &ExamplesPanel::refreshTexts);
  connect(&workspace, &Workspace::modelChanged, this, &ExamplesPanel::refreshTexts);
  beginRun();
}

QWidget* ExamplesPanel::makeControls() {
  auto* bar = new QWidget;
  auto* column = new QVBoxLayout(bar);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(grid);
  auto* row = new FlowLayout;
  m_answers = new QComboBox;
  m_answers->setObjectName(QStringLiteral("answers"));
  m_answers->addItems({tr("All examples"), tr("Wrong answers"), tr("Right answers")});
  m_answers->setAccessibleName(tr("Which examples are shown"));
  m_answers->setToolTip(tr("Show all validation examples, or those that were answered wrongly or rightly"));
  m_class = new QComboBox;
  m_class->setObjectName(QStringLiteral("class"));
  m_class->setAccessibleName(tr("Label of the examples that are shown"));
  m_class->setToolTip(tr("Show the examples of one label"));
  m_class->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  m_class->setMaximumWidth(grid * 30);
  row->addWidget(m_answers);
  row->addWidget(m_class);
  column->addLayout(row);
  m_title = helpLine({});
  column->addWidget(m_title);
  for (const auto* box : {m_answers, m_class})
    connect(box, &QComboBox::currentIndexChanged, this, [this] {
      m_confusion->choose({});  // another question
      refilter();
    });
  return bar;
}

void ExamplesPanel::makeTable() {
  m_filter->setSortRole(PredictionsItemModel::SortRole);
  m_table->setModel(m_filter);
  m_table->setAccessibleName(tr("Validation examples"));
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setSelectionMode(QAbstractItemView::SingleSelection);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->setShowGrid(false);
  m_table->setWordWrap(false);
  m_table->setSortingEnabled(true);
  m_table->sortByColumn(PredictionsItemModel::Loss, Qt::DescendingOrder);  // the worst are what one looks for
  m_table->setFont(tabularDigits(font()));
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + grid);
  auto* header = m_table->horizontalHeader();
  header->setHighlightSections(false);
  header->setMinimumSectionSize(grid * 5);
  header->setSectionResizeMode(PredictionsItemModel::Text, QHeaderView::Stretch);
  makeCopyable(m_table);
  connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ExamplesPanel::showExample);
}

void ExamplesPanel::beginRun() {
  m_run = m_workspace.run();
  m_data = m_workspace.training() ? m_workspace.data() : nullptr;
  m_seen = {};
  take({});
  if (m_run && !m_workspace.training()) load();
}

void ExamplesPanel::load() {
  m_run = m_workspace.run();
  if (!m_run || m_run->folder.empty()) return;
  m_workspace.jobs().quick(
      QStringLiteral("predictions"), this, [folder = m_run->folder](Job&) { return readPredictions(folder); },
      [this, run = m_run](std::optional<Predictions> predictions) {
        if (run != m_run) return;
        if (predictions || !m_model->predictions()) take(std::move(predictions));
        refreshTexts();
      },
      [this](const Problem& problem) { m_strip->show(problem); });
}

void ExamplesPanel::take(std::optional<Predictions> predictions) {
  const bool any = predictions && !predictions->rows.empty();
  m_model->show(any ? std::make_shared<const Predictions>(std::move(*predictions)) : nullptr);
  m_stack->setCurrentIndex(any ? 1 : 0);
  const bool validated = m_run && isValidated(m_run->plan);
  if (!m_run || validated)
    m_empty->setTexts(tr("No examples yet"),
                      tr("What the kept prompt makes of every validation example will stand here: its answer, its loss, worst first, and "
                         "token by token where it was surprised. Train with validation data, or open a run."));
  else
    m_empty->setTexts(
        tr("This run has no validation data"),
        tr("Give the next one a validation file, or hold out some of its rows (Data, step 2): then each of them is judged here."));
  if (!any) return showExample();
  fillClasses();
  refreshTexts();
}

void ExamplesPanel::fillClasses() {
  const auto& classes = m_model->predictions()->classes;
  const bool classify = !classes.empty();
  const QSignalBlocker quiet(m_class);
  const auto chosen = m_class->currentIndex() > 0 ? m_class->currentText() : QString();
  m_class->clear();
  m_class->addItem(tr("All labels"));
  for (const auto& name : classes)
    m_class->addItem(toText(name));
  m_class->setCurrentIndex(std::max(0, chosen.isEmpty() ? 0 : m_class->findText(chosen)));
  m_class->setVisible(classify);
  m_answers->setVisible(classify);
  for (const int column : {PredictionsItemModel::Label, PredictionsItemModel::Answer, PredictionsItemModel::Rank})
    m_table->setColumnHidden(column, !classify);
  settleColumns();
  showFigures();
  const auto& rows = m_model->predictions()->rows;
  m_table->setColumnHidden(PredictionsItemModel::Change,
                           std::ranges::none_of(rows, [](const Prediction& row) { return row.startLoss.has_value(); }));
  refilter();
}

// As wide as numbers and labels are; what is left is the text's.
void ExamplesPanel::settleColumns() {
  const auto wide = [&](const QString& text) { return m_table->fontMetrics().horizontalAdvance(text) + grid * 4; };
  int label = wide(tr("Answer"));
  for (const auto& name : m_model->predictions()->classes)
    label = std::max(label, wide(QStringLiteral("✗ ") + toText(name)));
  label = std::min(label, grid * 20);
  const auto most = grouped(m_model->predictions()->rows.back().row + 1);
  auto* header = m_table->horizontalHeader();
  header->resizeSection(PredictionsItemModel::Row, std::max(wide(tr("Row")), wide(most)));
  header->resizeSection(PredictionsItemModel::Label, label);
  header->resizeSection(PredictionsItemModel::Answer, label);
  header->resizeSection(PredictionsItemModel::Rank, wide(tr("Rank")));
  header->resizeSection(PredictionsItemModel::Loss, wide(QStringLiteral("00.000")));
  header->resizeSection(PredictionsItemModel::Change, wide(tr("Change")));
}

void ExamplesPanel::refilter() {
  if (!m_model->predictions()) return;
  const bool classify = !m_model->predictions()->classes.empty();
  std::optional<bool> right;
  if (classify && m_answers->currentIndex() > 0) right = m_answers->currentIndex() == 2;
  std::string label, answer;
  const auto& classes = m_model->predictions()->classes;
  if (classify && m_class->currentIndex() > 0) label = classes[std::size_t(m_class->currentIndex() - 1)];
  if (const auto cell = m_confusion->chosen(); classify && cell) {
    label = classes[std::size_t(cell->first)];
    answer = classes[std::size_t(cell->second)];
  }
  m_filter->set(right, label, answer);
  refreshTitle();
  if (!m_table->currentIndex().isValid() && m_filter->rowCount() > 0) m_table->selectRow(0);
  showExample();
}

void ExamplesPanel::refreshTitle() {
  const auto predictions = m_model->predictions();
  if (!predictions || !m_run) return;
  const auto& rows = predictions->rows;
  auto text = tr("%1 behind the prompt of step %2 of %3").arg(examplesText(qint64(rows.size())), grouped(predictions->step), m_run->name);
  if (!predictions->classes.empty()) {
    const auto right = std::ranges::count_if(rows, [](const Prediction& row) { return row.classified() && row.right(); });
    text += tr(": %1 right, %2 wrong").arg(grouped(right), grouped(qint64(rows.size()) - right));
  }
  if (const auto cell = m_confusion->chosen())
    text += tr(" (shown: %1 labelled %2, answered %3)")
                .arg(grouped(m_filter->rowCount()), toText(predictions->classes[std::size_t(cell->first)]),
                     toText(predictions->classes[std::size_t(cell->second)]));
  else if (m_filter->rowCount() != int(rows.size()))
    text += tr(" (%1 shown)").arg(grouped(m_filter->rowCount()));
  m_title->setText(text + QLatin1Char('.'));
}

const Prediction* ExamplesPanel::selected() const {
  const auto rows = m_table->selectionModel()->selectedRows();
  return rows.isEmpty() || !m_model->predictions() ? nullptr : &m_model->prediction(m_filter->mapToSource(rows.first()).row());
}

std::vector<std::int64_t> ExamplesPanel::shownRows() const {
  std::vector<std::int64_t> rows;
  for (int row = 0; row < m_filter->rowCount(); ++row)
    rows.push_back(m_model->prediction(m_filter->mapToSource(m_filter->index(row, 0)).row()).row);
  return rows;
}

}  // namespace incipit::ui
