#include "core/training/prompt_rows.h"

#include "core/model/frozen_model.h"
#include "core/model/to_device.h"
#include "core/prompt/placed_rows.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>

namespace incipit {

at::Tensor tensorOf(const SoftPrompt& prompt, const FrozenModel& model) {
  if (prompt.empty()) return {};
  auto* values = const_cast<float*>(prompt.rows.values.data());
  return toDevice(at::from_blob(values, {prompt.length(), prompt.width()}).clone(), at::Device(model.device()));
}

at::Tensor entering(const at::Tensor& rows, const SoftPrompt& prompt, const FrozenModel& model) {
  const double factor = entryFactor(prompt, model.card());
  if (!rows.defined() || factor == 1) return rows;
  return times(rows.to(model.precision() == Precision::Bf16 ? at::kBFloat16 : at::kFloat), factor);
}

at::Tensor rowsOf(const FrozenModel& model, const at::Tensor& prompt, const std::vector<std::int64_t>& ids) {
  const at::Tensor text = model.embed(toDevice(at::tensor(ids, at::kLong), at::Device(model.device())));
  return prompt.defined() ? at::cat({prompt.to(text.scalar_type()), text}) : text;
}

at::Tensor rowsOf(const FrozenModel& model, const at::Tensor& prompt, const Forest& texts, const std::vector<std::int64_t>& ids) {
  if (!prompt.defined()) return rowsOf(model, prompt, ids);
  const at::Tensor words = model.embed(toDevice(at::tensor(ids, at::kLong), at::Device(model.device())));
  const auto count = static_cast<std::int64_t>(texts.segments().size());
  const auto copies = prompt.repeat({count, 1}).to(words.scalar_type()).split(prompt.size(0));  // [P, H] each
  std::vector<at::Tensor> rows;
  std::int64_t first = 0;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    const std::int64_t length = texts.segments()[i].length - prompt.size(0);
    rows.push_back(copies[i]);
    rows.push_back(words.narrow(0, first, length));
    first += length;
  }
  return at::cat(rows);
}

namespace {

at::Tensor placedRows(const FrozenModel& model, const at::Tensor& prompt, const std::vector<std::int64_t>& ids,
                      const std::vector<std::int64_t>& sequence) {
  return inPlaces(prompt, model.embed(toDevice(at::tensor(ids, at::kLong), at::Device(model.device()))), sequence);
}

}  // namespace

at::Tensor textRowsOf(const FrozenModel& model, const at::Tensor& prompt, const TrainingBatch& batch) {
  return batch.sequence.empty() ? rowsOf(model, prompt, batch.texts, batch.textIds)
                                : placedRows(model, prompt, batch.textIds, batch.sequence);
}

at::Tensor rowsOf(const FrozenModel& model, const at::Tensor& prompt, const TrainingBatch& batch) {
  if (prompt.defined() && !batch.sequence.empty()) return placedRows(model, prompt, batch.ids, batch.sequence);
  return model.card().looksBothWays ? rowsOf(model, prompt, batch.forest, batch.ids) : rowsOf(model, prompt, batch.ids);
}

RowRanges rowsOfPrompt(const TrainingBatch& batch, std::int64_t promptRows) {
  RowRanges ranges;
  if (batch.sequence.empty()) {
    for (const Segment& segment : batch.forest.segments())  // they stand at the root of every tree
      if (segment.parent < 0 && promptRows > 0) ranges.push_back({segment.begin, promptRows});
    return ranges;
  }
  for (std::size_t row = 0; row < batch.sequence.size(); ++row) {
    if (batch.sequence[row] >= 0) continue;
    const auto place = static_cast<std::int64_t>(row);
    if (ranges.empty() || ranges.back().begin + ranges.back().length < place) ranges.push_back({place, 0});
    ++ranges.back().length;
  }
  return ranges;
}

at::Tensor scoredStates(const FrozenModel& model, const at::Tensor& prompt, const TrainingBatch& batch,
                        const std::vector<std::int64_t>& scored) {
  Pass pass{batch.forest, 0, nullptr, &scored};
  if (!model.card().encoderDecoder) return model.forward(rowsOf(model, prompt, batch), pass);
  const at::Tensor encoded = model.encode(textRowsOf(model, prompt, batch), {batch.texts});
  pass.texts = &batch.texts, pass.encoded = &encoded;
  return model.forward(rowsOf(model, {}, batch.ids), pass);
}

}  // namespace incipit
