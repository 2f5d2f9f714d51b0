// ALiBi (Press et al. 2022): instead of positions, every head adds a slope times the distance of the key to its scores.
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>

namespace incipit {

enum class AlibiRounding { None, Bf16 };  // Falcon's checkpoints were trained with slopes, positions and products rounded to bf16

// [heads, positions] fp32: slope of the head * position of the key * scale. What it lacks to the distance is the same for all keys
// of a query, so softmax takes it away.
at::Tensor alibi(std::int64_t heads, std::int64_t positions, double scale, AlibiRounding rounding);

}  // namespace incipit
