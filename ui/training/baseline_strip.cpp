#include "ui/training/baseline_strip.h"

#include "core/model/frozen_model.h"
#include "core/tokenizer/tokenizer.h"
#include "core/training/validation.h"
#include "ui/jobs/long_work.h"
#include "ui/plots/number_text.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <algorithm>
#include <utility>

namespace incipit::ui {
namespace {

constexpr auto purpose = "baselines";
constexpr double quick = 15, shareOfRun = 0.1;  // seconds, and share of the run's own time, that nobody is asked for

// Seconds for that much work at the pace of the run itself, its validations included; 0: it does not say.
double secondsLike(const RunInView& run, const BaselineInput& input, double work) {
  if (!run.end || !run.end->summary || run.end->summary->elapsedSeconds <= 0) return 0;
  const auto cost = validationCost(run.plan, *input.training, input.validation.get());
  const auto steps = totalSteps(run.plan, static_cast<std::int64_t>(input.training->items.size()));
  const double done = steps > 0 ? static_cast<double>(run.end->summary->steps) / static_cast<double>(steps) : 0;
  const double all = (cost.training + cost.validation) * done;
  return all > 0 ? work / all * run.end->summary->elapsedSeconds : 0;
}

}  // namespace

QString baselineName(const BaselineFigures& figures) {
  if (figures.name == "bare_model") return BaselineStrip::tr("bare model");
  if (figures.name == "start_text") return BaselineStrip::tr("start text as words");
  if (figures.name == "few_shot") return BaselineStrip::tr("%Ln example(s) shown", nullptr, int(figures.shots));
  if (figures.name == "majority_class") return BaselineStrip::tr("most frequent class");
  if (figures.name == "linear_probe") return BaselineStrip::tr("linear probe");
  return QString::fromStdString(figures.name);
}

BaselineStrip::BaselineStrip(Workspace& workspace, QWidget* parent)
    : QFrame(parent), m_workspace(workspace), m_words(helpLine({}, this)), m_left(new QLabel(this)), m_progress(new QProgressBar(this)),
      m_button(new QPushButton(this)) {
  setAccessibleName(tr("What the prompt has to beat"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(grid * 3 / 2, grid, grid * 3 / 2, grid);
  row->setSpacing(grid * 3 / 2);
  m_words->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_progress->setTextVisible(false);
  m_progress->setFixedSize(grid * 12, grid);
  m_progress->setRange(0, 1000);
  m_progress->setAccessibleName(tr("Progress of the baselines"));
  m_left->setFont(tabularDigits(m_left->font()));
  m_button->setProperty("plain", true);
  row->addWidget(m_words, 1);
  row->addWidget(m_progress);
  row->addWidget(m_left);
  row->addWidget(m_button, 0, Qt::AlignTop);
  connect(m_button, &QPushButton::clicked, this, [this] { running() ? cancel() : compare(); });
  connect(&workspace, &Workspace::runStarted, this, &BaselineStrip::begin);
  connect(&workspace, &Workspace::runEnded, this, &BaselineStrip::end);
  connect(&workspace, &Workspace::statusChanged, this, [this] {
    if (m_workspace.training() && running()) cancel();  // the training has the processor
    refresh();
  });
  begin();
}

bool BaselineStrip::running() const { return m_workspace.jobs().busy(QLatin1String(purpose)); }

void BaselineStrip::begin() {
  m_workspace.jobs().cancel(QLatin1String(purpose));
  m_ready.reset();
  m_problem.clear();
  m_live = m_workspace.training();
  const bool any = !m_figures.empty();
  m_figures.clear();
  if (any) emit figuresChanged();
  refresh();
}

// The run is over, or an old one has been read.
void BaselineStrip::end() {
  const auto run = m_workspace.run();
  if (!run || !run->end || !isValidated(run->plan)) return refresh();
  if (auto kept = readBaselines(run->folder); !kept.empty()) take(std::move(kept));
  const bool well = run->end->how == RunEnd::How::Finished || run->end->how == RunEnd::How::Stopped;
  if (m_live && well && run->kept && m_figures.empty()) measure(false);
  m_live = false;
  refresh();
}

void BaselineStrip::compare() {
  if (m_workspace.training() || running()) return;
  m_problem.clear();
  m_ready ? judgeNow() : measure(true);
}

// Opens what the run needs and says what its baselines cost; goes on at once where they cost little, or `goOn` says so.
void BaselineStrip::measure(bool goOn) {
  const auto run = m_workspace.run();
  OpenParts parts;
  const auto model = m_workspace.model();
  const bool asThen = run->isOf(model) && (run->plan.precision == Precision::Auto || model->frozen->precision() == run->plan.precision) &&
                      (model->reading() == Reading::TextAndClass) == (run->kept && !run->kept->head.empty());
  if (asThen) parts.model = model->frozen, parts.tokenizer = model->tokenizer;
  const auto data = m_workspace.data();
  if (data && data->table && data->table->fingerprint == run->dataFingerprint) {
    parts.training = data->table;
    if (data->validationTable && data->validationTable->file == run->plan.validation) parts.validation = data->validationTable;
  }
  m_workspace.jobs().quick(
      QLatin1String(purpose), this,
      [run, parts](Job&) {
        auto ready = std::make_shared<Ready>();
        ready->input =
            baselineInputOf(run->plan, run->modelFingerprint, run->dataFingerprint, run->kept ? *run->kept : SoftPrompt{}, parts);
        ready->plan = planBaselines(ready->input, run->folder);
        ready->seconds = secondsLike(*run, ready->input, ready->plan.work);
        return ready;
      },
      [this, goOn](std::shared_ptr<Ready> ready) {
        m_ready = std::move(ready);
        const auto of = m_workspace.run();
        const double own = of && of->end && of->end->summary ? of->end->summary->elapsedSeconds : 0;
        const bool little = m_ready->plan.work <= 0 || (m_ready->seconds > 0 && m_ready->seconds <= std::max(quick, shareOfRun * own));
        if (goOn || little) return judgeNow();
        refresh();
      },
      [this](const Problem& problem) { fail(problem.text()); });
  m_left->clear();
  m_progress->setValue(0);
  refresh();
}

void BaselineStrip::judgeNow() {
  const auto run = m_workspace.run();
  m_work = std::make_unique<LongWork>(m_workspace.jobs(), tr("Baselines"), [this] { cancel(); });
  m_progress->setValue(0);
  m_left->setText(m_ready->seconds > 0 ? tr("%1 left").arg(durationText(m_ready->seconds)) : tr("measuring…"));
  m_workspace.jobs().quick(
      QLatin1String(purpose), this,
      [this, ready = m_ready, folder = run->folder](Job& job) {
        return judgeBaselines(ready->input, ready->plan, folder, job.stop(), [&](double share) {
          job.tell([this, share] {
            m_progress->setValue(static_cast<int>(1000 * share));
            m_work->at(share);
            if (const double left = m_work->secondsLeft(); left >= 0) m_left->setText(tr("%1 left").arg(durationText(left)));
          });
        });
      },
      [this](std::vector<BaselineFigures> figures) {
        m_ready.reset();
        m_work.reset();
        take(std::move(figures));
      },
      [this](const Problem& problem) { fail(problem.text()); });
  refresh();
}

void BaselineStrip::cancel() {
  m_workspace.jobs().cancel(QLatin1String(purpose));
  const auto run = m_workspace.run();
  m_ready.reset();  // some of it may be known by now
  m_work.reset();
  if (run) take(readBaselines(run->folder));
}

BaselineStrip::~BaselineStrip() = default;

void BaselineStrip::take(std::vector<BaselineFigures> figures) {
  m_figures = std::move(figures);
  emit figuresChanged();
  refresh();
}

void BaselineStrip::fail(const QString& sentence) {
  m_problem = sentence;
  m_ready.reset();
  m_work.reset();
  refresh();
}

// The kept prompt and each of them by the figure that people ask for: accuracy where there are classes, else the loss.
QString BaselineStrip::outcome() const {
  const auto run = m_workspace.run();
  const auto& summary = run->end->summary;
  const bool byAccuracy = std::ranges::any_of(m_figures, [](const auto& each) { return each.accuracy.has_value(); });
  QStringList parts;
  for (const auto& each : m_figures)
    if (const auto value = byAccuracy ? each.accuracy : each.loss; value && each.whyNot.empty())
      parts << tr("%1 %2").arg(baselineName(each), byAccuracy ? percentText(*value) : valueText(*value));
  const auto own = !summary ? std::optional<double>() : byAccuracy ? summary->accuracy : summary->bestValidationLoss;
  if (!own || parts.isEmpty()) return parts.join(tr(", "));
  return (byAccuracy ? tr("Accuracy: kept prompt %1, %2.") : tr("Validation loss: kept prompt %1, %2."))
      .arg(byAccuracy ? percentText(*own) : valueText(*own), parts.join(tr(", ")));
}

void BaselineStrip::refresh() {
  const auto run = m_workspace.run();
  const bool possible = run && run->end && run->kept && isValidated(run->plan) && !m_workspace.training();
  const bool busy = possible && running();
  setVisible(possible);
  m_progress->setVisible(busy);
  m_left->setVisible(busy);
  if (!possible) return;
  QStringList missing;
  for (const auto& each : m_figures)
    if (!each.whyNot.empty())
      missing << (each.name == "few_shot" ? tr("Without examples in the context: %1").arg(toText(each.whyNot))
                                          : tr("Without %1: %2").arg(baselineName(each), toText(each.whyNot)));
  m_words->setToolTip(missing.isEmpty() ? QString() : plainToolTip(missing.join(QLatin1Char('\n'))));
  const auto cost = m_ready && m_ready->seconds > 0 ? tr("about %1").arg(durationText(m_ready->seconds)) : QString();
  const auto rows = m_ready ? rowsText(static_cast<std::int64_t>(m_ready->input.validation->items.size())) : QString();
  QString text;
  if (!m_problem.isEmpty())
    text = m_problem;
  else if (busy)
    text = m_ready ? tr("Comparing with simply asking, on %1…").arg(cost.isEmpty() ? rows : tr("%1, %2").arg(rows, cost))
                   : tr("Looking what the prompt can be compared with…");
  else if (!m_figures.empty())
    text = outcome();
  else if (m_ready)
    text = tr("Did tuning beat simply asking? The baselines on %1 take %2.").arg(rows, cost.isEmpty() ? tr("a while") : cost);
  else
    text = tr("Did tuning beat simply asking? The bare model, examples in the context and others can be judged on the same rows.");
  m_words->setText(text);
  m_button->setVisible(busy || m_figures.empty());
  m_button->setText(busy ? tr("Cancel") : tr("Baselines"));
  m_button->setToolTip(busy ? tr("What has been judged so far is kept")
                            : tr("Judge them once on the validation data and draw them as lines; they are kept beside the run"));
}

void BaselineStrip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setPen(QPen(hairline(palette()), 1));
  painter.drawLine(0, height() - 1, width(), height() - 1);
}

}  // namespace incipit::ui
