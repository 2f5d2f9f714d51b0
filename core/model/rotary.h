// Rotary position embedding: the table of angles of a model, and the turning of queries and keys.
#pragma once

#include "core/model/card.h"

#include <ATen/core/Tensor.h>
#include <cstdint>

namespace incipit {

// Cosine and sine of position * frequency, [positions, rotated / 2] fp32, for every position of the context.
struct RotaryTable {
  at::Tensor cosine, sine;
  std::int64_t rotated = 0;  // numbers of a head that turn
};

// Frequencies theta^(-2i / rotated), scaled as config.json's rope_scaling says: "linear", "llama3" (Llama 3.1), or not at all.
// Throws ModelError naming a scaling this program does not have.
RotaryTable rotaryTable(const ModelCard& card, std::int64_t rotated, const std::string& device);

// x [R, heads * size] -> turned by its rows' positions [R] (int64).
at::Tensor rotate(const at::Tensor& x, const at::Tensor& positions, const RotaryTable& table, std::int64_t heads);

}  // namespace incipit
