#include "ui/training/rate_dialog.h"

#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/jobs/long_work.h"
#include "ui/plots/number_text.h"
#include "ui/plots/pictures.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace incipit::ui {
namespace {

constexpr auto purpose = "rate";

QString shortRate(double rate) { return QString::number(rate, 'g', 2); }

std::vector<BandPlot::Point> pointsOf(const std::vector<RatePoint>& curve) {
  std::vector<BandPlot::Point> points;
  for (const auto& point : curve)
    points.push_back({point.rate, point.loss, point.low, point.high});
  return points;
}

}  // namespace

QString rateTitle(const std::string& knob) {
  return knob == "learning_rate" ? RateDialog::tr("learning rate") : RateDialog::tr("network rate");
}

RateDialog::RateDialog(Workspace& workspace, QWidget* parent)
    : QDialog(parent), m_workspace(workspace), m_about(helpLine({}, this)), m_verdict(new QLabel(this)), m_pointed(helpLine({}, this)),
      m_plot(new BandPlot(tr("learning rate"), tr("training loss, nats"), this)), m_progress(new QProgressBar(this)),
      m_left(new QLabel(this)), m_strip(new ProblemStrip(this)) {
  setWindowTitle(tr("Learning-rate range test"));
  setProperty("helpPage", QStringLiteral("training"));
  setModal(false);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(grid * 2, grid * 2, grid * 2, grid * 2);
  column->setSpacing(grid);
  m_about->setText(
      tr("A copy of the prompt is trained while the rate rises from far too small to far too large, three times side by side: "
         "the line is their mean, the band reaches from the lowest to the highest. Nothing of a run is changed (Smith 2017)."));
  m_verdict->setWordWrap(true);
  m_verdict->setTextFormat(Qt::PlainText);
  m_verdict->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  column->addWidget(m_about);
  column->addWidget(m_strip);
  column->addWidget(m_plot, 1);
  column->addWidget(m_pointed);
  column->addWidget(m_verdict);
  auto* row = new QHBoxLayout;
  m_progress->setTextVisible(false);
  m_progress->setMaximumWidth(grid * 20);
  m_progress->setAccessibleName(tr("Progress of the range test"));
  row->addWidget(m_progress);
  row->addWidget(m_left);
  row->addStretch(1);
  const auto button = [&](const QString& text, const QString& help, auto slot) {
    auto* made = new QPushButton(text, this);
    made->setToolTip(help);
    made->setAutoDefault(false);
    connect(made, &QPushButton::clicked, this, slot);
    row->addWidget(made);
    return made;
  };
  button(tr("Copy data"), tr("The curve as a table, for a spreadsheet"),
         [this] { QApplication::clipboard()->setText(m_plot->dataAsText()); });
  button(tr("Save picture…"), tr("As PNG, SVG or PDF"), [this] {
    const auto file = QFileDialog::getSaveFileName(this, tr("Save the picture"), QStringLiteral("learning-rate.png"), pictureFilter());
    if (!file.isEmpty()) m_strip->show({m_plot->savePicture(file), {}, {}});
  });
  m_again = button(tr("Test again"), tr("With the settings as they are now"), &RateDialog::start);
  m_cancel = button(tr("Cancel"), tr("Stop the test; nothing changes"), &RateDialog::cancel);
  m_take = button({}, tr("Set it in step 4; Ctrl+Z takes it back"), &RateDialog::take);
  m_take->setDefault(true);
  column->addLayout(row);
  connect(m_plot, &BandPlot::pointed, this, [this](std::optional<BandPlot::Point> point) {
    m_pointed->setText(!point ? QString()
                              : tr("At %1: loss %2, from %3 to %4.")
                                    .arg(shortRate(point->x), valueText(point->y), valueText(point->low), valueText(point->high)));
  });
  connect(&workspace, &Workspace::planChanged, this, &RateDialog::markCurrent);
  for (auto signal : {&Workspace::modelChanged, &Workspace::dataChanged})
    connect(&workspace, signal, this, [this] {
      if (running()) cancel();
    });
  resize(grid * 92, grid * 68);
  setRunning(false);
}

