#include "ui/dataset/data_panel.h"

#include "core/model/frozen_model.h"
#include "ui/dataset/chat_choice.h"
#include "ui/dataset/demo_data.h"
#include "ui/dataset/example_view.h"
#include "ui/dataset/label_words_item_model.h"
#include "ui/dataset/report_view.h"
#include "ui/dataset/rows_item_model.h"
#include "ui/dataset/rows_preview.h"
#include "ui/dataset/template_editor.h"
#include "ui/dataset/template_preview.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/settings.h"
#include "ui/steps/elided_label.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/keep_in_place.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/step_form.h"
#include "ui/steps/table_copy.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace incipit::ui {
namespace {

const auto fileFilter =
    QStringLiteral("%1 (*.jsonl *.ndjson *.json *.csv *.tsv *.txt *.jsonl.gz *.ndjson.gz *.json.gz *.csv.gz *.tsv.gz *.txt.gz "
                   "*.jsonl.zst *.ndjson.zst *.json.zst *.csv.zst *.tsv.zst *.txt.zst);;%2 (*)");

// Where the virtual tokens of the first row stand, in words.
QString whereTheyStand(const RowsPreview& preview, std::int64_t rows) {
  if (preview.rows.empty()) return {};
  const auto& shares = preview.rows.front().front.shares;
  if (shares.empty()) return DataPanel::tr("%1 in front of the text.").arg(virtualTokensText(rows));
  if (shares.size() == 1) return DataPanel::tr("%1 among the text.").arg(virtualTokensText(rows));
  QStringList parts;
  for (const auto share : shares)
    parts.append(grouped(share));
  return DataPanel::tr("%1 virtual tokens in %2 places.").arg(parts.join(QStringLiteral(" + "))).arg(shares.size());
}

// All that a preview depends on.
std::string previewKey(const TrainingPlan& plan, const OpenModel* model) {
  const auto& data = plan.data;
  std::string key = data.inputColumn + '\n' + data.labelColumn + '\n' + data.textTemplate + '\n' + data.chatTemplate + '\n' + data.system +
                    '\n' + std::to_string(data.maxLength) + (data.endOfText ? "end" : "open") + std::to_string(plan.numVirtualTokens) +
                    '\n' + (model ? model->fingerprint + (model->withHead ? "head" : "") : "");
  for (const auto& [value, word] : data.verbaliser)
    key += '\n' + value + '\t' + word;
  return key;
}

QPushButton* plainButton(const QString& text, const QString& toolTip, QWidget* parent) {
  auto* button = new QPushButton(text, parent);
  button->setProperty("plain", true);
  button->setToolTip(toolTip);
  return button;
}

}  // namespace

DataPanel::DataPanel(Workspace& workspace, QWidget* parent) : StepPanel(2, tr("Data"), parent), m_workspace(workspace) {
  setHelpPage(QStringLiteral("data"));
  auto* buttons = new FlowLayout;
  auto* open = plainButton(tr("Open file…"),
                           tr("JSON Lines, a JSON array, CSV, TSV or plain text (one row a line), also packed by gzip or zstd"), this);
  connect(open, &QPushButton::clicked, this, &DataPanel::chooseFile);
  auto* demo = plainButton(tr("Demo data"), tr("Small data sets that come with Incipit"), this);
  m_demo = new QMenu(this);
  m_demo->setToolTipsVisible(true);
  demo->setProperty("menu", true);
  demo->setMenu(m_demo);
  connect(m_demo, &QMenu::aboutToShow, this, &DataPanel::fillDemoMenu);
  for (auto* button : {open, demo})
    buttons->addWidget(button);
  body()->addLayout(buttons);
  m_file = helpLine({}, this);
  body()->addWidget(m_file);
  buildValidation();
  buildFields();
  buildViews();

  connect(&m_workspace, &Workspace::dataChanged, this, &DataPanel::refresh);
  connect(&m_workspace, &Workspace::planChanged, this, [this] {
    m_openProblem = {};
    refresh();
  });
  connect(&m_workspace, &Workspace::modelChanged, this, &DataPanel::refresh);
  connect(&m_workspace, &Workspace::statusChanged, this, &DataPanel::refreshState);
  connect(this, &StepPanel::cancelled, &m_workspace, &Workspace::cancelReading);
  connect(&m_workspace, &Workspace::readingData, this, [this](double share, double secondsLeft) {
    constexpr double noticed = 1;  // seconds; what is over sooner would only flicker
    if (state() != State::Busy || share <= 0 || secondsLeft < noticed * (1 - share)) return;
    const auto what = m_workspace.jobs().busy(QStringLiteral("encode")) ? tr("turning text into tokens") : tr("reading");
    setState(State::Busy, tr("%1: %2 %, %3 left").arg(what).arg(int(100 * share)).arg(durationText(secondsLeft)));
    setProgress(share);
  });
  connect(&m_workspace, &Workspace::problemFound, this, [this](Step step, const ui::Problem& problem) {
    if (step != Step::Data) return;
    m_openProblem = problem;
    refreshState();
  });
  refresh();
}

