#include "core/model/weights/lasting_copy.h"

#include "core/support/compute.h"
#include "core/support/mapped_file.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>

namespace incipit {

at::Tensor lastingBytes(std::size_t size) {
  const auto memory = lastingMemory(size);
  return at::from_blob(
      memory.get(), {static_cast<std::int64_t>(size)}, [memory](void*) {}, at::kByte);
}

at::Tensor lastingCopy(const at::Tensor& weight, at::ScalarType type) {
  // Row by row of the file, whichever way the file has it.
  const bool turned = weight.stride(0) == 1;
  const at::Tensor rows = turned ? weight.t() : weight;
  at::Tensor copy =
      lastingBytes(static_cast<std::size_t>(rows.numel()) * at::elementSize(type)).view(type).view({rows.size(0), rows.size(1)});
  copy.copy_(rows);
  forgetStored(weight);
  return turned ? copy.t() : copy;
}

void forgetStored(const at::Tensor& weight) {
  const std::int64_t reach = 1 + (weight.size(0) - 1) * weight.stride(0) + (weight.size(1) - 1) * weight.stride(1);
  forgetMappedPages({static_cast<const std::byte*>(weight.data_ptr()), static_cast<std::size_t>(reach) * weight.itemsize()});
}

}  // namespace incipit
