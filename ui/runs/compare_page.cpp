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
#include <algorithm>
#include <array>
#include <utility>

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

struct Curves {
  std::vector<std::pair<double, double>> loss, looks;  // smoothed training loss; validation loss
};

Curves curvesOf(const RunRecord& record) {
  Curves curves;
  Smoothed smoothed;
  double lastX = 0, lastLook = -1;
  for (const auto& event : record.events) {
    if (const auto* stepped = std::get_if<Stepped>(&event)) {
      if (double(stepped->step) <= lastX) continue;  // done again after a kill
      lastX = double(stepped->step);
      curves.loss.emplace_back(lastX, smoothed.push(stepped->loss));
    } else if (const auto* evaluated = std::get_if<Evaluated>(&event);
               evaluated && !evaluated->whole && double(evaluated->step) > lastLook) {
      lastLook = double(evaluated->step);
      curves.looks.emplace_back(lastLook, evaluated->loss);
    }
  }
  return curves;
}

}  // namespace

ComparePage::ComparePage(Jobs& jobs, QWidget* parent)
    : QWidget(parent), m_jobs(jobs), m_baseline(new QComboBox), m_together(new QComboBox), m_verdict(new QLabel), m_table(new QTableWidget),
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
  auto* together = new QLabel(tr("&Together"));
  together->setBuddy(m_together);
  m_together->setToolTip(tr("Which runs are shown as one: their mean as a bold line, each of them thin beside it"));
  m_together->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  top->addWidget(back);
  top->addStretch(1);
  top->addWidget(together);
  top->addWidget(m_together);
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
  connect(m_together, &QComboBox::activated, this, &ComparePage::redraw);
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
  m_read = read;
  fillGroupings();
  redraw();
}

// Only what tells the runs apart, and more than one run to a value.
void ComparePage::fillGroupings() {
  const auto chosen = m_together->currentData().toString();
  const auto& compared = m_read.compared;
  m_together->clear();
  m_together->addItem(tr("Each run by itself"));
  for (const auto& knob : compared.differing.knobs)
    if (knob == butTheSeed) m_together->addItem(tr("All seeds of a plan"), QString::fromLatin1(butTheSeed));
  for (const auto& knob : compared.differing.knobs)
    if (knob != butTheSeed && groupsBy(knob, compared.runs, compared.differing).size() < compared.runs.size())
      m_together->addItem(tr("By %1").arg(toText(knob)), toText(knob));
  m_together->setCurrentIndex(std::max(0, chosen.isEmpty() ? 0 : m_together->findData(chosen)));
  m_together->setEnabled(m_together->count() > 1);
}

std::vector<RunGroup> ComparePage::groups() const {
  const auto knob = m_together->currentData().toString();
  if (knob.isEmpty()) return {};
  return groupsBy(knob.toStdString(), m_read.compared.runs, m_read.compared.differing);
}

Hue ComparePage::colourOf(std::size_t run) const {
  const auto together = groups();
  std::size_t place = run;
  for (std::size_t group = 0; group < together.size(); ++group)
    if (std::ranges::find(together[group].members, run) != together[group].members.end()) place = group;
  return hues[place % hues.size()];
}

QStringList ComparePage::groupSentences(const std::vector<RunGroup>& groups) const {
  QStringList sentences;
  for (const auto& group : groups) {
    const bool share = group.metric == "accuracy" || group.metric == "f1_macro";
    const auto text = [&](double value) { return share ? percentText(value) : valueText(value); };
    const auto count = QString::number(group.members.size());
    sentences << (group.mean ? tr("%1: %2 %3 on average of %4 runs (%5 to %6).")
                                   .arg(toText(group.name), toText(group.metric).replace(QLatin1Char('_'), QLatin1Char(' ')),
                                        text(*group.mean), count, text(*group.low), text(*group.high))
                             : tr("%1: %2 runs, which have no measure in common.").arg(toText(group.name), count));
  }
  return sentences;
}

void ComparePage::redraw() {
  QStringList sentences = groupSentences(groups());
  const auto& compared = m_read.compared;
  const auto& runs = compared.runs;
  const bool alone = sentences.isEmpty();
  for (std::size_t run = 1; alone && run < runs.size(); ++run) {
    const auto& against = compared.against[run];
    sentences << (against ? toText(inWords(*against, runs.front().name, runs[run].name))
                          : tr("%1 is not compared: %2.").arg(toText(runs[run].name), toText(compared.unknown[run])));
  }
  constexpr int mostSentences = 4;
  if (sentences.size() > mostSentences)
    sentences = sentences.mid(0, mostSentences) << tr("… and %1 more in the table.").arg(sentences.size() - mostSentences);
  m_verdict->setText(sentences.join(QLatin1Char('\n')));
  fillTable();
  drawCurves();
}

void ComparePage::fillTable() {
  const auto& compared = m_read.compared;
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
      if (column == 0) item->setForeground(hue(colourOf(row), palette()));
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
void ComparePage::drawCurves() {
  delete m_plot;
  m_plot = new CurvePlot(tr("Step"), this);
  const int losses = m_plot->addPanel(tr("Training loss"), tr("smoothed"), 3, CurvePlot::Scale::MayBeLogarithmic);
  const int looks = m_plot->addPanel(tr("Validation loss"), {}, 3, CurvePlot::Scale::MayBeLogarithmic);
  const bool alone = groups().empty();
  bool validated = false;
  const auto draw = [this](int curve, const std::vector<std::pair<double, double>>& points) {
    for (const auto& [x, y] : points)
      m_plot->append(curve, x, y);
  };
  for (std::size_t i = 0; i < m_read.records.size() && i < mostCurves; ++i) {
    const auto name = toText(m_read.records[i].name);
    const auto curves = curvesOf(m_read.records[i]);
    draw(m_plot->addCurve(losses, name, colourOf(i), alone ? Stroke::Bold : Stroke::Thin), curves.loss);
    draw(m_plot->addCurve(looks, name, colourOf(i), Stroke::Dots), curves.looks);
    validated = validated || !curves.looks.empty();
  }
  drawGroups(losses, looks);
  m_plot->setPanelVisible(looks, validated);
  m_column->addWidget(m_plot, 1);
}

// The mean of each group where all of its runs have a value.
void ComparePage::drawGroups(int losses, int looks) {
  for (const auto& group : groups()) {
    std::vector<std::vector<std::pair<double, double>>> loss, look;
    for (const auto member : group.members) {
      auto curves = curvesOf(m_read.records[member]);
      loss.push_back(std::move(curves.loss));
      look.push_back(std::move(curves.looks));
    }
    const auto name = tr("%1 (mean of %2)").arg(toText(group.name)).arg(group.members.size());
    const Hue colour = colourOf(group.members.front());
    for (const auto& [panel, curves] : {std::pair(losses, &loss), std::pair(looks, &look)}) {
      const int mean = m_plot->addCurve(panel, name, colour, Stroke::Bold);
      for (const auto& point : bandOf(*curves))
        m_plot->append(mean, point.x, point.mean);
    }
  }
}

}  // namespace incipit::ui
