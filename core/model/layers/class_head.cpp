#include "core/model/layers/class_head.h"

#include "core/model/to_device.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/tanh.h>

namespace incipit {

std::vector<at::Tensor> tensorsOf(const ClassHead& head, const std::string& device) {
  std::vector<at::Tensor> tensors;
  for (const HeadPart& part : head) {
    auto* values = const_cast<float*>(part.values.values.data());
    tensors.push_back(toDevice(at::from_blob(values, part.shape()).clone(), at::Device(device)));
  }
  return tensors;
}

at::Tensor beforeLastLayer(HeadKind kind, const std::vector<at::Tensor>& parts, const at::Tensor& x) {
  const at::Tensor states = x.to(at::kFloat);  // [S, H]
  return kind == HeadKind::Mlp ? at::tanh(at::addmm(parts[1], states, parts[0].t())) : states;
}

at::Tensor classLogits(HeadKind kind, const std::vector<at::Tensor>& parts, const at::Tensor& x) {
  const at::Tensor states = beforeLastLayer(kind, parts, x);
  if (kind == HeadKind::Score) return at::mm(states, parts[0].t());
  const std::size_t last = kind == HeadKind::Mlp ? 2 : 0;
  return at::addmm(parts[last + 1], states, parts[last].t());
}

}  // namespace incipit
