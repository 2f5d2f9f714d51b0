// The numbers of a pass on their way from the host to the model's device.
#pragma once

#include <ATen/core/Tensor.h>

namespace incipit {

// A tensor of the host on `device`; on the processor the tensor itself. The copy takes its place in the device's queue: the host does not
// wait for what the device still computes, as it would with Tensor::to.
inline at::Tensor toDevice(const at::Tensor& host, const at::Device& device) {
  if (device.is_cpu()) return host;
  return (device.is_cuda() ? host.pin_memory() : host).to(device, host.scalar_type(), /*non_blocking=*/true);
}

}  // namespace incipit
