#include "ui/training/plan_form.h"

#include "core/training/plan_fields.h"
#include "ui/settings/rate_spin_box.h"
#include "ui/settings/theme.h"
#include "ui/steps/keep_in_place.h"
#include "ui/steps/step_form.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <optional>

namespace incipit::ui {
namespace {

// What is wrong with a field: in the colour of problems, dark enough to read (4.5 : 1).
class ProblemLine : public QLabel {
 public:
  using QLabel::QLabel;

 protected:
  bool event(QEvent* event) override {
    if (event->type() == QEvent::Polish || event->type() == QEvent::PaletteChange) {
      const auto wanted = mixed(hue(Hue::Vermillion, palette()), palette().color(QPalette::Text), isDark(palette()) ? 0.1 : 0.25);
      if (palette().color(QPalette::WindowText) != wanted) {
        auto own = palette();
        own.setColor(QPalette::WindowText, wanted);
        setPalette(own);
      }
    }
    return QLabel::event(event);
  }
};

// What the table of the plan's fields says of a value.
bool allows(const PlanForm::Knob& knob, const TrainingPlan& plan) {
  const auto* field = planField(knob.key);
  return !field || std::ranges::all_of(field->checks, [&](const PlanCheck& check) { return check.fine(plan); });
}

}  // namespace

PlanForm::PlanForm(Workspace& workspace, QWidget* parent) : QWidget(parent), m_workspace(workspace), m_rows(stepForm(this)) {
  connect(&workspace, &Workspace::planChanged, this, &PlanForm::refresh);
}

void PlanForm::addTitle(const QString& title) {
  auto* label = sectionTitle(title, this);
  if (m_rows->rowCount() > 0) label->setContentsMargins(0, grid, 0, 0);
  m_rows->addRow(label);
}

void PlanForm::add(const Knob& knob, QWidget* editor, std::function<void(const TrainingPlan&)> show) {
  auto* cell = new QWidget(this);
  auto* column = new QVBoxLayout(cell);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(grid / 2);
  auto* problem = new ProblemLine(cell);
  problem->setWordWrap(true);
  problem->hide();
  column->addWidget(editor);
  column->addWidget(problem);
  auto* label = new QLabel(knob.label, this);
  label->setBuddy(editor);
  // The plan's key too: who writes plan.json or a command line finds the field's name here.
  const auto toolTip = QStringLiteral("<qt>%1<br><i>%2</i></qt>").arg(knob.help.toHtmlEscaped(), QLatin1String(knob.key));
  label->setToolTip(toolTip);
  if (editor->toolTip().isEmpty()) editor->setToolTip(toolTip);
  editor->setAccessibleName(QString(knob.label).remove(QLatin1Char('&')));
  editor->setAccessibleDescription(knob.help);
  editor->setObjectName(QLatin1String(knob.key));
  editor->setProperty("planField", true);  // Ctrl+Z in here undoes the edit of the plan
  editor->setFocusPolicy(Qt::StrongFocus);
  editor->setMinimumWidth(grid * 10);  // not that of the largest number it could hold
  editor->installEventFilter(this);
  m_rows->addRow(label, cell);
  alignNames(m_rows);
  m_fields.push_back({QLatin1String(knob.key), editor, problem, std::move(show)});
}

void PlanForm::edit(const Knob& knob, const std::function<void(TrainingPlan&)>& change) {
  auto plan = m_workspace.plan();
  change(plan);
  m_workspace.editPlan(std::move(plan), tr("Change “%1”").arg(QString(knob.label).remove(QLatin1Char('&'))), QLatin1String(knob.key));
}

void PlanForm::addCount(const Knob& knob, std::int64_t TrainingPlan::*member, const QString& zero, const Unit& unit) {
  auto* box = new QSpinBox(this);
  TrainingPlan none;
  none.*member = 0;
  box->setRange(allows(knob, none) ? 0 : 1, static_cast<int>(mostOfAnything));
  box->setGroupSeparatorShown(true);
  box->setSpecialValueText(zero);
  connect(box, &QSpinBox::valueChanged, this,
          [this, knob, member](int value) { edit(knob, [&](TrainingPlan& plan) { plan.*member = value; }); });
  if (!unit.one.isEmpty()) showUnit(box, unit.one, unit.many);
  add(knob, box, [box, member, unit](const TrainingPlan& plan) {
    const auto value = static_cast<int>(std::min<std::int64_t>(plan.*member, mostOfAnything));
    if (box->value() == value) return;
    box->setValue(value);
    if (!unit.one.isEmpty()) box->setSuffix(QLatin1Char(' ') + (value == 1 ? unit.one : unit.many));  // signals are blocked here
  });
}

void PlanForm::addRate(const Knob& knob, double TrainingPlan::*member, const QString& zero) {
  auto* box = new RateSpinBox(this);
  box->setSpecialValueText(zero);
  connect(box, &QDoubleSpinBox::valueChanged, this,
          [this, knob, member](double value) { edit(knob, [&](TrainingPlan& plan) { plan.*member = value; }); });
  add(knob, box, [box, member](const TrainingPlan& plan) {
    if (box->value() != plan.*member) box->setValue(plan.*member);
  });
}

void PlanForm::addChoice(const Knob& knob, const std::vector<Choice>& choices) {
  auto* box = new QComboBox(this);
  letShrink(box);
  for (const auto& choice : choices) {
    box->addItem(choice.title);
    box->setItemData(box->count() - 1, choice.help, Qt::ToolTipRole);
  }
  connect(box, &QComboBox::activated, this,
          [this, knob, choices](int index) { edit(knob, choices[static_cast<std::size_t>(index)].choose); });
  add(knob, box, [box, choices](const TrainingPlan& plan) {
    for (std::size_t i = 0; i < choices.size(); ++i)
      if (choices[i].chosen(plan)) box->setCurrentIndex(static_cast<int>(i));
  });
}

void PlanForm::addSwitch(const Knob& knob, bool TrainingPlan::*member) {
  auto* box = new QCheckBox(this);
  connect(box, &QCheckBox::toggled, this, [this, knob, member](bool on) { edit(knob, [&](TrainingPlan& plan) { plan.*member = on; }); });
  add(knob, box, [box, member](const TrainingPlan& plan) { box->setChecked(plan.*member); });
}

void PlanForm::refresh() {
  const auto& plan = m_workspace.plan();
  const auto problems = problemsIn(plan);
  const auto sentenceOf = [&](const Field& field) {
    const auto found = std::ranges::find(problems, field.key, [](const auto& problem) { return toText(problem.knob); });
    return found == problems.end() ? QString() : toText(found->sentence);
  };
  std::optional<KeepInPlace> keep;
  if (std::ranges::any_of(m_fields, [&](const Field& field) { return sentenceOf(field).isEmpty() != field.problem->isHidden(); }))
    keep.emplace(this);
  for (const auto& field : m_fields) {
    const QSignalBlocker quiet(field.editor);
    field.show(plan);
    const auto sentence = sentenceOf(field);
    field.problem->setText(sentence);
    field.problem->setVisible(!sentence.isEmpty());
  }
}

void PlanForm::addBeside(const char* key, QWidget* button) {
  for (const auto& field : m_fields) {
    if (field.key != QLatin1String(key)) continue;
    auto* column = static_cast<QVBoxLayout*>(field.editor->parentWidget()->layout());
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    column->insertLayout(column->indexOf(field.editor), row);
    column->removeWidget(field.editor);
    row->addWidget(field.editor, 1);
    row->addWidget(button);
  }
}

void PlanForm::addBelow(const char* key, QWidget* line) {
  for (const auto& field : m_fields)
    if (field.key == QLatin1String(key)) static_cast<QVBoxLayout*>(field.editor->parentWidget()->layout())->addWidget(line);
}

void PlanForm::setFieldVisible(const char* key, bool visible) {
  for (const auto& field : m_fields)
    if (field.key == QLatin1String(key)) m_rows->setRowVisible(field.editor->parentWidget(), visible);
}

bool PlanForm::hasProblems() const {
  for (const auto& problem : problemsIn(m_workspace.plan()))
    for (const auto& field : m_fields)
      if (toText(problem.knob) == field.key) return true;
  return false;
}

// Scrolling the column must not change a number that happens to pass below the pointer.
bool PlanForm::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Wheel && !static_cast<QWidget*>(watched)->hasFocus()) {
    event->ignore();
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace incipit::ui
