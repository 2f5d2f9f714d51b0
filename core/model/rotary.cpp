#include "core/model/rotary.h"

#include "core/support/error.h"

#include <ATen/ops/empty.h>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

namespace incipit {
namespace {

// What config.json says about rotation. Until transformers 4 in keys of their own, since 5 in one object.
struct Rotation {
  double theta = 10000;
  std::string scaling = "default";
  Json numbers = Json::object();  // what the scaling needs
};

const Json* find(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

Rotation rotationOf(const ModelCard& card) {
  Rotation rotation;
  const Json& config = *card.config;
  for (const char* key : {"rope_theta", "rotary_emb_base"})
    if (const Json* theta = find(config, key)) rotation.theta = theta->get<double>();
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    const Json* scaling = find(config, key);
    if (scaling == nullptr) continue;
    if (!scaling->is_object() || scaling->contains("full_attention") || scaling->contains("sliding_attention"))
      throw ModelError("The " + std::string(key) + " of '" + card.name + "' is not one object for all layers, which is not supported.",
                       "Supported: one object with a rope_type.");
    if (const Json* theta = find(*scaling, "rope_theta")) rotation.theta = theta->get<double>();
    const Json* type = find(*scaling, "rope_type");
    if (type == nullptr) type = find(*scaling, "type");
    if (type != nullptr) rotation.scaling = type->get<std::string>();
    rotation.numbers = *scaling;
  }
  return rotation;
}

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

double scaledFrequency(double frequency, std::int64_t i, const Rotation& rotation, const ModelCard& card) {
  const std::string& type = rotation.scaling;
  try {
    if (type == "default" || type == "dynamic") return frequency;
    if (type == "linear") return frequency / rotation.numbers.at("factor").get<double>();
    if (type == "llama3") return llama3(frequency, rotation.numbers, card);
    if (type == "longrope" || type == "su")
      return frequency / rotation.numbers.at("short_factor").at(static_cast<std::size_t>(i)).get<double>();
  } catch (const Json::exception&) {
    throw ModelError("The rope_scaling of '" + card.name + "' lacks a number that its type '" + type + "' needs.", "Mend its config.json.");
  }
  throw ModelError("The rope_scaling '" + type + "' of '" + card.name + "' is not supported.",
                   "Supported: linear, dynamic, llama3, longrope, or none.");
}

// Phi-3's long variants make up for the stretched frequencies by larger cosines and sines (Ding et al. 2024, LongRoPE).
double lengthOf(const Rotation& rotation, const ModelCard& card) {
  if (rotation.scaling != "longrope" && rotation.scaling != "su") return 1;
  if (const Json* given = find(rotation.numbers, "attention_factor")) return given->get<double>();
  const auto original = static_cast<double>(card.contextLength);  // the card gives the context it was first trained with
  const double whole = card.config->value("max_position_embeddings", original);
  const Json* factor = find(rotation.numbers, "factor");
  const double stretch =
      card.config->contains("original_max_position_embeddings") || factor == nullptr ? whole / original : factor->get<double>();
  return stretch <= 1 ? 1 : std::sqrt(1 + std::log(stretch) / std::log(original));
}

}  // namespace

RotaryTable rotaryTable(const ModelCard& card, std::int64_t rotated, const std::string& device) {
  if (rotated <= 0 || rotated % 2 != 0 || rotated > card.headSize)
    throw ModelError("'" + card.name + "' would rotate " + std::to_string(rotated) + " of the " + std::to_string(card.headSize) +
                         " numbers of a head, which is not possible.",
                     "Mend its config.json.");
  const Rotation rotation = rotationOf(card);
  const std::int64_t half = rotated / 2;
  for (std::int64_t i = 0; i < half; ++i)
    scaledFrequency(1, i, rotation, card);  // refuses what it does not know, also where no table is wanted
  if (at::Device(device).is_meta())
    return {at::empty({card.contextLength, half}, at::kMeta), at::empty({card.contextLength, half}, at::kMeta), rotated};
  const auto length = static_cast<float>(lengthOf(rotation, card));
  RotaryTable table{at::empty({card.contextLength, half}), at::empty({card.contextLength, half}), rotated};
  float* cosine = table.cosine.data_ptr<float>();
  float* sine = table.sine.data_ptr<float>();
  for (std::int64_t i = 0; i < half; ++i) {
    // transformers computes the frequencies and angles in fp32; so do we, to agree at far positions too.
    const float plain = 1.0f / std::pow(static_cast<float>(rotation.theta), static_cast<float>(2 * i) / static_cast<float>(rotated));
    const auto frequency = static_cast<float>(scaledFrequency(static_cast<double>(plain), i, rotation, card));
    for (std::int64_t position = 0; position < card.contextLength; ++position) {
      const float angle = static_cast<float>(position) * frequency;
      cosine[position * half + i] = std::cos(angle) * length;
      sine[position * half + i] = std::sin(angle) * length;
    }
  }
  table.cosine = table.cosine.to(at::Device(device));
  table.sine = table.sine.to(at::Device(device));
  return table;
}

std::int64_t rotatedSize(const ModelCard& card, double otherwise) {
  double share = otherwise;
  const Json* parameters = find(*card.config, "rope_parameters");
  for (const char* key : {"rotary_pct", "partial_rotary_factor"})
    for (const Json* json : {card.config.get(), parameters})
      if (const Json* given = json != nullptr ? find(*json, key) : nullptr) share = given->get<double>();
  return static_cast<std::int64_t>(static_cast<double>(card.headSize) * share);
}

}  // namespace incipit
