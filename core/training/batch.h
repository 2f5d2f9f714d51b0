// A batch of examples as one forest: the prompt is the root, computed once; no padding row exists. For an encoder-decoder model there are
// two: texts for the encoder, each behind its own copy of the prompt, and answers for the decoder.
#pragma once

#include "core/dataset/examples.h"
#include "core/model/attention/forest.h"
#include "core/model/card/card.h"
#include "core/prompt/pooling.h"

#include <cstdint>
#include <vector>

namespace incipit {

struct TrainingBatch {
  // Root: P prompt rows (left out when P is 0), then one segment an example. Encoder-decoder: one root an example, the decoder's start
  // token and the target, whose source is the example's text.
  Forest forest;
  std::vector<std::int64_t> ids;      // tokens of the rows behind the prompt's
  Forest texts;                       // encoder-decoder: one root an example, P prompt rows and the text
  std::vector<std::int64_t> textIds;  // the tokens among them
  // Where the prompt stands among the text (Example::places): of each row of the forest that holds the prompt (an encoder-decoder's texts)
  // the prompt's row k as -1 - k, a token as 0 or more. Empty: P rows at its root, or in front of each text.
  std::vector<std::int64_t> sequence;
  std::vector<std::int64_t> scored;   // rows whose next token is scored (a head: that it reads), ascending
  std::vector<std::int64_t> targets;  // that next token, one a scored row (a head: the class, one a text)
  std::vector<std::int64_t> pooled;   // a head that reads several rows of a text: how many, one a target; empty: one each
  std::vector<std::size_t> owners;    // whose it is: position in `indices`, one a target; of a ClassBatch none
};

// The row in front of a scored token predicts it; the first token of an example is predicted by the prompt's last row
// (and, without a prompt, by nothing: it is not scored then).
// Of a model that classifies the scored rows are those its head reads, one target a text; an encoder (BERT) has a root an example, the
// prompt's copy and the text. A prompt that does not stand in front of all is copied into each example, but for what all of them begin with
// (words or rows of the prompt), which is their common root.
TrainingBatch makeBatch(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows, const ModelCard& card,
                        Pooling pooling = Pooling::First);

// A question with all its possible labels behind it, for each example: prompt -> question -> label 0 | label 1 | ...
// Encoder-decoder: the question is the text, and the labels hang below the start token that attends across to it.
struct ClassBatch {
  TrainingBatch rows;  // scored rows in the order of the choices
  struct Choice {
    std::size_t example;  // position in `indices`
    int classIndex;
    std::vector<std::size_t> places;  // of the label's tokens in `scored` and `targets`
  };
  std::vector<Choice> choices;
};
ClassBatch makeClassBatch(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows,
                          const ModelCard& card);

}  // namespace incipit
