// The data sets that come with Incipit: each a file, the rows to validate on, and the knobs that suit it.
#pragma once

#include "core/training/plan.h"

#include <QList>
#include <QString>
#include <optional>

namespace incipit::ui {

struct DemoData {
  QString title;       // "Sea stories: learn to tell them"
  QString file;        // .../sea-stories.jsonl
  QString validation;  // .../sea-stories-validation.jsonl
  TrainingPlan knobs;  // of .../sea-stories.plan.json; the usual ones where there is no such file
};

QList<DemoData> demoData();                               // throws when the folder cannot be read
std::optional<DemoData> demoDataOf(const QString& file);  // nullopt: not one of them
bool isDemoData(const QString& file);                     // it stands in their folder
QString demoDataFile(const QString& name);                // of "sea-stories"
// The file beside `file` that is named like it with "-validation" in front of the ending; empty when there is none.
QString validationBeside(const QString& file);

}  // namespace incipit::ui
