#include "core/model/positions/rotary.h"

#include "core/model/to_device.h"
#include "core/support/error.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace incipit {

Rotary::Rotary(const ModelCard& card, std::int64_t rotated, std::string device, RotaryTable::Pairs pairs)
    : m_scaling(card), m_rotated(rotated), m_device(std::move(device)), m_pairs(pairs) {
  if (rotated <= 0 || rotated % 2 != 0 || rotated > card.headSize)
    throw ModelError("'" + card.name + "' would rotate " + std::to_string(rotated) + " of the " + std::to_string(card.headSize) +
                         " numbers of a head, which is not possible.",
                     "Mend its config.json.");
  const std::int64_t beyond = m_scaling.decidingLength(card.contextLength);
  for (const std::int64_t length : {std::int64_t{0}, beyond})
    m_scaling.frequencies(rotated, length);  // what is missing is said now, not in the first long batch
  m_endless = beyond != m_scaling.decidingLength(card.contextLength + 1);
}

RotaryTable Rotary::made(std::int64_t decidingLength, std::int64_t positions) const {
  const RotaryFrequencies frequencies = m_scaling.frequencies(m_rotated, decidingLength);
  RotaryTable table{at::empty({positions, m_rotated / 2}, at::kFloat), at::empty({positions, m_rotated / 2}, at::kFloat), m_rotated,
                    m_pairs};
  float* cosine = table.cosine.data_ptr<float>();
  float* sine = table.sine.data_ptr<float>();
  for (std::int64_t position = 0; position < positions; ++position)
    for (const float frequency : frequencies.values) {
      const float angle = static_cast<float>(position) * frequency;
      *cosine++ = std::cos(angle) * frequencies.length;
      *sine++ = std::sin(angle) * frequencies.length;
    }
  table.cosine = toDevice(table.cosine, at::Device(m_device));
  table.sine = toDevice(table.sine, at::Device(m_device));
  return table;
}

RotaryTable Rotary::table(std::int64_t decidingLength, std::int64_t positions) const {
  constexpr std::uint64_t fewest = 256;
  if (decidingLength > 0 && m_endless) return made(decidingLength, positions);
  const std::lock_guard lock(m_mutex);
  RotaryTable& kept = decidingLength == 0 ? m_usual : m_beyond;
  if (!kept.cosine.defined() || kept.cosine.size(0) < positions)
    kept = made(decidingLength, static_cast<std::int64_t>(std::bit_ceil(std::max(fewest, static_cast<std::uint64_t>(positions)))));
  return kept;
}

Turning Rotary::turning(const Forest& forest, std::int64_t firstRow, const at::Tensor& positions) const {
  const std::vector<TextBatch> batches = forest.batches();
  std::map<std::int64_t, std::int64_t> deepest;  // of the batches of each deciding length
  for (const TextBatch& batch : batches) {
    std::int64_t& depth = deepest[m_scaling.decidingLength(batch.length)];
    depth = std::max(depth, batch.depth);
  }
  if (deepest.size() == 1) return {table(deepest.begin()->first, deepest.begin()->second), positions};

  std::map<std::int64_t, std::int64_t> offsets;
  std::vector<at::Tensor> cosines, sines;
  std::int64_t rows = 0;
  for (const auto& [length, depth] : deepest) {
    const RotaryTable part = table(length, depth);
    cosines.push_back(part.cosine.narrow(0, 0, depth));
    sines.push_back(part.sine.narrow(0, 0, depth));
    offsets[length] = std::exchange(rows, rows + depth);
  }
  std::vector<std::int64_t> shifts(static_cast<std::size_t>(forest.rows() - firstRow));
  for (const TextBatch& batch : batches) {
    const auto at = [&](std::int64_t row) { return shifts.begin() + std::max<std::int64_t>(0, row - firstRow); };
    std::fill(at(batch.rows.begin), at(batch.rows.begin + batch.rows.length), offsets[m_scaling.decidingLength(batch.length)]);
  }
  return {{at::cat(cosines), at::cat(sines), m_rotated, m_pairs}, positions + toDevice(at::tensor(shifts, at::kLong), positions.device())};
}

bool Rotary::sameAngles(std::int64_t length, std::int64_t other) const {
  return m_scaling.decidingLength(length) == m_scaling.decidingLength(other);
}

std::int64_t rotatedSize(const ModelCard& card, double otherwise) {
  double share = otherwise;
  const auto take = [&](const Json& json) {
    for (const char* key : {"rotary_pct", "partial_rotary_factor"})
      if (const auto found = json.find(key); found != json.end() && !found->is_null()) share = found->get<double>();
  };
  take(*card.config);
  if (const auto found = card.config->find("rope_parameters"); found != card.config->end() && found->is_object()) take(*found);
  return static_cast<std::int64_t>(static_cast<double>(card.headSize) * share);
}

}  // namespace incipit
