// From which row a head reads the state of a text.
#pragma once

#include "core/model/attention/forest.h"
#include "core/model/card/card.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace incipit {

// Only an encoder (BERT) has the choice; a decoder reads the last token, the one row that has seen all of the text.
enum class Pooling {
  First,  // position 0, as PEFT: with a prompt in front that is the first virtual token
  Text,   // the text's own first token, [CLS], behind the prompt
};

std::string_view nameOf(Pooling pooling);    // "first", "text"
Pooling poolingFrom(std::string_view name);  // throws PlanError listing the names

// The row that a head reads. `text`: the segment that holds the text, of an encoder with the prompt's rows before it.
std::int64_t pooledRow(const ModelCard& card, Pooling pooling, const Segment& text, std::int64_t promptRows);

}  // namespace incipit
