// How far the reading of data is: a share on standard error where it takes long and somebody looks, nothing elsewhere.
#pragma once

#include "core/support/watch.h"

#include <string>

namespace incipit::cli {

// "Reading the data: 45 %". The line is gone again when the watch and its copies are.
Watch tellReading(const std::string& what);

}  // namespace incipit::cli
