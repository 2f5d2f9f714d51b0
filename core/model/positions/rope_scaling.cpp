#include "core/model/positions/rope_scaling.h"

#include "core/support/error.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

namespace incipit {
namespace {

constexpr std::int64_t phi3FirstContext = 4096;  // original_max_position_embeddings, where a Phi-3 does not say it

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

// LongRoPE's older words: "su", and in Phi-3 also "yarn".
std::string typeIn(const Json& word, const std::string& family) {
  const auto type = word.get<std::string>();
  return type == "su" || (family == "phi3" && type == "yarn") ? "longrope" : type;
}

// Which of two words counts depends on the version of transformers, so they must not contradict each other.
std::string typeOf(const Json& scaling, const std::string& family, const std::string& otherwise) {
  std::string said;
  for (const char* key : {"rope_type", "type"}) {
    const Json* word = find(scaling, key);
    if (word == nullptr) continue;
    const std::string type = typeIn(*word, family);
    if (!said.empty() && said != type)
      throw ModelError("config.json gives rope_scaling the types '" + said + "' and '" + type + "' at once.", "Mend its config.json.");
    said = type;
  }
  return said.empty() ? otherwise : said;
}

// The length a model was first trained with. transformers prefers the model's own key to the scaling's.
const Json* firstContextOf(const Json& config, const Json& scaling) {
  constexpr const char* key = "original_max_position_embeddings";
  const Json* first = find(config, key);
  if (first == nullptr) first = find(scaling, key);
  if (first != nullptr && (!first->is_number() || first->get<double>() < 1))
    throw ModelError("config.json gives " + std::string(key) + " = " + first->dump() + ", which is not a possible length.",
                     "Mend its config.json.");
  return first;
}

}  // namespace

RopeScaling::RopeScaling(const ModelCard& card)
    : m_model(card.name), m_numbers(std::make_shared<const Json>(Json::object())), m_context(card.contextLength), m_border(card.ropeBorder),
      m_first(static_cast<double>(card.contextLength)) {
  const Json& config = *card.config;
  m_theta = numberOr(config, "rope_theta", numberOr(config, "rotary_emb_base", m_theta));
  for (const char* key : {"rope_parameters", "rope_scaling"}) {  // the latter wins in transformers too
    const Json* scaling = find(config, key);
    if (scaling == nullptr || scaling->empty()) continue;
    if (!scaling->is_object() || scaling->contains("full_attention") || scaling->contains("sliding_attention"))
      throw ModelError("The " + std::string(key) + " of '" + card.name + "' is not one object for all layers, which is not supported.",
                       "Supported: one object with a rope_type.");
    m_theta = numberOr(*scaling, "rope_theta", m_theta);
    m_type = typeOf(*scaling, card.family, m_type);
    m_numbers = std::shared_ptr<const Json>(card.config, scaling);
  }
  if (!(m_theta > 0) || !std::isfinite(m_theta))
    throw ModelError("config.json gives rope_theta = " + std::to_string(m_theta) + ", and it has to be a positive number.",
                     "Mend its config.json.");
  if (const Json* first = firstContextOf(config, *m_numbers)) m_first = first->get<double>();
}

std::int64_t RopeScaling::decidingLength(std::int64_t length) const {
  if (m_border == 0 || length <= m_border) return 0;
  return m_type == "dynamic" ? length : m_border + 1;
}

// High frequencies stay, low ones are divided by `factor`, those between are blended (transformers: _compute_llama3_parameters).
double RopeScaling::llama3(double frequency) const {
  const double factor = factorOf(*m_numbers), low = m_numbers->at("low_freq_factor").get<double>(),
               high = m_numbers->at("high_freq_factor").get<double>();
  const double waveLength = 2 * std::numbers::pi / frequency;
  if (waveLength < m_first / high) return frequency;
  if (waveLength > m_first / low) return frequency / factor;
  const double smooth = (m_first / waveLength - low) / (high - low);
  return (1 - smooth) * frequency / factor + smooth * frequency;
}

// Frequencies that turn more than beta_fast times in the first context stay, those below beta_slow are divided by `factor`, with a ramp
// over the indices between (transformers: _compute_yarn_parameters).
double RopeScaling::yarn(double frequency, std::int64_t i, std::int64_t rotated) const {
  const double factor = factorOf(*m_numbers);
  const auto indexOf = [&](double turns) {
    return static_cast<double>(rotated) * std::log(m_first / (turns * 2 * std::numbers::pi)) / (2 * std::log(m_theta));
  };
  double low = indexOf(numberOr(*m_numbers, "beta_fast", 32)), high = indexOf(numberOr(*m_numbers, "beta_slow", 1));
  if (m_numbers->value("truncate", true)) low = std::floor(low), high = std::ceil(high);
  low = std::max(low, 0.0), high = std::min(high, static_cast<double>(rotated - 1));
  if (low == high) high += 0.001;
  const double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
  return frequency / factor * ramp + frequency * (1 - ramp);
}

// Each frequency has a divisor of its own, one up to the border and one beyond (transformers: _compute_longrope_parameters).
double RopeScaling::longRope(double frequency, std::int64_t i, std::int64_t rotated, bool beyond) const {
  const char* key = beyond ? "long_factor" : "short_factor";
  const Json& divisors = m_numbers->at(key);
  if (static_cast<std::int64_t>(divisors.size()) != rotated / 2)
    throw ModelError("The " + std::string(key) + " of '" + m_model + "' has " + std::to_string(divisors.size()) + " numbers where " +
                         std::to_string(rotated / 2) + " are needed, half the numbers of a head that turn.",
                     "Mend its config.json.");
  return frequency / divisors.at(static_cast<std::size_t>(i)).get<double>();
}

double RopeScaling::scaled(double frequency, std::int64_t i, std::int64_t rotated, std::int64_t decidingLength) const {
  if (m_type == "default" || m_type == "dynamic") return frequency;
  if (m_type == "linear") return frequency / factorOf(*m_numbers);
  if (m_type == "llama3") return llama3(frequency);
  if (m_type == "yarn") return yarn(frequency, i, rotated);
  if (m_type == "longrope") return longRope(frequency, i, rotated, decidingLength > 0);
  throw ModelError("The rope_scaling '" + m_type + "' of '" + m_model + "' is not supported.",
                   "Supported: linear, dynamic, llama3, yarn, longrope, or none.");
}

double RopeScaling::lengthFactor() const {
  if (m_type != "yarn" && m_type != "longrope") return 1;
  if (const Json* given = find(*m_numbers, "attention_factor")) return given->get<double>();
  if (m_type == "yarn") {
    const double factor = factorOf(*m_numbers);
    const auto length = [factor](double share) { return factor <= 1 ? 1 : 0.1 * share * std::log(factor) + 1; };
    const Json *one = find(*m_numbers, "mscale"), *all = find(*m_numbers, "mscale_all_dim");
    return one != nullptr && all != nullptr ? length(one->get<double>()) / length(all->get<double>()) : length(1);
  }
  const auto first = static_cast<double>(m_border);
  const double stretch = numberOr(*m_numbers, "factor", static_cast<double>(m_context) / first);
  return stretch <= 1 ? 1 : std::sqrt(1 + std::log(stretch) / std::log(first));
}

// Dynamic NTK's base for the longest text (transformers: _compute_dynamic_ntk_parameters, in fp32 as there).
float RopeScaling::baseAt(std::int64_t rotated, std::int64_t decidingLength) const {
  const auto theta = static_cast<float>(m_theta);
  if (m_type != "dynamic") return theta;
  const auto factor = static_cast<float>(factorOf(*m_numbers));
  if (decidingLength == 0) return theta;
  const float stretch = factor * static_cast<float>(decidingLength) / static_cast<float>(m_border) - (factor - 1);
  return theta * std::pow(stretch, static_cast<float>(rotated) / static_cast<float>(rotated - 2));
}

RotaryFrequencies RopeScaling::frequencies(std::int64_t rotated, std::int64_t decidingLength) const {
  RotaryFrequencies frequencies;
  try {
    const float base = baseAt(rotated, decidingLength);
    for (std::int64_t i = 0; i < rotated / 2; ++i) {
      // transformers computes frequencies in fp32; so do we, to agree at far positions too.
      const float plain = 1.0f / std::pow(base, static_cast<float>(2 * i) / static_cast<float>(rotated));
      frequencies.values.push_back(static_cast<float>(scaled(static_cast<double>(plain), i, rotated, decidingLength)));
    }
    frequencies.length = static_cast<float>(lengthFactor());
  } catch (const Json::exception&) {
    throw ModelError("The rope_scaling of '" + m_model + "' lacks a number that its type '" + m_type + "' needs.", "Mend its config.json.");
  }
  return frequencies;
}

std::string RopeScaling::sentence() const {
  const std::string border = std::to_string(m_border) + " tokens";
  if (m_type == "default") return {};
  if (m_type == "longrope")
    return "LongRoPE: its short factors where the longest text of a batch, virtual tokens included, has at most " + border +
           ", its long ones for the whole batch otherwise.";
  if (m_type == "dynamic")
    return "dynamic NTK: as trained up to " + border +
           "; beyond, the longest text of a batch, virtual tokens included, decides how far the whole batch is stretched.";
  const Json* factor = find(*m_numbers, "factor");
  return m_type + (factor != nullptr ? ", factor " + factor->dump() : std::string()) + ", whatever the length of the text.";
}

RopeReach ropeReach(const std::string& family, const Json& config, std::int64_t positions) {
  const Json* scaling = find(config, "rope_scaling");
  if (scaling == nullptr || scaling->empty()) scaling = find(config, "rope_parameters");
  if (scaling == nullptr || !scaling->is_object()) return {positions};
  const Json* word = find(*scaling, "rope_type");
  if (word == nullptr) word = find(*scaling, "type");
  if (word == nullptr || !word->is_string()) return {positions};
  const std::string type = typeIn(*word, family);
  if (type == "dynamic") {
    const Json* factor = find(*scaling, "factor");
    const double stretch = factor != nullptr && factor->is_number() ? std::clamp(factor->get<double>(), 1.0, 1e6) : 1;
    return {static_cast<std::int64_t>(static_cast<double>(positions) * stretch), positions};
  }
  if (type != "longrope") return {positions};
  const Json* first = firstContextOf(config, *scaling);
  if (first == nullptr) return {positions, family == "phi3" ? phi3FirstContext : positions};
  return {positions, static_cast<std::int64_t>(first->get<double>())};
}

}  // namespace incipit
