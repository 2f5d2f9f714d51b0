// What a head reads of a text: which rows of its states, and how they become the one that is judged.
#pragma once

#include "core/model/attention/forest.h"
#include "core/model/card/card.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace at {
class Tensor;
}

namespace incipit {

class FrozenModel;

// Only an encoder (BERT) has the choice; a decoder reads the last token, the one row that has seen all of the text.
enum class Pooling {
  First,  // position 0, as PEFT: with a prompt in front that is the first virtual token
  Text,   // the text's own first token, [CLS], behind the prompt
  Mean,   // the mean of the text's own rows, the prompt's left out, without the model's pooler, as sentence-transformers takes it
  Auto,   // of plans: Mean where the model folder says so (ModelCard::meanPooling), else First
};

std::string_view nameOf(Pooling pooling);    // "first", "text", "mean", "auto"
Pooling poolingFrom(std::string_view name);  // throws PlanError listing the names
Pooling settled(Pooling pooling, const ModelCard& card);

// The rows that a head reads. `text`: the segment that holds the text, of an encoder with the prompt's rows before it.
struct PooledRows {
  std::int64_t first, count;
};
PooledRows pooledRows(const ModelCard& card, Pooling pooling, const Segment& text, std::int64_t promptRows);

// Their states [S, H] -> one a text [B, H], in fp32 where they are averaged. `counts`: rows of each text; empty: one each. Differentiable.
at::Tensor pooledStates(const FrozenModel& model, Pooling pooling, const at::Tensor& states, const std::vector<std::int64_t>& counts);

}  // namespace incipit