void DataPanel::buildValidation() {
  m_validationRow = new QWidget(this);
  auto* form = stepForm(m_validationRow);
  auto* cell = new QWidget(this);
  auto* row = new FlowLayout(cell);
  m_validationName = new ElidedLabel(this);
  m_validation = plainButton({}, {}, this);
  connect(m_validation, &QPushButton::clicked, this, &DataPanel::chooseValidation);
  m_holdOut = plainButton(
      tr("Hold out 10 %"),
      tr("Keep a tenth of the rows for validation, chosen by the seed, of each label its share; they are not trained on"), this);
  m_holdOut->setObjectName(QStringLiteral("holdOut"));
  connect(m_holdOut, &QPushButton::clicked, this, [this] { m_workspace.holdOut(0.1); });
  for (QWidget* widget : {static_cast<QWidget*>(m_validationName), static_cast<QWidget*>(m_validation), static_cast<QWidget*>(m_holdOut)})
    row->addWidget(widget);
  form->addRow(tr("Validation"), cell);
  alignNames(form);
  body()->addWidget(m_validationRow);
}

void DataPanel::buildFields() {
  m_suggestion = new ProblemStrip(this);
  body()->addWidget(m_suggestion);  // not in the form: a form layout gives wrapped lines too little height
  m_fields = new QWidget(this);
  auto* form = stepForm(m_fields);

  m_input = new QComboBox(this);
  m_input->setToolTip(tr("The column with the text"));
  form->addRow(tr("&Text column"), m_input);
  connect(m_input, &QComboBox::activated, this, [this](int) {
    edit(tr("Choose the text column"), {}, [this](DataSettings& data) { data.inputColumn = m_input->currentText().toStdString(); });
  });

  m_label = new QComboBox(this);
  m_label->setToolTip(tr("With a label column only the label behind the text is learned; without one, the whole text"));
  form->addRow(tr("&Label column"), m_label);
  connect(m_label, &QComboBox::activated, this, [this](int index) {
    edit(tr("Choose the label column"), {}, [&](DataSettings& data) {
      data.labelColumn = index == 0 ? std::string() : m_label->currentText().toStdString();
      data.verbaliser.clear();
    });
  });

  connect(m_suggestion, &ProblemStrip::acted, this, [this] {
    if (!m_workspace.data()) return;
    if (!m_workspace.plan().data.labelColumn.empty())
      return edit(tr("Learn the whole text"), {}, [](DataSettings& data) {
        data.labelColumn.clear();
        data.verbaliser.clear();
      });
    const auto suggested = suggestedLabelColumns(*m_workspace.data()->table);
    if (suggested.empty()) return;
    edit(tr("Learn the labels"), {}, [&](DataSettings& data) { data.labelColumn = suggested.front(); });
  });

  m_chat = new ChatChoice(m_workspace, form);

  m_maxLength = new QSpinBox(this);
  m_maxLength->setRange(0, 1'000'000);
  m_maxLength->setProperty("planField", true);
  m_maxLength->setGroupSeparatorShown(true);
  m_maxLength->setSpecialValueText(tr("all that fits"));
  m_maxLength->setMinimumWidth(grid * 12);
  showUnit(m_maxLength, tr("token"), tr("tokens"));
  m_maxLength->setToolTip(
      tr("Longer examples are cut; the virtual tokens are not counted. All that fits: what the model's context leaves"));
  form->addRow(tr("At m&ost"), m_maxLength);
  connect(m_maxLength, &QSpinBox::valueChanged, this, [this](int value) {
    edit(tr("Change the greatest length"), QStringLiteral("max_length"), [&](DataSettings& data) { data.maxLength = value; });
  });

  m_endOfText = new QCheckBox(tr("Learn to &stop"), this);
  m_endOfText->setToolTip(tr("Put the end-of-text token behind every example, so that the model learns where to end"));
  form->addRow(m_endOfText);
  connect(m_endOfText, &QCheckBox::toggled, this,
          [this](bool on) { edit(tr("Change the end of the examples"), {}, [&](DataSettings& data) { data.endOfText = on; }); });
  for (auto* box : {m_input, m_label})
    letShrink(box);
  alignNames(form);
  body()->addWidget(m_fields);

  m_template = new TemplateEditor(this);
  m_templateTitle = sectionTitle(tr("Template"), this);
  body()->addWidget(m_templateTitle);
  body()->addWidget(m_template);
  connect(m_template, &TemplateEditor::edited, this, [this](const QString& text) {
    edit(tr("Edit the template"), QStringLiteral("template"), [&](DataSettings& data) { data.textTemplate = text.toStdString(); });
  });
  m_preview = new TemplatePreview(this);
  body()->addWidget(m_preview);
}

