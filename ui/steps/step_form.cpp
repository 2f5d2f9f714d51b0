#include "ui/steps/step_form.h"

#include "ui/settings/theme.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QFormLayout>
#include <QSpinBox>

namespace incipit::ui {

QFormLayout* stepForm(QWidget* parent) {
  auto* form = new QFormLayout(parent);
  form->setContentsMargins(0, 0, 0, 0);
  form->setSpacing(grid);
  form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  return form;
}

void alignNames(QFormLayout* form) {
  for (int row = 0; row < form->rowCount(); ++row) {
    const auto* item = form->itemAt(row, QFormLayout::LabelRole);
    auto* name = item ? item->widget() : nullptr;
    if (name) name->setMinimumWidth(name->fontMetrics().horizontalAdvance(QCoreApplication::translate("StepForm", "Snapshot every")) + 2);
  }
}

void letShrink(QComboBox* box) {
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(6);
}

void showUnit(QSpinBox* box, const QString& one, const QString& many) {
  const auto show = [box, one, many](int number) { box->setSuffix(QLatin1Char(' ') + (number == 1 ? one : many)); };
  show(box->value());
  QObject::connect(box, &QSpinBox::valueChanged, box, show);
}

}  // namespace incipit::ui
