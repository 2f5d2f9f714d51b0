// The frequencies of rotary positions as config.json wants them: its base, and how it stretches them for long contexts.
//
// Two ways of stretching depend on how long the texts are. LongRoPE (Ding et al. 2024; Phi-3) has one list of factors up to the length that
// the model was first trained with and another beyond it; dynamic NTK leaves everything as trained up to there and then enlarges the base
// with every token. As in transformers, the longest text of a batch decides for the whole batch, virtual tokens included; unlike there,
// nothing is remembered from one batch to the next.
#pragma once

#include "core/model/card/card.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace incipit {

struct RotaryFrequencies {
  std::vector<float> values;  // [rotated / 2] angle of one position, in radians
  float length = 1;           // factor of cosines and sines, with which long-context variants make up for the stretching
};

class RopeScaling {
 public:
  // Reads rope_scaling (transformers 4) or rope_parameters (5): "linear", "llama3" (Llama 3.1), "yarn" (Peng et al. 2023), "dynamic",
  // "longrope", or none. Throws ModelError for what contradicts itself or differs from layer to layer.
  explicit RopeScaling(const ModelCard& card);

  // All that a batch's frequencies depend on, given its longest text: 0 up to the border and where there is none; beyond it one and the
  // same number for LongRoPE, the length itself for dynamic NTK.
  std::int64_t decidingLength(std::int64_t length) const;
  // theta^(-2i / rotated), scaled for a deciding length. Throws ModelError naming a scaling this program does not have, or a number that
  // is missing.
  RotaryFrequencies frequencies(std::int64_t rotated, std::int64_t decidingLength) const;
  // One sentence for people; empty when nothing is scaled.
  std::string sentence() const;

 private:
  double scaled(double frequency, std::int64_t i, std::int64_t rotated, std::int64_t decidingLength) const;
  double llama3(double frequency) const;
  double yarn(double frequency, std::int64_t i, std::int64_t rotated) const;
  double longRope(double frequency, std::int64_t i, std::int64_t rotated, bool beyond) const;
  double lengthFactor() const;
  float baseAt(std::int64_t rotated, std::int64_t decidingLength) const;

  std::string m_model;
  double m_theta = 10000;
  std::string m_type = "default";
  std::shared_ptr<const Json> m_numbers;  // what the scaling needs; never null
  std::int64_t m_context, m_border;       // ModelCard::contextLength, ropeBorder
  double m_first;                         // original_max_position_embeddings
};

// How long texts may be whose model has `positions` (max_position_embeddings) and this config.json, and where its frequencies change.
struct RopeReach {
  std::int64_t context;     // dynamic NTK: `factor` times the positions; else the positions
  std::int64_t border = 0;  // last length with frequencies as first trained; 0: all lengths have the same
};
RopeReach ropeReach(const std::string& family, const Json& config, std::int64_t positions);

}  // namespace incipit