void DataPanel::buildViews() {
  const auto table = [this](QAbstractItemModel* model, const QString& name, int height) {
    auto* view = new QTableView(this);
    view->setModel(model);
    view->setAccessibleName(name);
    view->setFixedHeight(height);
    view->setAlternatingRowColors(true);
    view->setShowGrid(false);
    view->setWordWrap(false);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->horizontalHeader()->setStretchLastSection(true);
    view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setResizeContentsPrecision(100);  // rows of a large file are read when they are looked at
    view->verticalHeader()->setDefaultSectionSize(grid * 3);
    makeCopyable(view);
    return view;
  };
  m_wordsModel = new LabelWordsItemModel(this);
  m_words = table(m_wordsModel, tr("Label words"), grid * 14);
  m_words->verticalHeader()->hide();
  m_words->setToolTip(tr("Double-click a word to have the model say something else for that label"));
  connect(m_wordsModel, &LabelWordsItemModel::edited, this, [this](const std::map<std::string, std::string>& words) {
    edit(tr("Change a label word"), {}, [&](DataSettings& data) { data.verbaliser = words; });
  });
  body()->addWidget(m_words);

  m_report = new ReportView(m_workspace, this);
  body()->addWidget(m_report);
  connect(m_report, &ReportView::rowsWanted, this, &DataPanel::showRows);
  m_someRows = new QWidget(this);
  auto* title = new QVBoxLayout(m_someRows);
  title->setContentsMargins(0, 0, 0, 0);
  m_someRowsTitle = helpLine({}, this);
  m_someRowsTitle->setTextFormat(Qt::PlainText);
  title->addWidget(m_someRowsTitle);
  auto* allRows = plainButton(tr("Show all rows"), tr("Back to all rows of the file"), this);
  title->addWidget(allRows, 0, Qt::AlignLeft);
  connect(allRows, &QPushButton::clicked, this, [this] {
    m_rowsModel->show(m_workspace.data() ? m_workspace.data()->table : nullptr);
    m_someRows->hide();
  });
  m_someRows->hide();
  body()->addWidget(m_someRows);

  m_rowsModel = new RowsItemModel(this);
  m_rows = table(m_rowsModel, tr("Rows of the file"), grid * 18);
  m_rows->setObjectName(QStringLiteral("rows"));
  m_rows->horizontalHeader()->setDefaultSectionSize(grid * 20);
  body()->addWidget(m_rows);

  m_example = new ExampleView(this);
  body()->addWidget(m_example);
  const auto look = [this](const QModelIndex& row) {
    const bool training = m_workspace.data() && m_rowsModel->table() == m_workspace.data()->table;
    if (row.isValid() && training) m_example->showRow(m_rowsModel->tableRow(row.row()));
  };
  connect(m_rows->selectionModel(), &QItemSelectionModel::currentRowChanged, m_example, look);
  connect(m_rows, &QTableView::clicked, m_example, look);
}

