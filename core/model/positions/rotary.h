// Rotary position embedding: the angles of a model, and the turning of queries and keys.
#pragma once

#include "core/model/attention/forest.h"
#include "core/model/positions/rope_scaling.h"

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <mutex>
#include <string>

namespace incipit {

// Cosine and sine of position * frequency, [positions, rotated / 2] fp32.
struct RotaryTable {
  at::Tensor cosine, sine;
  std::int64_t rotated = 0;                                       // numbers of a head that turn
  enum class Pairs { Halves, Neighbours } pairs = Pairs::Halves;  // number j turns with j + rotated/2, or 2j with 2j + 1 (GPT-J)
};

// What the rows of one pass turn by: a table, and for each of them the row of the table.
struct Turning {
  RotaryTable table;
  at::Tensor rows;  // [R] int64
};

// A model's angles. A table is made when a pass first asks for its positions and grows with the longest text so far, so a context of
// 131072 positions costs nothing until it is filled.
//
// Where the length of the texts decides over the frequencies (rope_scaling.h), every batch of the forest goes by its own longest text: runs
// of a sweep that go through the model together keep the numbers they have alone. Batches that differ get tables one behind the other, and
// their rows point into their own.
class Rotary {
 public:
  // Throws ModelError for a size that does not fit a head, or a scaling this program does not have.
  Rotary(const ModelCard& card, std::int64_t rotated, std::string device, RotaryTable::Pairs pairs = RotaryTable::Pairs::Halves);

  // For the rows from `firstRow` on, whose positions [R] (int64) are given as they lie on the device.
  Turning turning(const Forest& forest, std::int64_t firstRow, const at::Tensor& positions) const;
  // Whether texts of two lengths turn by the same angles, so that keys of the one serve the other.
  bool sameAngles(std::int64_t length, std::int64_t other) const;

 private:
  RotaryTable made(std::int64_t decidingLength, std::int64_t positions) const;
  RotaryTable table(std::int64_t decidingLength, std::int64_t positions) const;

  RopeScaling m_scaling;
  std::int64_t m_rotated;
  std::string m_device;
  RotaryTable::Pairs m_pairs;
  bool m_endless;  // a frequency for every length beyond the border: those tables are not kept
  mutable std::mutex m_mutex;
  mutable RotaryTable m_usual, m_beyond;  // up to the border, and LongRoPE's beyond it
};

// How many numbers of a head turn: the share that config.json gives (partial_rotary_factor, rotary_pct), or `otherwise`.
std::int64_t rotatedSize(const ModelCard& card, double otherwise);

// x [R, heads * size] -> turned by its rows' angles.
at::Tensor rotate(const at::Tensor& x, const Turning& turning, std::int64_t heads);

}  // namespace incipit
