// Who attends to whom: the attention of every row to every row, by block and head, over a text with the prompt in it, and how loud the
// prompt is in it. Attention shows what is read, not what is done with it (Jain & Wallace 2019): a row that is looked at may change
// nothing.
#pragma once

#include "core/inspection/read_text.h"
#include "core/support/watch.h"

#include <cstdint>
#include <vector>

namespace incipit {

struct BlockAttention {
  std::int64_t block = 0;
  std::int64_t heads = 0, queries = 0, keys = 0;
  std::vector<float> weights;  // [heads, queries, keys], after softmax; every row sums to 1

  float at(std::int64_t head, std::int64_t query, std::int64_t key) const {
    return weights[static_cast<std::size_t>((head * queries + query) * keys + key)];
  }
};

struct AttentionMaps {
  std::vector<std::int64_t> rows;      // what each row of the text is: rowsRead()
  std::vector<BlockAttention> text;    // [n, P + N, P + N], a block each; of an encoder-decoder model the encoder's
  std::vector<BlockAttention> answer;  // encoder-decoder: of the answer's tokens to each other
  std::vector<BlockAttention> across;  //   and to the text [n, answer, P + N]
};

// Computed plainly from the queries and keys of an ordinary pass, with the model's own masks, windows, biases and caps: key/value heads are
// repeated, so n is the number of query heads. Throws DataError for a text whose maps would fill more than 2 GB,
// GivenUp between two blocks at a stop request of `watch`.
AttentionMaps attentionMaps(const FrozenModel& model, const SoftPrompt& prompt, const ReadText& text, const Watch& watch = {});

// How loud the prompt is in one block.
struct BlockLoudness {
  std::int64_t block = 0;
  std::vector<double> byHead;  // share of the attention of the text's rows that goes to virtual tokens, their mean
  std::vector<double> byRow;   // of it to each virtual token, mean over heads [P]
  double mean = 0;             // over heads
  double even = 0;             // what it would be if every row attended evenly to all it sees
};
std::vector<BlockLoudness> loudness(const AttentionMaps& maps);

// The row that takes most of what the text's rows attend to, over all blocks and heads.
struct AttentionSink {
  std::int64_t row = -1;  // place among AttentionMaps::rows; -1: there is no text
  double share = 0;
};
AttentionSink sinkOf(const AttentionMaps& maps);

}  // namespace incipit
