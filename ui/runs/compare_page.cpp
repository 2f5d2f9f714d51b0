#include "ui/runs/compare_page.h"

#include "ui/jobs/jobs.h"
#include "ui/plots/curve_plot.h"
#include "ui/plots/number_text.h"
#include "ui/runs/runs_item_model.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/table_copy.h"
#include "ui/workspace/text.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>
#include <array>

namespace incipit::ui {
namespace {

constexpr std::array hues = {Hue::Blue, Hue::Vermillion, Hue::Green, Hue::Purple, Hue::Orange, Hue::Sky};
constexpr std::size_t mostCurves = 50;

QString nameOf(const std::filesystem::path& folder) {
  return toText(folder.has_filename() ? folder.filename() : folder.parent_path().filename());
}

// "+5.0 points (1.2 to 8.9)", against the baseline.
QString differenceText(const AgainstBaseline& against) {
  const bool points = against.by == "accuracy";
  const Interval& difference = against.comparison.difference;
  const double scale = points ? 100 : -1;  // a loss that is lower is better
  const double value = scale * difference.value, low = std::min(scale * difference.low, scale * difference.high),
               high = std::max(scale * difference.low, scale * difference.high);
  const auto number = [&](double of) { return (of > 0 ? QStringLiteral("+") : QString()) + QString::number(of, 'f', points ? 1 : 3); };
  return points ? ComparePage::tr("%1 points (%2 to %3)").arg(number(value), number(low), number(high))
                : ComparePage::tr("%1 nats (%2 to %3)").arg(number(value), number(low), number(high));
}

}  // namespace

ComparePage::ComparePage(Jobs& jobs, QWidget* parent)
    : QWidget(parent), m_jobs(jobs), m_baseline(new QComboBox), m_verdict(new QLabel), m_table(new QTableWidget),
      m_column(new QVBoxLayout(this)), m_strip(new ProblemStrip) {
  m_column->setContentsMargins(grid, grid, grid, grid);
  m_column->setSpacing(grid);
  auto* top = new QHBoxLayout;
  top->setSpacing(grid);
  auto* back = new QPushButton(tr("&Back to the runs"));
  back->setProperty("plain", true);
  auto* label = new QLabel(tr("Base&line"));
  label->setBuddy(m_baseline);
  m_baseline->setToolTip(tr("The run that the others are compared with"));
  top->addWidget(back);
  top->addStretch(1);
  top->addWidget(label);
  top->addWidget(m_baseline);
  m_column->addLayout(top);
  m_column->addWidget(m_strip);
  m_verdict->setTextFormat(Qt::PlainText);
  m_verdict->setWordWrap(true);
  m_verdict->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_column->addWidget(m_verdict);
  m_table->setAccessibleName(tr("Runs compared"));
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setShowGrid(false);
  m_table->setFont(tabularDigits(font()));
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + grid);
  m_table->horizontalHeader()->setHighlightSections(false);
  m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  makeCopyable(m_table);
  m_column->addWidget(m_table);
  connect(back, &QPushButton::clicked, this, &ComparePage::backWanted);
  connect(m_baseline, &QComboBox::activated, this, [this](int index) { load(std::size_t(index)); });
}

QString ComparePage::verdict() const { return m_verdict->text(); }

void ComparePage::show(std::vector<std::filesystem::path> runs) {
  m_runs = std::move(runs);
  const QSignalBlocker quiet(m_baseline);
  m_baseline->clear();
  for (const auto& run : m_runs)
    m_baseline->addItem(nameOf(run));
  load(0);
}

void ComparePage::load(std::size_t baseline) {
  m_strip->clear();
  m_jobs.quick(
      QStringLiteral("compare"), this,
      [runs = m_runs, baseline](Job&) {
        Read read{compareRuns(runs, baseline), {}};
        for (const auto& run : read.compared.runs)
          read.records.push_back(readRun(run.folder));
        return read;
      },
      [this](const Read& read) { take(read); }, [this](const Problem& problem) { m_strip->show(problem); });
}

