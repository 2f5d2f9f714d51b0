// What the views of the loss judge a prompt on: the validation examples of the open data, or, without any, those that are trained on.
#pragma once

#include "core/dataset/examples.h"

#include <QString>
#include <memory>
#include <optional>
#include <utility>

namespace incipit::ui {

class Workspace;

struct JudgedExamples {
  std::shared_ptr<const Examples> examples;  // null: none yet
  bool validation = false;

  QString name() const;  // "validation examples"
};
JudgedExamples judgedExamples(const Workspace& workspace);

// Why there is nothing to judge by: title and text of an empty state; nothing where there is.
std::optional<std::pair<QString, QString>> whyNotJudged(const Workspace& workspace);

// "64 of 312 validation examples: about 12 s." with what else should be known before it is paid for; `work`: in tokens read forwards.
QString costOn(const Workspace& workspace, const JudgedExamples& judged, std::int64_t sample, double work);

}  // namespace incipit::ui