// The rows that a sentence of the report is about.
void DataPanel::showRows(const std::shared_ptr<const Table>& table, const std::vector<std::int64_t>& rows, const QString& title) {
  if (!table) return;
  m_rowsModel->showOnly(table, rows);
  m_someRowsTitle->setText(title);
  m_someRows->show();
  m_rows->scrollToTop();
  m_rows->setFocus();
}

void DataPanel::chooseFile() {
  const auto file = QFileDialog::getOpenFileName(this, tr("Open a data file"), settings::startOf(QStringLiteral("data")),
                                                 fileFilter.arg(tr("Data"), tr("All files")));
  if (!file.isEmpty()) openFile(file);
}

void DataPanel::chooseValidation() {
  if (m_workspace.plan().validationFraction > 0) return m_workspace.holdOut(0);
  const auto data = m_workspace.data();
  if (data && data->validationTable) return m_workspace.openValidation({});
  const auto begin = data && !isDemoData(toText(data->table->file)) ? QFileInfo(toText(data->table->file)).absolutePath()
                                                                    : settings::startOf(QStringLiteral("validation"));
  const auto file = QFileDialog::getOpenFileName(this, tr("Open validation data"), begin, fileFilter.arg(tr("Data"), tr("All files")));
  if (!file.isEmpty()) m_workspace.openValidation(file);
}

void DataPanel::fillDemoMenu() {
  m_demo->clear();
  try {
    for (const auto& demo : demoData())
      m_demo->addAction(demo.title, this, [this, file = demo.file] { openFile(file); })
          ->setToolTip(tr("%1, with the settings of step 4 that suit it").arg(QFileInfo(demo.file).fileName()));
    if (m_demo->isEmpty()) m_demo->addAction(tr("There is no demo data in this installation"))->setEnabled(false);
  } catch (const std::exception& error) {
    m_demo->addAction(QString::fromUtf8(error.what()))->setEnabled(false);
  }
}

void DataPanel::openFile(const QString& file) {
  try {
    if (const auto demo = demoDataOf(file))
      m_workspace.openData(demo->file, demo->validation, demo->knobs);
    else
      m_workspace.openData(file, validationBeside(file));
  } catch (...) {
    m_openProblem = problemFrom(std::current_exception());
    refreshState();
  }
}

void DataPanel::edit(const QString& what, const QString& key, const std::function<void(DataSettings&)>& change) {
  auto plan = m_workspace.plan();
  change(plan.data);
  m_workspace.editPlan(std::move(plan), what, key);
}

void DataPanel::refresh() {
  const KeepInPlace keep(this);  // sentences above the fields grow and shrink with every letter typed into them
  const auto table = m_workspace.data() ? m_workspace.data()->table : nullptr;
  if (m_rowsModel->showsAll() ||
      (table != m_rowsModel->table() && (!m_workspace.data() || m_workspace.data()->validationTable != m_rowsModel->table()))) {
    m_rowsModel->show(table);
    m_someRows->hide();
  }
  m_rows->setVisible(table != nullptr);
  for (QWidget* widget : {m_fields, static_cast<QWidget*>(m_templateTitle), static_cast<QWidget*>(m_template)})
    widget->setVisible(table && !table->tokenised);
  const auto data = m_workspace.data();
  const auto validation = data ? data->validationTable : nullptr;
  const bool validated = isValidated(m_workspace.plan());
  m_validationRow->setVisible(table != nullptr);
  m_validationName->showText(validation                 ? QFileInfo(toText(validation->file)).fileName()
                             : !validated               ? tr("none")
                             : data && data->validation ? tr("%1, held out").arg(rowsText(std::int64_t(data->validation->items.size())))
                                                        : tr("rows held out"),
                             validation  ? rowsText(validation->size()) + QLatin1Char('\n') + toText(validation->file)
                             : validated ? tr("Chosen by the seed, of each label its share; they are not trained on")
                                         : tr("No second file is open"));
  m_validation->setText(validated ? tr("Remove") : tr("Choose…"));
  m_validation->setAccessibleName(validated ? tr("Remove the validation data") : tr("Choose validation data"));
  m_validation->setToolTip(validated ? tr("Take the validation data away")
                                     : tr("A second file, never trained on: it shows whether the prompt has learned or only memorised"));
  m_holdOut->setVisible(table && !validated);
  refreshFields();
  m_chat->refresh();
  refreshPreview();
  refreshState();
  m_example->show(m_workspace.data());
}

