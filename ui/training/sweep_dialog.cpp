#include "ui/training/sweep_dialog.h"

#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "core/training/estimate.h"
#include "core/training/grid.h"
#include "core/training/plan_fields.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace incipit::ui {
namespace {

constexpr std::size_t mostKnobs = 6;

// Knobs that a sweep is made over, the usual ones first; the rest of the plan's training knobs follow.
QStringList knobs() {
  QStringList keys{QStringLiteral("learning_rate"),
                   QStringLiteral("num_virtual_tokens"),
                   QStringLiteral("prompt_tuning_init"),
                   QStringLiteral("optimizer"),
                   QStringLiteral("seed"),
                   QStringLiteral("batch_size"),
                   QStringLiteral("steps")};
  for (const auto& field : planFields()) {
    const auto key = QString::fromLatin1(field.key);
    const bool tunes = field.group == PlanField::Group::Training || field.group == PlanField::Group::Prompt;
    if (tunes && !keys.contains(key)) keys << key;
  }
  return keys;
}

}  // namespace

SweepDialog::SweepDialog(Workspace& workspace, QWidget* parent)
    : QDialog(parent), m_workspace(workspace), m_rowsLayout(new QVBoxLayout), m_cost(new QLabel(this)), m_strip(new ProblemStrip(this)) {
  setWindowTitle(tr("Sweep"));
  setProperty("helpPage", QStringLiteral("training"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(grid * 2, grid * 2, grid * 2, grid * 2);
  column->setSpacing(grid);
  column->setSizeConstraint(QLayout::SetMinimumSize);  // it grows with its knobs
  column->addWidget(helpLine(tr("Every combination of these values becomes a run of its own, one after the other; all else is as the form "
                                "has it now. Compare them by a knob in Runs when they are done."),
                             this));
  m_rowsLayout->setSpacing(grid);
  column->addLayout(m_rowsLayout);
  auto* under = new QHBoxLayout;
  m_more = new QPushButton(tr("&Another knob"), this);
  m_more->setProperty("plain", true);
  m_more->setAutoDefault(false);
  under->addWidget(m_more);
  under->addStretch(1);
  column->addLayout(under);
  column->addWidget(m_strip);
  column->addStretch(1);
  m_cost->setTextFormat(Qt::PlainText);
  m_cost->setWordWrap(true);
  auto* end = new QHBoxLayout;
  end->addWidget(m_cost, 1);
  auto* cancel = new QPushButton(tr("Cancel"), this);
  cancel->setProperty("plain", true);
  cancel->setAutoDefault(false);
  m_go = new QPushButton(this);
  m_go->setProperty("primary", true);
  m_go->setDefault(true);
  end->addWidget(cancel);
  end->addWidget(m_go);
  column->addLayout(end);
  connect(m_more, &QPushButton::clicked, this, [this] {
    const auto keys = knobs();
    for (const auto& key : keys)
      if (std::ranges::none_of(m_rows, [&](const Row& row) { return row.knob->currentData() == key; })) return addKnob(key, {});
  });
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(m_go, &QPushButton::clicked, this, &SweepDialog::putInLine);
  connect(&workspace, &Workspace::planChanged, this, &SweepDialog::refresh);
  connect(&workspace, &Workspace::statusChanged, this, &SweepDialog::refresh);
  const double rate = workspace.plan().learningRate;
  QStringList rates;
  for (const double factor : {0.3, 1.0, 3.0})
    rates << QString::number(rate * factor, 'g', 3);
  addKnob(QStringLiteral("learning_rate"), rates.join(QStringLiteral(", ")));
  resize(grid * 72, sizeHint().height());
}

void SweepDialog::addKnob(const QString& key, const QString& values) {
  auto* line = new QWidget(this);
  auto* row = new QHBoxLayout(line);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(grid);
  auto* knob = new QComboBox(line);
  const auto keys = knobs();
  for (const auto& each : keys) {
    knob->addItem(QString(each).replace(QLatin1Char('_'), QLatin1Char(' ')), each);
    knob->setItemData(knob->count() - 1, QString::fromLatin1(planField(each.toStdString())->help), Qt::ToolTipRole);
  }
  knob->setCurrentIndex(std::max<int>(0, int(keys.indexOf(key))));
  knob->setAccessibleName(tr("Knob"));
  auto* field = new QLineEdit(values, line);
  field->setAccessibleName(tr("Its values"));
  auto* drop = new QToolButton(line);
  drop->setText(QStringLiteral("×"));
  drop->setToolTip(tr("Leave this knob as the form has it"));
  drop->setAccessibleName(tr("Remove this knob"));
  drop->setAutoRaise(true);
  row->addWidget(knob);
  row->addWidget(field, 1);
  row->addWidget(drop);
  m_rowsLayout->addWidget(line);
  m_rows.push_back({knob, field});
  const auto hint = [knob, field] {
    QStringList choices;
    for (const auto& choice : planField(knob->currentData().toString().toStdString())->choices)
      choices << toText(choice);
    field->setPlaceholderText(choices.isEmpty() ? tr("values, with commas between") : choices.join(QStringLiteral(", ")));
  };
  hint();
  connect(knob, &QComboBox::currentIndexChanged, this, [this, hint] {
    hint();
    refresh();
  });
  connect(field, &QLineEdit::textChanged, this, &SweepDialog::refresh);
  connect(drop, &QToolButton::clicked, this, [this, line, knob] {
    std::erase_if(m_rows, [knob](const Row& one) { return one.knob == knob; });
    line->hide();
    line->deleteLater();
    refresh();
  });
  refresh();
  field->setFocus();
}

std::vector<TrainingPlan> SweepDialog::plansOfForm() const {
  std::vector<GridAxis> axes;
  for (const auto& row : m_rows)
    axes.push_back(gridAxis(row.knob->currentData().toString().toStdString() + '=' + row.values->text().toStdString()));
  if (axes.empty()) throw PlanError("No knob is left to sweep over.", "Add one.");
  const bool seeds = std::ranges::any_of(axes, [](const GridAxis& axis) { return axis.key == "seed"; });
  if (const auto why = seeds ? m_workspace.whyNotSeveralSeeds() : QString(); !why.isEmpty()) throw PlanError(why.toStdString(), "");
  if (!m_workspace.plan().out.empty()) throw PlanError("The plan names one run folder, and each run needs its own.", "Take it away.");
  std::vector<TrainingPlan> plans;
  for (const auto& values : combinations(axes)) {
    plans.push_back(planFrom(changed(toJson(m_workspace.plan()), values), "the sweep"));
    if (const auto problems = problemsIn(plans.back()); !problems.empty()) throw PlanError(problems.front().sentence, "");
  }
  return plans;
}

void SweepDialog::refresh() {
  m_more->setEnabled(m_rows.size() < mostKnobs);
  m_plans.clear();
  const auto blockers = m_workspace.blockers();
  try {
    m_plans = plansOfForm();
    if (blockers.isEmpty())
      m_strip->clear();
    else
      m_strip->show({blockers.first().sentence, {}, {}}, ProblemStrip::Tone::Hint);
  } catch (...) {
    m_strip->show(problemFrom(std::current_exception()));
  }
  m_go->setEnabled(!m_plans.empty() && blockers.isEmpty());
  m_go->setText(m_plans.empty() ? tr("Train") : m_plans.size() == 1 ? tr("Train 1 run") : tr("Train %1 runs").arg(m_plans.size()));
  m_cost->setText(cost());
}

// Of the runs as if each took what the form's plan takes, but for its steps.
QString SweepDialog::cost() const {
  if (m_plans.empty()) return {};
  const auto one = m_workspace.estimate();
  if (!one || one->steps <= 0) return {};
  double work = 0;
  for (const auto& plan : m_plans) {
    const double steps = plan.epochs > 0 ? double(one->steps) : double(plan.steps);
    const double batch = double(plan.batchSize) / double(std::max<std::int64_t>(1, m_workspace.plan().batchSize));
    work += one->cost.training * steps / double(one->steps) * batch + one->cost.validation;
  }
  const auto seconds = m_workspace.secondsFor(work);
  return seconds ? tr("About %1 in all.").arg(durationText(*seconds))
                 : tr("How long they take is known once a run of this model was timed.");
}

void SweepDialog::putInLine() {
  if (!m_go->isEnabled()) return;
  m_workspace.putInLine(m_plans);
  accept();
}

}  // namespace incipit::ui