RateDialog::~RateDialog() { m_workspace.jobs().cancel(QLatin1String(purpose)); }

bool RateDialog::running() const { return m_workspace.jobs().busy(QLatin1String(purpose)); }

void RateDialog::start() {
  m_strip->clear();
  m_verdict->clear();
  m_result.reset();
  m_plot->setPoints({});
  m_plot->setMark(BandPlot::Mark::Suggested, {});
  m_plot->setLevel({}, {});
  const auto blockers = m_workspace.blockers();
  if (!blockers.isEmpty() || m_workspace.training()) {
    m_strip->show(
        {blockers.isEmpty() ? tr("A training is going on, and both together would take twice the time.") : blockers.front().sentence,
         blockers.isEmpty() ? tr("Test when it has ended.") : QString(),
         {}});
    return setRunning(false);
  }
  setRunning(true);
  m_work = std::make_unique<LongWork>(m_workspace.jobs(), tr("Range test"), [this] { cancel(); });
  m_left->setText(tr("measuring…"));
  m_workspace.jobs().quick(
      QLatin1String(purpose), this,
      [this, plan = m_workspace.plan(), recipe = m_workspace.recipe(), model = m_workspace.model(), data = m_workspace.data()](Job& job) {
        const TrainingInput input{model->frozen, data->training, nullptr, makePrompt(recipe, *model->frozen, model->tokenizer.get()),
                                  nullptr};
        const auto tell = [&](const std::vector<RatePoint>& curve, std::int64_t all) {
          job.tell([this, curve, all] { grow(curve, all); });
        };
        return testRates(plan, input, tell, job.stop());
      },
      [this](std::optional<RateTest> test) { finish(std::move(test)); },
      [this](const Problem& problem) {
        setRunning(false);
        m_strip->show(problem);
      });
}

void RateDialog::grow(const std::vector<RatePoint>& curve, std::int64_t all) {
  m_plot->setPoints(pointsOf(curve));
  markCurrent();
  const auto done = static_cast<std::int64_t>(curve.size());
  m_progress->setRange(0, static_cast<int>(all));
  m_progress->setValue(static_cast<int>(done));
  m_work->at(static_cast<double>(done) / static_cast<double>(all));
  if (const double left = m_work->secondsLeft(); left >= 0) m_left->setText(tr("%1 left at most").arg(durationText(left)));
}

void RateDialog::finish(std::optional<RateTest> test) {
  setRunning(false);
  if (!test) return;
  m_result = std::move(test);
  m_plot->setPoints(pointsOf(m_result->curve));
  m_plot->setLevel(m_result->startLoss, tr("before the first step"));
  m_plot->setMark(BandPlot::Mark::Suggested, m_result->suggested, tr("suggested: %1").arg(shortRate(m_result->suggested)));
  markCurrent();
  m_verdict->setText(toText(m_result->reason));
  m_take->setText(tr("Take %1").arg(shortRate(m_result->suggested)));
  m_take->show();
  m_take->setFocus();
}

void RateDialog::cancel() {
  if (!running()) return close(), void();
  m_workspace.jobs().cancel(QLatin1String(purpose));
  setRunning(false);
  m_verdict->setText(tr("Cancelled. Nothing was changed."));
}

void RateDialog::take() {
  if (!m_result) return;
  auto plan = m_workspace.plan();
  setRate(plan, m_result->knob.c_str(), m_result->suggested);
  m_workspace.editPlan(std::move(plan), tr("Take the suggested rate"));
  close();
}

void RateDialog::markCurrent() {
  const auto& plan = m_workspace.plan();
  const double rate = rateOf(plan, m_result ? m_result->knob.c_str() : testedRate(plan));
  m_plot->setMark(BandPlot::Mark::Current, rate, tr("set now: %1").arg(shortRate(rate)));
}

void RateDialog::setRunning(bool running) {
  if (!running) m_work.reset();
  m_progress->setVisible(running);
  m_left->setVisible(running);
  m_again->setVisible(!running);
  m_cancel->setText(running ? tr("Cancel") : tr("Close"));
  if (!running || !m_result) m_take->setVisible(!running && m_result.has_value());
}

}  // namespace incipit::ui
