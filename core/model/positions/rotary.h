// Rotary position embedding: the table of angles of a model, and the turning of queries and keys.
#pragma once

#include "core/model/card/card.h"

#include <ATen/core/Tensor.h>
#include <cstdint>

namespace incipit {

// Cosine and sine of position * frequency, [positions, rotated / 2] fp32, for every position of the context.
struct RotaryTable {
  at::Tensor cosine, sine;
  std::int64_t rotated = 0;                                       // numbers of a head that turn
  enum class Pairs { Halves, Neighbours } pairs = Pairs::Halves;  // number j turns with j + rotated/2, or 2j with 2j + 1 (GPT-J)
};

// By the frequencies of rope_scaling.h. Throws ModelError for a size that does not fit a head, or a scaling this program does not have.
RotaryTable rotaryTable(const ModelCard& card, std::int64_t rotated, const std::string& device);

// How many numbers of a head turn: the share that config.json gives (partial_rotary_factor, rotary_pct), or `otherwise`.
std::int64_t rotatedSize(const ModelCard& card, double otherwise);

// x [R, heads * size] -> turned by its rows' positions [R] (int64).
at::Tensor rotate(const at::Tensor& x, const at::Tensor& positions, const RotaryTable& table, std::int64_t heads);

}  // namespace incipit
