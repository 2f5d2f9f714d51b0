// The fields of the steps: names on the left, fields on the right, in the same two columns in every step.
#pragma once

#include <QString>

class QComboBox;
class QFormLayout;
class QSpinBox;
class QWidget;

namespace incipit::ui {

QFormLayout* stepForm(QWidget* parent = nullptr);
// Gives the names their common width; to be called when all rows are there.
void alignNames(QFormLayout* form);
// A list of long names asks for no more room than there is.
void letShrink(QComboBox* box);
// "1 token", "2 tokens": the unit behind the number follows it.
void showUnit(QSpinBox* box, const QString& one, const QString& many);

}  // namespace incipit::ui
