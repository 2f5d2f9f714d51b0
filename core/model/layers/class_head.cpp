#include "core/model/layers/class_head.h"

#include "core/model/to_device.h"
#include "core/support/random.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/tanh.h>

namespace incipit {

std::vector<std::int64_t> HeadPart::shape() const {
  return isVector() ? std::vector<std::int64_t>{values.columns} : std::vector<std::int64_t>{values.rows, values.columns};
}

std::int64_t classesOf(const ClassHead& head) {
  if (head.empty()) return 0;
  const HeadPart& last = head.back();
  return last.isVector() ? last.values.columns : last.values.rows;
}

ClassHead blankHead(HeadKind kind, std::int64_t hiddenSize, std::int64_t classes) {
  const std::int64_t h = hiddenSize, l = classes;
  switch (kind) {
  case HeadKind::None:
    break;
  case HeadKind::Score:
    return {{"score.weight", Matrix(l, h)}};
  case HeadKind::Linear:
    return {{"classifier.weight", Matrix(l, h)}, {"classifier.bias", Matrix(1, l)}};
  case HeadKind::Mlp:
    return {{"classifier.dense.weight", Matrix(h, h)},
            {"classifier.dense.bias", Matrix(1, h)},
            {"classifier.out_proj.weight", Matrix(l, h)},
            {"classifier.out_proj.bias", Matrix(1, l)}};
  }
  return {};
}

ClassHead freshHead(HeadKind kind, std::int64_t hiddenSize, std::int64_t classes, double deviation, std::uint64_t seed) {
  ClassHead head = blankHead(kind, hiddenSize, classes);
  Random random(seed);
  for (HeadPart& part : head) {
    if (part.isVector()) continue;
    for (float& value : part.values.values)
      value = static_cast<float>(random.normal() * deviation);
  }
  return head;
}

std::vector<at::Tensor> tensorsOf(const ClassHead& head, const std::string& device) {
  std::vector<at::Tensor> tensors;
  for (const HeadPart& part : head) {
    auto* values = const_cast<float*>(part.values.values.data());
    tensors.push_back(toDevice(at::from_blob(values, part.shape()).clone(), at::Device(device)));
  }
  return tensors;
}

at::Tensor classLogits(HeadKind kind, const std::vector<at::Tensor>& parts, const at::Tensor& x) {
  const at::Tensor states = x.to(at::kFloat);  // [S, H]
  if (kind == HeadKind::Score) return at::mm(states, parts[0].t());
  if (kind == HeadKind::Linear) return at::addmm(parts[1], states, parts[0].t());
  return at::addmm(parts[3], at::tanh(at::addmm(parts[1], states, parts[0].t())), parts[2].t());
}

}  // namespace incipit
