#include "core/training/prompt_rows.h"

#include "core/model/frozen_model.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>

namespace incipit {

at::Tensor tensorOf(const SoftPrompt& prompt, const FrozenModel& model) {
  if (prompt.empty()) return {};
  auto* values = const_cast<float*>(prompt.rows.values.data());
  return at::from_blob(values, {prompt.length(), prompt.width()}).clone().to(at::Device(model.device()));
}

at::Tensor rowsOf(const FrozenModel& model, const at::Tensor& prompt, const std::vector<std::int64_t>& ids) {
  const at::Tensor text = model.embed(at::tensor(ids, at::kLong).to(at::Device(model.device())));
  return prompt.defined() ? at::cat({prompt.to(text.scalar_type()), text}) : text;
}

}  // namespace incipit
