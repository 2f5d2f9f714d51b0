// Checks of flags whose failure is a sentence: CLI11's own name the largest number there is.
#pragma once

#include <CLI/CLI.hpp>

namespace incipit::cli {

// A number of at least `least`.
CLI::Validator atLeast(int least);

}  // namespace incipit::cli
