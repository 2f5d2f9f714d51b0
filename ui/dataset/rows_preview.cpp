#include "ui/dataset/rows_preview.h"

#include "core/dataset/template.h"
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/support/error.h"
#include "ui/workspace/values.h"

#include <algorithm>
#include <utility>

namespace incipit::ui {
namespace {

Table firstRows(const Table& table, std::int64_t count) {
  std::vector<std::vector<std::string>> rows;
  for (std::int64_t row = 0; row < std::min(count, table.size()); ++row)
    rows.push_back(table.row(row));
  return tableOfRows(table.file, table.columns, std::move(rows));
}

}  // namespace

RowsPreview previewRows(const TrainingPlan& plan, const Table& table, const OpenModel* model, std::int64_t count) {
  RowsPreview preview;
  const Table first = firstRows(table, count);
  DataSettings settings = plan.data;
  settings.inputColumn = completed(plan.data, table, model ? model->reading() : Reading::OneText).inputColumn;  // by all rows
  try {
    std::shared_ptr<const Examples> examples;
    if (model && model->tokenizer) {
      TrainingPlan own = plan;
      own.data = settings;
      own.validationFraction = 0;
      own.promptTuningInit = PromptInit::SampleVocabulary;  // an adapter's head knows labels that these rows need not have
      examples = encodeForRun(own, first, nullptr, *model->frozen, model->tokenizer.get()).training;
      settings = examples->settings;
      preview.notes = examples->notes;
      if (examples->withoutChat) preview.notes.pop_back();  // said beside the chat template
      if (model->reading() == Reading::TextAndClass) preview.classes = examples->classes;
    } else {
      checkPlaces(completed(settings, first), first, plan.numVirtualTokens);
    }
    for (std::int64_t row = 0; row < first.size(); ++row) {
      auto [front, answer] = rendered(first, row, settings, model ? model->reading() : Reading::OneText);
      RowsPreview::Row& shown = preview.rows.emplace_back();
      shown.front = placedText(front);
      shown.answer = std::move(answer);
      if (examples)
        for (const Example& example : examples->items)
          if (example.row == row) shown.example = {example};
    }
  } catch (const Error& error) {
    preview.rows.clear();
    preview.problem = error.problem();
    preview.remedy = error.remedy();
  }
  return preview;
}

}  // namespace incipit::ui
