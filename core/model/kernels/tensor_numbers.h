// From a tensor to what kernels read: pointers to its numbers, fp32 or bf16.
#pragma once

#include "core/model/kernels/numbers.h"

#include <ATen/core/Tensor.h>
#include <type_traits>

namespace incipit {

// Whether kernels compute with this tensor: fp32 or bf16, in the processor's memory.
inline bool kernelsServe(const at::Tensor& x) {
  return x.device().is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

// T: float or kernels::Bf16, const or not, and the tensor's own type. Null where the tensor is undefined.
template <class T>
T* numbersOf(const at::Tensor& tensor) {
  using Stored = std::conditional_t<std::is_same_v<std::remove_const_t<T>, kernels::Bf16>, at::BFloat16, float>;
  return tensor.defined() ? reinterpret_cast<T*>(tensor.data_ptr<Stored>()) : nullptr;
}

// Calls visit(a number of the type): its parameter's type T is float or kernels::Bf16.
template <class Visit>
auto withNumberType(at::ScalarType type, const Visit& visit) {
  return type == at::kBFloat16 ? visit(kernels::Bf16{}) : visit(float{});
}

}  // namespace incipit
