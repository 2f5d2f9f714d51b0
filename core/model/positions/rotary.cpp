#include "core/model/positions/rotary.h"

#include "core/model/positions/rope_scaling.h"
#include "core/support/error.h"

#include <ATen/ops/empty.h>
#include <cmath>
#include <nlohmann/json.hpp>

namespace incipit {

RotaryTable rotaryTable(const ModelCard& card, std::int64_t rotated, const std::string& device) {
  if (rotated <= 0 || rotated % 2 != 0 || rotated > card.headSize)
    throw ModelError("'" + card.name + "' would rotate " + std::to_string(rotated) + " of the " + std::to_string(card.headSize) +
                         " numbers of a head, which is not possible.",
                     "Mend its config.json.");
  const RotaryFrequencies frequencies = rotaryFrequencies(card, rotated);
  const std::int64_t half = rotated / 2;
  const bool outline = at::Device(device).is_meta();  // names and shapes are enough: no table of a long context need be computed
  const auto options = at::TensorOptions(at::kFloat).device(outline ? at::kMeta : at::kCPU);
  RotaryTable table{at::empty({card.contextLength, half}, options), at::empty({card.contextLength, half}, options), rotated};
  if (outline) return table;
  float* cosine = table.cosine.data_ptr<float>();
  float* sine = table.sine.data_ptr<float>();
  for (std::int64_t position = 0; position < card.contextLength; ++position)
    for (std::int64_t i = 0; i < half; ++i) {
      const float angle = static_cast<float>(position) * frequencies.values[static_cast<std::size_t>(i)];
      *cosine++ = std::cos(angle) * frequencies.length;
      *sine++ = std::sin(angle) * frequencies.length;
    }
  table.cosine = table.cosine.to(at::Device(device));
  table.sine = table.sine.to(at::Device(device));
  return table;
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
