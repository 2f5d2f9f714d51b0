#include "core/model/weights/frozen_weight.h"

#include "core/model/weights/packed_weight.h"
#include "core/model/weights/widened_weight.h"
#include "core/support/processor.h"

#include <ATen/TensorOperators.h>

namespace incipit {
namespace {

bool widens(const at::Tensor& x) { return x.scalar_type() == at::kBFloat16 && !multipliesBf16(); }

}  // namespace

FrozenWeight::FrozenWeight(at::Tensor weight, at::Tensor bias, bool transposed) {
  const at::Tensor matrix = transposed ? weight : weight.t();  // [in, out]
  m_packed = std::make_unique<PackedWeight>(matrix, bias);
  m_widened = std::make_unique<WidenedWeight>(matrix, bias);
}

FrozenWeight::~FrozenWeight() = default;

at::Tensor FrozenWeight::forward(const at::Tensor& x, const at::Tensor& residual, at::ScalarType type, bool keep) {
  return widens(x) ? m_widened->forward(x, residual, type) : m_packed->forward(x, residual, type, keep);
}

at::Tensor FrozenWeight::backward(const at::Tensor& gradient, bool keep) {
  return widens(gradient) ? m_widened->backward(gradient) : m_packed->backward(gradient, keep);
}

}  // namespace incipit
