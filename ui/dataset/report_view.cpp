#include "ui/dataset/report_view.h"

#include "core/dataset/table.h"
#include "ui/dataset/length_bars.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>
#include <chrono>

namespace incipit::ui {
namespace {

const auto lane = QStringLiteral("report");
constexpr std::int64_t atOnce = 20'000;  // rows that are looked through without being asked: a moment

// Told at most ten times a second.
Watch watchOf(const Job& job, std::function<void(double)> tell) {
  using Clock = std::chrono::steady_clock;
  return Watch(
      [job, tell = std::move(tell), told = Clock::now()](double share) mutable {
        const auto now = Clock::now();
        if (now - told < std::chrono::milliseconds(100)) return;
        told = now;
        job.tell([tell, share] { tell(share); });
      },
      job.stop());
}

}  // namespace

ReportView::ReportView(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_look(new QPushButton(tr("Look through the rows"), this)),
      m_cancel(new QPushButton(tr("Cancel"), this)), m_progress(new QProgressBar(this)), m_lengths(new LengthBars(this)),
      m_problem(helpLine({}, this)), m_findings(new QWidget(this)), m_list(new QVBoxLayout(m_findings)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(grid);
  auto* top = new FlowLayout;
  top->addWidget(sectionTitle(tr("Report on the data"), this));
  for (auto* button : {m_look, m_cancel}) {
    button->setProperty("plain", true);
    top->addWidget(button);
  }
  m_look->setToolTip(tr("Count lengths and labels, and find rows that are cut, empty, repeated, or in the validation data too"));
  m_cancel->setToolTip(tr("Stop looking through the rows"));
  layout->addLayout(top);
  m_progress->setRange(0, 1000);
  m_progress->setTextVisible(false);
  m_progress->setFixedHeight(grid / 2);
  layout->addWidget(m_progress);
  layout->addWidget(m_problem);
  layout->addWidget(m_lengths);
  m_list->setContentsMargins(0, 0, 0, 0);
  m_list->setSpacing(grid);
  layout->addWidget(m_findings);
  connect(m_look, &QPushButton::clicked, this, &ReportView::look);
  connect(m_cancel, &QPushButton::clicked, this, [this] {
    m_workspace.jobs().cancel(lane);
    setBusy(false);
  });
  connect(&m_workspace, &Workspace::dataChanged, this, &ReportView::refresh);
  refresh();
}

void ReportView::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && m_report) show(m_report);
}

void ReportView::setBusy(bool busy) {
  m_progress->setVisible(busy);
  m_cancel->setVisible(busy);
  m_look->setVisible(!busy && !m_report);
}

void ReportView::refresh() {
  const auto data = m_workspace.data();
  if (data == m_of && m_of) return;
  m_workspace.jobs().cancel(lane);
  m_of = data;
  m_problem->hide();
  setVisible(data && data->training);
  if (!data || !data->training) return show({});
  const auto rows = data->table->size() + (data->validationTable ? data->validationTable->size() : 0);
  if (rows <= atOnce) return look();
  show({});
  setBusy(false);
}

void ReportView::look() {
  const auto data = m_of;
  if (!data || !data->training) return;
  m_problem->hide();
  m_progress->setValue(0);
  m_workspace.jobs().quick(
      lane, this,
      [this, data](Job& job) {
        const auto tokenizer = data->model ? data->model->tokenizer : nullptr;
        return std::make_shared<const DataReport>(
            reportOn({*data->table, *data->training, data->validationTable.get(), data->validation.get(), tokenizer.get()},
                     watchOf(job, [this](double share) { m_progress->setValue(int(1000 * share)); })));
      },
      [this, data](std::shared_ptr<const DataReport> report) {
        if (data != m_of) return;
        show(std::move(report));
        setBusy(false);
      },
      [this](const Problem& problem) {
        m_problem->setText(problem.text());
        m_problem->show();
        show({});
        setBusy(false);
      });
  setBusy(true);
}

void ReportView::show(std::shared_ptr<const DataReport> report) {
  m_report = std::move(report);
  while (auto* item = m_list->takeAt(0)) {
    if (item->widget()) item->widget()->deleteLater();
    delete item;
  }
  m_lengths->setVisible(m_report != nullptr);
  if (!m_report) return;
  m_lengths->show(m_report->lengths);
  for (const bool warnings : {true, false})
    for (const auto& finding : m_report->findings)
      if (finding.warning == warnings && finding.name != "lengths" && finding.name != "how_read") addFinding(finding);
}

// A sentence behind a mark of its weight, and the way to the rows it is about.
void ReportView::addFinding(const Finding& finding) {
  auto* row = new QWidget(m_findings);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(grid);
  auto* mark = new QFrame(row);
  mark->setFixedWidth(3);
  mark->setAutoFillBackground(true);
  auto colours = mark->palette();
  colours.setColor(QPalette::Window, finding.warning ? hue(Hue::Orange, palette()) : hairline(palette()));
  mark->setPalette(colours);
  layout->addWidget(mark);
  auto* words = new QVBoxLayout;
  words->setSpacing(grid / 2);
  auto* sentence = new QLabel(toText(finding.sentence), row);
  sentence->setTextFormat(Qt::PlainText);
  sentence->setWordWrap(true);
  sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
  if (finding.warning) sentence->setAccessibleName(tr("Worth mending: %1").arg(sentence->text()));
  words->addWidget(sentence);
  if (finding.rows.count > 0 && m_of) {
    const auto table = finding.rows.validation ? m_of->validationTable : m_of->table;
    auto* button = new QPushButton(tr("Show %1").arg(rowsText(std::int64_t(finding.rows.rows.size()))), row);
    button->setProperty("plain", true);
    button->setAccessibleName(tr("Show the rows: %1").arg(sentence->text()));
    connect(button, &QPushButton::clicked, this,
            [this, table, rows = finding.rows.rows, title = sentence->text()] { emit rowsWanted(table, rows, title); });
    words->addWidget(button, 0, Qt::AlignLeft);
  }
  layout->addLayout(words, 1);
  m_list->addWidget(row);
}

}  // namespace incipit::ui
