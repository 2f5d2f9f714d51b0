// The coach's advice in the terminal's words: of a run folder (coach), and at the end of a training.
#pragma once

#include "core/coach/coach.h"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace incipit::cli {

std::vector<Advice> adviceOn(const std::filesystem::path& run);
Json toJson(const Advice& advice);
std::string inWords(const Advice& advice);  // with the flags that try it

}  // namespace incipit::cli
