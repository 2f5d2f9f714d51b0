#include "ui/training/run_card.h"

#include "ui/plots/number_text.h"
#include "ui/settings/format.h"
#include "ui/settings/rate_spin_box.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/step_form.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/workspace.h"

#include <QComboBox>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QSpinBox>

namespace incipit::ui {

QString outcomeOf(const RunInView& run) {
  if (!run.end || !run.end->summary) return {};
  const auto& summary = *run.end->summary;
  const Evaluated *first = nullptr, *kept = nullptr;  // both on the same rows: only so can they be compared
  for (const auto& event : *run.events)
    if (const auto* evaluated = std::get_if<Evaluated>(&event); evaluated && !evaluated->whole) {
      if (!first) first = evaluated;
      if (evaluated->step == summary.bestStep) kept = evaluated;
    }
  QStringList parts;
  if (summary.bestValidationLoss && first && kept && first->step == 0 && first->loss > 0) {
    const auto change = QLocale().toString(100 * (kept->loss / first->loss - 1), 'f', 1).replace(QLatin1Char('-'), QChar(0x2212));
    parts << (first->rows == summary.validationRows
                  ? RunCard::tr("validation %1 → %2 (%3 %)").arg(valueText(first->loss), valueText(*summary.bestValidationLoss), change)
                  : RunCard::tr("validation %1 (%2 % in a sample of %3)")
                        .arg(valueText(*summary.bestValidationLoss), change, rowsText(first->rows)));
  } else if (summary.bestValidationLoss) {
    parts << RunCard::tr("validation %1").arg(valueText(*summary.bestValidationLoss));
  } else if (summary.steps > 0) {
    parts << RunCard::tr("training loss %1").arg(valueText(summary.smoothedLoss));
  }
  if (summary.accuracy) parts << RunCard::tr("accuracy %1").arg(percentText(*summary.accuracy));
  const bool byF1 = run.plan.metricForBestModel == BestMetric::MacroF1;
  if (summary.f1Macro && byF1) parts << RunCard::tr("macro F1 %1").arg(QLocale().toString(*summary.f1Macro, 'f', 3));
  if (summary.labelLoss) parts << RunCard::tr("loss of the labels alone %1").arg(valueText(*summary.labelLoss));
  if (summary.validationRows > 0) parts << RunCard::tr("on %1").arg(rowsText(summary.validationRows));
  parts << RunCard::tr("%1 in %2").arg(stepsText(summary.steps), durationText(summary.elapsedSeconds));
  auto text = parts.join(QStringLiteral(", ")) + QLatin1Char('.');
  if (!summary.why.empty())
    text += RunCard::tr(" The prompt after step %1 is kept: %2.").arg(grouped(summary.bestStep), QString::fromStdString(summary.why));
  else
    text += RunCard::tr(" The prompt after step %1 is kept.").arg(grouped(summary.bestStep));
  return text;
}

RunCard::RunCard(Workspace& workspace, QWidget* parent)
    : QFrame(parent), m_workspace(workspace), m_title(sectionTitle({}, this)), m_outcome(helpLine({}, this)), m_needs(helpLine({}, this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(grid * 3 / 2, grid, grid * 3 / 2, grid);
  column->setSpacing(grid / 2);
  m_title->setWordWrap(true);
  for (auto* line : {m_title, m_outcome, m_needs}) {
    line->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(line);
  }
  auto* row = new FlowLayout;
  const auto add = [&](const QString& text, const QString& help) {
    auto* button = new QPushButton(text, this);
    button->setProperty("plain", true);
    button->setToolTip(help);
    row->addWidget(button);
    return button;
  };
  m_try = add(tr("Try"), tr("The kept prompt in the playground, beside the bare model"));
  m_export = add(tr("Export…"), tr("The kept prompt as PEFT adapter, NumPy array and others"));
  m_explain = add(tr("Explain"), tr("The views inside the prompt that cost little, one after the other, in a page"));
  m_evaluate = add(tr("Evaluate this step"), {});
  m_open = add(tr("Open its model and data"), tr("With its template, its labels and its validation data, as this run was trained"));
  m_settings = add(tr("Use its settings"), tr("Set steps 3 and 4 as this run had them (can be undone)"));
  m_goOn = add(tr("Go on"), tr("From the last checkpoint to the end of its plan, as if it had not stopped"));
  column->addLayout(row);
  row = new FlowLayout;
  m_longer = add(tr("Train longer"), tr("Go on from the last checkpoint for so many more steps"));
  m_steps = new QSpinBox(this);
  m_steps->setRange(1, 1'000'000);
  m_steps->setValue(100);
  m_steps->setGroupSeparatorShown(true);
  showUnit(m_steps, tr("step"), tr("steps"));
  m_steps->setAccessibleName(tr("How many more steps"));
  m_steps->setMaximumWidth(grid * 16);
  row->addWidget(m_steps);
  m_schedule = new QComboBox(this);
  m_schedule->setAccessibleName(tr("Learning rate of these steps"));
  m_schedule->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  m_schedule->addItems({QString(), tr("at a constant rate of")});
  m_rate = new RateSpinBox(this);
  m_rate->setAccessibleName(tr("The constant rate"));
  row->addWidget(m_schedule);
  row->addWidget(m_rate);
  column->addLayout(row);
  connect(m_steps, &QSpinBox::valueChanged, this, &RunCard::refreshOnwards);
  connect(m_schedule, &QComboBox::currentIndexChanged, this, &RunCard::refreshOnwards);
  connect(m_try, &QPushButton::clicked, this, [this] {
    m_workspace.showKeptPrompt();
    emit tryWanted();
  });
  connect(m_export, &QPushButton::clicked, this, [this] {
    m_workspace.showKeptPrompt();
    emit exportWanted();
  });
  connect(m_explain, &QPushButton::clicked, this, [this] {
    m_workspace.showKeptPrompt();
    emit explainWanted();
  });
  connect(m_evaluate, &QPushButton::clicked, &workspace, &Workspace::evaluateStep);
  connect(m_open, &QPushButton::clicked, &workspace, &Workspace::openWhatRunNeeds);
  connect(m_settings, &QPushButton::clicked, &workspace, &Workspace::useSettingsOfRun);
  connect(m_goOn, &QPushButton::clicked, &workspace, [&workspace] { workspace.goOn({}); });
  connect(m_longer, &QPushButton::clicked, &workspace,
          [this] { m_workspace.goOn(m_steps->value(), m_schedule->currentIndex() == 1 ? std::optional(m_rate->value()) : std::nullopt); });
  connect(&workspace, &Workspace::statusChanged, this, &RunCard::refresh);
  connect(&workspace, &Workspace::runStarted, this, &RunCard::refresh);
  connect(&workspace, &Workspace::runEnded, this, &RunCard::refresh);
  refresh();
}

void RunCard::refresh() {
  const auto run = m_workspace.run();
  setVisible(run != nullptr);
  if (!run) return;
  m_title->setText(run->end ? tr("%1, %2: %3 on %4").arg(run->name, run->end->word(), run->modelName(), run->dataName())
                            : tr("%1: %2 on %3").arg(run->name, run->modelName(), run->dataName()));
  const auto outcome = outcomeOf(*run);
  m_outcome->setText(outcome);
  m_outcome->setVisible(!outcome.isEmpty());
  QStringList others;
  const auto model = m_workspace.model();
  const auto data = m_workspace.data();
  const bool otherModel = model && !run->isOf(model);
  const bool otherData = data && !run->dataFingerprint.empty() && data->table->fingerprint != run->dataFingerprint;
  if (otherModel) others << tr("the model %1").arg(model->shortName());
  if (otherData) others << tr("the data %1").arg(QString::fromStdString(data->table->file.filename().string()));
  m_needs->setText(tr("Open here, and not this run's: %1.").arg(others.join(tr(" and "))));
  m_needs->setVisible(!others.isEmpty());
  m_open->setVisible(run->end && (otherModel || otherData || !model || !data));
  refreshButtons();
}

void RunCard::refreshButtons() {
  const auto run = m_workspace.run();
  const bool ended = run->end.has_value();
  const bool cutShort = ended && run->end->how != RunEnd::How::Finished;
  m_settings->setVisible(ended);
  m_goOn->setVisible(cutShort && run->kept);
  const bool longer = ended && !cutShort && run->kept;
  for (QWidget* widget : std::initializer_list<QWidget*>{m_longer, m_steps, m_schedule, m_rate})
    widget->setVisible(longer);
  if (longer && m_rate->property("of").toString() != run->name) {  // a tenth of the run's own, until somebody says otherwise
    m_rate->setProperty("of", run->name);
    m_rate->setValue(run->plan.learningRate / 10);
  }
  refreshOnwards();
  const bool here = ended && run->kept && run->isOf(m_workspace.model());
  m_try->setVisible(here);
  m_export->setVisible(here);
  m_explain->setVisible(here);
  const auto step = run->unjudgedStep();
  m_evaluate->setVisible(step.has_value());
  if (step)
    m_evaluate->setToolTip(
        tr("Judge step %1 on all validation rows, and keep it where it is better than step %2. Stop leaves everything as "
           "it was.")
            .arg(grouped(*step), grouped(run->keptStep)));
}

// What more steps mean for a rate that has fallen: said in numbers before it is chosen.
void RunCard::refreshOnwards() {
  const auto run = m_workspace.run();
  if (!run || !run->end || !run->end->summary) return;
  auto plan = run->plan;
  const auto done = run->end->summary->steps, total = done + m_steps->value();
  plan.scheduleSteps = plan.constantFrom = 0;
  const auto rate = [&](std::int64_t step) { return valueText(learningRateAt(plan, step, total)); };
  const bool falls = plan.schedule != Schedule::Constant;
  m_schedule->setItemText(0, falls ? tr("rate drawn anew: %1 → %2").arg(rate(done + 1), rate(total))
                                   : tr("at its own rate of %1").arg(rate(total)));
  m_schedule->setToolTip(
      falls ? tr("The learning rate has come down over %1. Either its way down is drawn anew over all %2 steps, so that it "
                 "rises at first, or it stays at one value.")
                  .arg(stepsText(done), grouped(total))
            : tr("The rate of these steps"));
  m_rate->setEnabled(m_schedule->currentIndex() == 1);
  m_rate->setToolTip(m_rate->isEnabled() ? QString() : tr("Choose \"at a constant rate of\" first"));
}

void RunCard::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setPen(QPen(hairline(palette()), 1));
  painter.drawLine(0, height() - 1, width(), height() - 1);
}

}  // namespace incipit::ui