void ComparePage::take(const Read& read) {
  QStringList sentences;
  const auto& runs = read.compared.runs;
  for (std::size_t i = 1; i < runs.size(); ++i) {
    const auto& against = read.compared.against[i];
    sentences << (against ? toText(inWords(*against, runs.front().name, runs[i].name))
                          : tr("%1 is not compared: %2.").arg(toText(runs[i].name), toText(read.compared.unknown[i])));
  }
  constexpr int mostSentences = 4;
  if (sentences.size() > mostSentences)
    sentences = sentences.mid(0, mostSentences) << tr("… and %1 more in the table.").arg(sentences.size() - mostSentences);
  m_verdict->setText(sentences.join(QLatin1Char('\n')));
  fillTable(read.compared);
  drawCurves(read);
}

void ComparePage::fillTable(const RunComparison& compared) {
  QStringList header{tr("Run"), tr("Best"), tr("Step"), tr("Against the baseline"), tr("Sure")};
  for (const auto& knob : compared.differing.knobs)
    header << toText(knob);
  m_table->clear();
  m_table->setColumnCount(int(header.size()));
  m_table->setHorizontalHeaderLabels(header);
  m_table->setRowCount(int(compared.runs.size()));
  for (std::size_t row = 0; row < compared.runs.size(); ++row) {
    const auto& run = compared.runs[row];
    const auto& against = compared.against[row];
    QStringList cells{toText(run.name), bestText(run), run.best ? grouped(run.bestStep) : QStringLiteral("–")};
    if (against) {
      const double better = against->comparison.probabilityBetter;
      cells << differenceText(*against)
            << (against->comparison.deciding == 0 ? tr("the same")
                : better >= 0.5                   ? tr("better, %1").arg(percentText(better))
                                                  : tr("worse, %1").arg(percentText(1 - better)));
    } else {
      cells << (row == 0 ? tr("the baseline") : QStringLiteral("–")) << QStringLiteral("–");
    }
    for (const auto& value : compared.differing.values[row])
      cells << toText(value);
    for (int column = 0; column < cells.size(); ++column) {
      auto* item = new QTableWidgetItem(cells[column]);
      if (column == 0) item->setForeground(hue(hues[row % hues.size()], palette()));
      if (column == 4 && against)
        item->setToolTip(
            plainToolTip(tr("Share of 10,000 drawings of the %1 in which the mean is higher (paired bootstrap); McNemar's p %2")
                             .arg(examplesText(against->examples), valueText(against->chance, 2))));
      if (column == 3 && !against && row > 0) item->setToolTip(plainToolTip(toText(compared.unknown[row])));
      m_table->setItem(int(row), column, item);
    }
  }
  // As high as its rows are, up to a dozen: what is left is the curves'.
  const int rows = std::min(m_table->rowCount(), 12), below = m_table->horizontalScrollBar()->sizeHint().height();
  m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height() + rows * m_table->verticalHeader()->defaultSectionSize() +
                          below + 2 * m_table->frameWidth());
}

// A curve a run; a plot of its own each time, since what a plot draws is settled when it is made.
void ComparePage::drawCurves(const Read& read) {
  delete m_plot;
  m_plot = new CurvePlot(tr("Step"), this);
  const int loss = m_plot->addPanel(tr("Training loss"), tr("smoothed"), 3, CurvePlot::Scale::MayBeLogarithmic);
  const int looks = m_plot->addPanel(tr("Validation loss"), {}, 3, CurvePlot::Scale::MayBeLogarithmic);
  bool validated = false;
  for (std::size_t i = 0; i < read.records.size() && i < mostCurves; ++i) {
    const auto& record = read.records[i];
    const Hue colour = hues[i % hues.size()];
    const int curve = m_plot->addCurve(loss, toText(record.name), colour, Stroke::Bold);
    const int look = m_plot->addCurve(looks, toText(record.name), colour, Stroke::Dots);
    Smoothed smoothed;
    double lastX = 0, lastLook = -1;
    for (const auto& event : record.events) {
      if (const auto* stepped = std::get_if<Stepped>(&event)) {
        if (double(stepped->step) <= lastX) continue;  // done again after a kill
        lastX = double(stepped->step);
        m_plot->append(curve, lastX, smoothed.push(stepped->loss));
      } else if (const auto* evaluated = std::get_if<Evaluated>(&event);
                 evaluated && !evaluated->whole && double(evaluated->step) > lastLook) {
        lastLook = double(evaluated->step);
        m_plot->append(look, lastLook, evaluated->loss);
        validated = true;
      }
    }
  }
  m_plot->setPanelVisible(looks, validated);
  m_column->addWidget(m_plot, 1);
}

}  // namespace incipit::ui
