// The trained parts of a network that yields a prompt's rows (row_network.h), as plain values.
#pragma once

#include "core/tensor/matrix.h"

#include <string>
#include <vector>

namespace incipit {

struct NetworkPart {
  std::string name;   // as PEFT's PromptEncoder calls it, where it has one
  Matrix values;      // a vector stands as one row
  bool rows = false;  // what enters the network, row by row: it learns at the prompt's rate, the rest at the network's own
};
using NetworkParts = std::vector<NetworkPart>;

}  // namespace incipit
