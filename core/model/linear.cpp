#include "core/model/linear.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/mm.h>

namespace incipit {

at::Tensor dense(const at::Tensor& x, const Linear& layer) {
  const at::Tensor matrix = layer.transposed ? layer.weight : layer.weight.t();  // [in, out]
  return layer.bias.defined() ? at::addmm(layer.bias, x, matrix) : at::mm(x, matrix);
}

}  // namespace incipit