// The text has the room that short columns leave.
void DataPanel::settleColumns(const QString& textColumn) {
  auto* header = m_rows->horizontalHeader();
  const bool fits = header->count() <= 3;
  header->setStretchLastSection(!fits);
  for (int column = 0; column < header->count(); ++column) {
    const bool stretched = fits && m_rowsModel->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString() == textColumn;
    header->setSectionResizeMode(column, stretched ? QHeaderView::Stretch : QHeaderView::Interactive);
    if (stretched) continue;
    m_rows->resizeColumnToContents(column);
    m_rows->setColumnWidth(column, std::clamp(m_rows->columnWidth(column) + grid, grid * 7, grid * 16));
  }
}

void DataPanel::refreshFields() {
  const auto data = m_workspace.data();
  m_words->hide();
  if (!data || data->table->tokenised) return m_suggestion->clear();
  const auto& table = data->table;
  const auto reading = data->reading();
  auto settings = m_workspace.plan().data;
  settings.chat = data->settings.chat;
  const auto taken = completed(settings, *table, reading);
  QStringList columns;
  for (const auto& column : table->columns)
    columns.append(toText(column));
  settleColumns(toText(taken.inputColumn));
  for (auto* box : {m_input, m_label}) {
    const QSignalBlocker quiet(box);
    box->clear();
    if (box == m_label)
      box->addItem(reading == Reading::OneText         ? tr("none: the whole text")
                   : reading == Reading::TextAndTarget ? tr("none yet: what it answers")
                                                       : tr("none yet: what it chooses"));
    box->addItems(columns);
    box->setCurrentIndex(box == m_input                 ? table->column(taken.inputColumn)
                         : settings.labelColumn.empty() ? 0
                                                        : table->column(settings.labelColumn) + 1);
  }
  const auto suggested = suggestedLabelColumns(*table);
  if (!settings.labelColumn.empty() && m_workspace.labelWasChosen())
    m_suggestion->showHint(tr("Only the label in \"%1\" is learned: the column looks like one.").arg(toText(settings.labelColumn)),
                           tr("Learn the whole text instead"));
  else if (settings.labelColumn.empty() && !suggested.empty())
    m_suggestion->showHint(tr("The column \"%1\" looks like a label.").arg(toText(suggested.front())), tr("Learn only the label"));
  else
    m_suggestion->clear();

  m_template->setFields(columns, data->virtualTokens);
  m_template->setText(toText(settings.textTemplate));
  m_template->setEmptyText(toText(taken.textTemplate));
  {
    const QSignalBlocker quietLength(m_maxLength), quietEnd(m_endOfText);
    if (m_maxLength->value() != int(settings.maxLength)) m_maxLength->setValue(int(settings.maxLength));
    m_endOfText->setChecked(settings.endOfText);
    m_endOfText->setVisible(reading != Reading::TextAndClass);  // nothing is written that could end
  }
  const auto& examples = data->training;
  if (settings.labelColumn.empty() || !examples || examples->classes.empty()) return;
  QStringList values;
  const int column = table->column(settings.labelColumn);
  if (column < 0) return;
  if (const auto& facts = table->facts[std::size_t(column)]; !facts.many)
    for (const auto& value : facts.values)
      values.append(toText(value));
  else  // many values, a few words
    for (const auto& [value, word] : examples->settings.verbaliser)
      if (values.size() < mostClasses) values.append(toText(value));
  m_wordsModel->show(values, settings.verbaliser);
  const int rows = std::min(m_wordsModel->rowCount(), 6);
  m_words->setFixedHeight(m_words->horizontalHeader()->sizeHint().height() + rows * m_words->verticalHeader()->defaultSectionSize() + 2);
  m_words->setColumnWidth(0, grid * 18);
  m_words->show();
}

