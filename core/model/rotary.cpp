#include "core/model/rotary.h"

#include "core/support/error.h"

#include <ATen/ops/empty.h>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

namespace incipit {
namespace {

// Llama 3.1's scaling: high frequencies stay, low ones are divided by `factor`, those between are blended
// (transformers: _compute_llama3_parameters).
double llama3(double frequency, const Json& scaling, const ModelCard& card) {
  const double factor = scaling.at("factor").get<double>(), low = scaling.at("low_freq_factor").get<double>(),
               high = scaling.at("high_freq_factor").get<double>();
  const double original = scaling.value("original_max_position_embeddings", static_cast<double>(card.contextLength));
  const double waveLength = 2 * std::numbers::pi / frequency;
  if (waveLength < original / high) return frequency;
  if (waveLength > original / low) return frequency / factor;
  const double smooth = (original / waveLength - low) / (high - low);
  return (1 - smooth) * frequency / factor + smooth * frequency;
}

double scaledFrequency(double frequency, const ModelCard& card) {
  const auto found = card.config->find("rope_scaling");
  if (found == card.config->end() || found->is_null()) return frequency;
  const Json& scaling = *found;
  const std::string type = scaling.contains("rope_type") ? scaling.value("rope_type", "") : scaling.value("type", "");
  try {
    if (type == "default") return frequency;
    if (type == "linear") return frequency / scaling.at("factor").get<double>();
    if (type == "llama3") return llama3(frequency, scaling, card);
  } catch (const Json::exception&) {
    throw ModelError("The rope_scaling of '" + card.name + "' lacks a number that its type '" + type + "' needs.", "Mend its config.json.");
  }
  throw ModelError("The rope_scaling '" + type + "' of '" + card.name + "' is not supported.", "Supported: linear, llama3, or none.");
}

}  // namespace

RotaryTable rotaryTable(const ModelCard& card, std::int64_t rotated, const std::string& device) {
  const double theta = card.config->value("rope_theta", 10000.0);
  const std::int64_t half = rotated / 2;
  RotaryTable table{at::empty({card.contextLength, half}), at::empty({card.contextLength, half}), rotated};
  float* cosine = table.cosine.data_ptr<float>();
  float* sine = table.sine.data_ptr<float>();
  for (std::int64_t i = 0; i < half; ++i) {
    // transformers computes the frequencies and angles in fp32; so do we, to agree at far positions too.
    const auto frequency = static_cast<float>(scaledFrequency(
        static_cast<double>(1.0f / std::pow(static_cast<float>(theta), static_cast<float>(2 * i) / static_cast<float>(rotated))), card));
    for (std::int64_t position = 0; position < card.contextLength; ++position) {
      const float angle = static_cast<float>(position) * frequency;
      cosine[position * half + i] = std::cos(angle);
      sine[position * half + i] = std::sin(angle);
    }
  }
  table.cosine = table.cosine.to(at::Device(device));
  table.sine = table.sine.to(at::Device(device));
  return table;
}

}  // namespace incipit
