// The frequencies of rotary positions as config.json wants them: its base, and how it stretches them for long contexts.
#pragma once

#include "core/model/card/card.h"

#include <cstdint>
#include <string>
#include <vector>

namespace incipit {

struct RotaryFrequencies {
  std::vector<float> values;  // [rotated / 2] angle of one position, in radians
  float length = 1;           // factor of cosines and sines, with which long-context variants make up for the stretching
};

// theta^(-2i / rotated), scaled by rope_scaling: "linear", "llama3" (Llama 3.1), "yarn" (Peng et al. 2023), "longrope" (Phi-3), or not at
// all; "dynamic" changes nothing inside the context, which no pass of this program leaves.
// Throws ModelError naming a scaling this program does not have, or a number that is missing.
RotaryFrequencies rotaryFrequencies(const ModelCard& card, std::int64_t rotated);

// Whether a rope_type is "longrope" or an older word for it: "su", and in Phi-3 also "yarn".
bool meansLongRope(const std::string& family, const std::string& type);

}  // namespace incipit
