// Copies of weights that stay as long as the model: beside the heap, and in place of the file's pages.
#pragma once

#include <ATen/core/Tensor.h>
#include <cstddef>

namespace incipit {

// `size` bytes of lasting memory (core/support/compute.h) as a tensor of bytes.
at::Tensor lastingBytes(std::size_t size);
// weight: two dimensions, any strides, any floating type -> the same numbers in `type`, in the order in which the file has them (the
// dimension that lay close still does).
at::Tensor lastingCopy(const at::Tensor& weight, at::ScalarType type);
// Gives the pages of a mapped weight back to the system; they are read again when touched.
void forgetStored(const at::Tensor& weight);

}  // namespace incipit
