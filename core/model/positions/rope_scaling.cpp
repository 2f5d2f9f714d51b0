#include "core/model/positions/rope_scaling.h"

#include "core/support/error.h"

#include <algorithm>
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
  double context = 0;             // of the model
};

const Json* find(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

double numberOr(const Json& json, const char* key, double otherwise) {
  const Json* found = find(json, key);
  return found == nullptr ? otherwise : found->get<double>();
}

// The factor by which a scaling stretches; anything but a positive one has no meaning.
double factorOf(const Json& numbers) {
  const double factor = numbers.at("factor").get<double>();
  if (factor <= 0)
    throw ModelError("config.json gives rope_scaling a factor of " + numbers.at("factor").dump() + ".", "Mend its config.json.");
  return factor;
}

// Which of two words counts depends on the version of transformers, so they must not contradict each other.
std::string typeOf(const Json& scaling, const std::string& family, const std::string& otherwise) {
  std::string said;
  for (const char* key : {"rope_type", "type"}) {
    const Json* word = find(scaling, key);
    if (word == nullptr) continue;
    const std::string type = meansLongRope(family, word->get<std::string>()) ? "longrope" : word->get<std::string>();
    if (!said.empty() && said != type)
      throw ModelError("config.json gives rope_scaling the types '" + said + "' and '" + type + "' at once.", "Mend its config.json.");
    said = type;
  }
  return said.empty() ? otherwise : said;
}

Rotation rotationOf(const ModelCard& card) {
  Rotation rotation;
  rotation.context = static_cast<double>(card.contextLength);
  const Json& config = *card.config;
  rotation.theta = numberOr(config, "rope_theta", numberOr(config, "rotary_emb_base", rotation.theta));
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    const Json* scaling = find(config, key);
    if (scaling == nullptr) continue;
    if (!scaling->is_object() || scaling->contains("full_attention") || scaling->contains("sliding_attention"))
      throw ModelError("The " + std::string(key) + " of '" + card.name + "' is not one object for all layers, which is not supported.",
                       "Supported: one object with a rope_type.");
    rotation.theta = numberOr(*scaling, "rope_theta", rotation.theta);
    rotation.scaling = typeOf(*scaling, card.family, rotation.scaling);
    rotation.numbers = *scaling;
  }
  return rotation;
}

// High frequencies stay, low ones are divided by `factor`, those between are blended (transformers: _compute_llama3_parameters).
double llama3(double frequency, const Rotation& rotation) {
  const double factor = factorOf(rotation.numbers), low = rotation.numbers.at("low_freq_factor").get<double>(),
               high = rotation.numbers.at("high_freq_factor").get<double>();
  const double original = numberOr(rotation.numbers, "original_max_position_embeddings", rotation.context);
  const double waveLength = 2 * std::numbers::pi / frequency;
  if (waveLength < original / high) return frequency;
  if (waveLength > original / low) return frequency / factor;
  const double smooth = (original / waveLength - low) / (high - low);
  return (1 - smooth) * frequency / factor + smooth * frequency;
}

// Frequencies that turn more than beta_fast times in the first context stay, those below beta_slow are divided by `factor`, with a ramp
// over the indices between (transformers: _compute_yarn_parameters).
double yarn(double frequency, std::int64_t i, std::int64_t rotated, const Rotation& rotation) {
  const double factor = factorOf(rotation.numbers);
  const double original = numberOr(rotation.numbers, "original_max_position_embeddings", rotation.context);
  const auto indexOf = [&](double turns) {
    return static_cast<double>(rotated) * std::log(original / (turns * 2 * std::numbers::pi)) / (2 * std::log(rotation.theta));
  };
  double low = indexOf(numberOr(rotation.numbers, "beta_fast", 32)), high = indexOf(numberOr(rotation.numbers, "beta_slow", 1));
  if (rotation.numbers.value("truncate", true)) low = std::floor(low), high = std::ceil(high);
  low = std::max(low, 0.0), high = std::min(high, static_cast<double>(rotated - 1));
  if (low == high) high += 0.001;
  const double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
  return frequency / factor * ramp + frequency * (1 - ramp);
}

double scaled(double frequency, std::int64_t i, std::int64_t rotated, const Rotation& rotation, const std::string& model) {
  const std::string& type = rotation.scaling;
  if (type == "default" || type == "dynamic") return frequency;
  if (type == "linear") return frequency / factorOf(rotation.numbers);
  if (type == "llama3") return llama3(frequency, rotation);
  if (type == "yarn") return yarn(frequency, i, rotated, rotation);
  if (type == "longrope") return frequency / rotation.numbers.at("short_factor").at(static_cast<std::size_t>(i)).get<double>();
  throw ModelError("The rope_scaling '" + type + "' of '" + model + "' is not supported.",
                   "Supported: linear, dynamic, llama3, yarn, longrope, or none.");
}

double lengthOf(const Rotation& rotation, const Json& config) {
  const Json& numbers = rotation.numbers;
  if (rotation.scaling != "yarn" && rotation.scaling != "longrope") return 1;
  if (const Json* given = find(numbers, "attention_factor")) return given->get<double>();
  if (rotation.scaling == "yarn") {
    const double factor = factorOf(numbers);
    const auto length = [factor](double share) { return factor <= 1 ? 1 : 0.1 * share * std::log(factor) + 1; };
    const Json *one = find(numbers, "mscale"), *all = find(numbers, "mscale_all_dim");
    return one != nullptr && all != nullptr ? length(one->get<double>()) / length(all->get<double>()) : length(1);
  }
  // The card gives a LongRoPE model the context it was first trained with.
  const double ratio = numberOr(config, "max_position_embeddings", rotation.context) / rotation.context;
  const double stretch = find(config, "original_max_position_embeddings") != nullptr ? ratio : numberOr(numbers, "factor", ratio);
  return stretch <= 1 ? 1 : std::sqrt(1 + std::log(stretch) / std::log(rotation.context));
}

}  // namespace

bool meansLongRope(const std::string& family, const std::string& type) {
  return type == "longrope" || type == "su" || (family == "phi3" && type == "yarn");
}

RotaryFrequencies rotaryFrequencies(const ModelCard& card, std::int64_t rotated) {
  const Rotation rotation = rotationOf(card);
  RotaryFrequencies frequencies;
  try {
    for (std::int64_t i = 0; i < rotated / 2; ++i) {
      // transformers computes frequencies in fp32; so do we, to agree at far positions too.
      const float plain = 1.0f / std::pow(static_cast<float>(rotation.theta), static_cast<float>(2 * i) / static_cast<float>(rotated));
      frequencies.values.push_back(static_cast<float>(scaled(static_cast<double>(plain), i, rotated, rotation, card.name)));
    }
    frequencies.length = static_cast<float>(lengthOf(rotation, *card.config));
  } catch (const Json::exception&) {
    throw ModelError("The rope_scaling of '" + card.name + "' lacks a number that its type '" + rotation.scaling + "' needs.",
                     "Mend its config.json.");
  }
  return frequencies;
}

}  // namespace incipit
