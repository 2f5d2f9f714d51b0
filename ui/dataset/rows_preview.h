// The first rows as template and chat make them, and as the tokens that come of it: quick enough to follow every letter that is typed.
#pragma once

#include "core/dataset/examples.h"
#include "core/dataset/placement.h"
#include "core/training/plan.h"

#include <memory>
#include <string>
#include <vector>

namespace incipit::ui {

struct OpenModel;

struct RowsPreview {
  struct Row {
    PlacedText front;  // in front of the answer
    std::string answer;
    std::vector<Example> example;  // one, or none where there is no model or the row gives none
  };
  std::vector<Row> rows;
  std::vector<std::string> classes;  // of a head, by the examples' numbers
  std::vector<std::string> notes;    // Examples::notes
  std::string problem, remedy;       // why there are none
};

// The first `count` rows of the table; `model` may be null: then as text alone.
RowsPreview previewRows(const TrainingPlan& plan, const Table& table, const OpenModel* model, std::int64_t count = 3);

}  // namespace incipit::ui