// A few rows follow every letter; all of them take longer, and are the workspace's.
void DataPanel::refreshPreview() {
  const auto data = m_workspace.data();
  if (!data || data->table->tokenised) {
    m_workspace.jobs().cancel(QStringLiteral("preview"));
    m_shownPreview = {};
    return m_preview->hide();
  }
  auto plan = m_workspace.plan();
  plan.numVirtualTokens = data->virtualTokens;
  const std::pair now(data->table, previewKey(plan, data->model.get()));
  if (now == m_shownPreview) return;
  m_shownPreview = now;
  m_workspace.jobs().quick(
      QStringLiteral("preview"), this,
      [plan = std::move(plan), table = data->table, model = data->model](Job&) { return previewRows(plan, *table, model.get()); },
      [this, rows = data->virtualTokens, model = data->model, reading = data->reading()](const RowsPreview& made) {
        m_preview->setEnabled(made.problem.empty());  // what is wrong stands at the top of the step; the last good rows stay, faded
        if (!made.problem.empty()) return m_template->say({});
        const KeepInPlace keep(this);
        m_preview->show(made, rows, reading, model ? model->tokenizer.get() : nullptr);
        const bool among = !made.rows.empty() && !made.rows.front().front.shares.empty();
        if (!made.notes.empty())
          m_template->say(toText(made.notes.front()));
        else
          m_template->say(whereTheyStand(made, rows),
                          among ? tr("PEFT and most other programs can only put them in front of the text") : QString());
      });
}

// What the file holds, as a sentence.
QString DataPanel::contents(const ReadData& data) {
  auto text = tr("%1, %2").arg(QFileInfo(toText(data.table->file)).fileName(), rowsText(data.table->size()));
  if (data.model && !data.training && data.problem.empty())
    text += tr("; what can be learned from them is being counted");  // about as long as what will stand here
  if (const auto& examples = data.training) {
    const bool classes = data.reading() == Reading::TextAndClass;
    text += tr("; %1, %2 cut to length, %3 unusable")
                .arg(classes ? tr("%Ln text(s) with a class", nullptr, int(examples->items.size()))
                             : tr("%Ln scored token(s)", nullptr, int(examples->scoredTokens())),
                     grouped(examples->truncated), grouped(examples->unusable));
  }
  text += QLatin1Char('.');
  for (const auto& sentence : data.table->how.notes())
    text += QLatin1Char(' ') + toText(sentence);
  return text;
}

void DataPanel::refreshState() {
  const KeepInPlace keep(this);
  const auto data = m_workspace.data();
  const bool reading = m_workspace.jobs().busy(QStringLiteral("data"));
  m_file->setVisible(data != nullptr);
  if (data) {
    m_file->setText(contents(*data));
    m_file->setToolTip(plainToolTip(toText(data->table->file)));
  }
  // What could not be opened is said until something is opened or changed; what the open rows lack, as long as they lack it.
  const auto problem = data && !data->problem.empty() ? data->problem : m_openProblem;
  if (strip()->problem().text() != problem.text()) showProblem(problem);
  if (reading) {
    setState(State::Busy, tr("reading…"));
  } else if (!data) {
    const bool failed = !m_openProblem.empty();
    setState(failed ? State::Problem : State::Missing, failed ? tr("could not be read") : tr("no data yet: drop a file here"));
  } else if (!data->problem.empty()) {
    setState(State::Problem, tr("%1 cannot be used like this").arg(QFileInfo(toText(data->table->file)).fileName()));
  } else if (!data->training) {
    setState(
        data->model ? State::Busy : State::Missing,
        data->model
            ? tr("%1, %2, being turned into tokens").arg(QFileInfo(toText(data->table->file)).fileName(), rowsText(data->table->size()))
            : tr("%1, waiting for a model").arg(rowsText(data->table->size())));
  } else {
    const auto& classes = data->training->classes;
    const bool answered = data->training->settings.chat || !data->settings.labelColumn.empty();
    const auto kind = !classes.empty()              ? tr("%Ln label(s) are learned", nullptr, int(classes.size()))
                      : data->training->withoutChat ? tr("the whole text is learned, without the chat template")
                      : answered                    ? tr("the answers are learned")
                                                    : tr("the whole text is learned");
    setState(State::Ready, tr("%1, %2, %3").arg(QFileInfo(toText(data->table->file)).fileName(), rowsText(data->table->size()), kind));
  }
}

}  // namespace incipit::ui
