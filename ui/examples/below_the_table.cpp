// What stands below the table of the Examples panel: one example in full, or all of them as figures.
#include "core/library/answers.h"
#include "ui/examples/calibration_view.h"
#include "ui/examples/confusion_view.h"
#include "ui/examples/examples_panel.h"
#include "ui/examples/predictions_item_model.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/scrolled.h"
#include "ui/steps/step_panel.h"
#include "ui/tokens/token_flow.h"
#include "ui/workspace/text.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QLabel>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace incipit::ui {
QWidget* ExamplesPanel::makeDetail() {
  auto* inside = new QWidget;
  auto* column = new QVBoxLayout(inside);
  column->setContentsMargins(0, grid, 0, 0);
  column->setSpacing(grid);
  m_facts = new QLabel;
  m_facts->setTextFormat(Qt::PlainText);
  m_facts->setWordWrap(true);
  m_flow = new TokenFlow;
  m_legend = helpLine({});
  column->addWidget(m_facts);
  column->addWidget(m_flow);
  column->addWidget(m_legend);
  column->addStretch(1);
  return scrolled(inside);
}

QWidget* ExamplesPanel::makeConfusion() {
  auto* inside = new QWidget;
  auto* column = new QVBoxLayout(inside);
  column->setContentsMargins(0, grid, 0, 0);
  column->setSpacing(grid);
  m_confusionHelp =
      helpLine(tr("How many examples of each label got which answer; the colour is the share of the label. Press a cell to see its "
                  "examples above."));
  m_confusion = new ConfusionView;
  column->addWidget(m_confusionHelp);
  column->addWidget(m_confusion, 0, Qt::AlignLeft | Qt::AlignTop);
  column->addStretch(1);
  connect(m_confusion, &ConfusionView::cellChosen, this, [this](const std::optional<ConfusionView::Cell>& cell) {
    if (cell) {  // it says both
      const QSignalBlocker quietAnswers(m_answers), quietClass(m_class);
      m_answers->setCurrentIndex(0);
      m_class->setCurrentIndex(0);
    }
    refilter();
  });
  return scrolled(inside);
}

QWidget* ExamplesPanel::makeCalibration() {
  auto* inside = new QWidget;
  auto* column = new QVBoxLayout(inside);
  column->setContentsMargins(0, grid, 0, 0);
  column->setSpacing(grid);
  m_calibrationHelp = helpLine({});
  m_calibration = new CalibrationView;
  m_calibration->setMaximumWidth(grid * 80);
  column->addWidget(m_calibrationHelp);
  column->addWidget(m_calibration, 1);
  return scrolled(inside);
}

// One example, or all of them as figures.
QWidget* ExamplesPanel::makeBelow() {
  auto* below = new QWidget;
  auto* column = new QVBoxLayout(below);
  column->setContentsMargins(0, grid / 2, 0, 0);
  column->setSpacing(0);
  m_below = new QStackedWidget;
  m_choice = new QWidget;
  auto* row = new QHBoxLayout(m_choice);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(2);
  auto* choices = new QButtonGroup(m_choice);
  const auto add = [&](const QString& title, const QString& toolTip, QWidget* page) {
    auto* button = new QToolButton;
    button->setText(title);
    button->setToolTip(toolTip);
    button->setCheckable(true);
    button->setProperty("viewGroup", true);
    choices->addButton(button, m_below->addWidget(page));
    row->addWidget(button);
  };
  add(tr("Example"), tr("The chosen example, token by token"), makeDetail());
  add(tr("Confusion"), tr("Which labels were taken for which"), makeConfusion());
  add(tr("Calibration"), tr("Whether 80 % confidence means right in 80 of 100 cases"), makeCalibration());
  row->addStretch(1);
  choices->button(0)->setChecked(true);
  connect(choices, &QButtonGroup::idClicked, m_below, &QStackedWidget::setCurrentIndex);
  column->addWidget(m_choice);
  column->addWidget(m_below, 1);
  return below;
}

// Of all examples, whatever the table shows of them.
void ExamplesPanel::showFigures() {
  const auto predictions = m_model->predictions();
  if (!predictions) return;
  const bool classify = !predictions->classes.empty();
  m_choice->setVisible(classify);
  if (!classify) {
    m_below->setCurrentIndex(0);
    m_confusion->choose({});
    return;
  }
  const auto answers = answersOf(*predictions);
  QStringList names;
  for (const auto& name : predictions->classes)
    names << toText(name);
  m_confusion->show(answers.confusion(), names);
  const auto bars = answers.reliability();
  m_calibration->setVisible(!bars.empty());
  m_calibration->show(bars);
  m_calibrationHelp->setText(
      bars.empty()
          ? tr("The run has stored no probabilities of its classes, which it does up to 32 of them.")
          : tr("Of the answers given with about the same confidence, the share that is right; on the dashed line both are the same. The "
               "mean distance is %1 (expected calibration error, Guo et al. 2017). Faint bars are of few examples.")
                .arg(percentText(expectedCalibrationError(bars))));
}

}  // namespace incipit::ui
