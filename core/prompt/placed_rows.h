// The prompt's rows and a text's among each other, as places.h says: what a model reads where the prompt does not stand in front.
#pragma once

#include <cstdint>
#include <vector>

namespace at {
class Tensor;
}

namespace incipit {

// `prompt` [P, H], `words` [N, H] -> [R, H] in the words' precision: row r is the prompt's row -1 - sequence[r] where that is negative,
// else the next of the words. A prompt's row may stand there several times; its gradients add up in the prompt's own precision.
at::Tensor inPlaces(const at::Tensor& prompt, const at::Tensor& words, const std::vector<std::int64_t>& sequence);

}  // namespace incipit
