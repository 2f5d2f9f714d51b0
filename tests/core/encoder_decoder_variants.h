// The fixtures of encoder-decoder models (tests/fixtures/README.md says what each holds).
#pragma once

#include <string>
#include <vector>

namespace incipit::test {

inline const std::vector<std::string> encoderDecoderVariants{"t5", "t5_v1_1", "mt5"};

}  // namespace incipit::test
