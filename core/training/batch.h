// A batch of examples as one forest: the prompt is the root, computed once; no padding row exists.
#pragma once

#include "core/dataset/examples.h"
#include "core/model/forest.h"

#include <cstdint>
#include <vector>

namespace incipit {

struct TrainingBatch {
  Forest forest;                      // root: P prompt rows (left away when P is 0), then one segment an example
  std::vector<std::int64_t> ids;      // tokens of the rows behind the prompt's
  std::vector<std::int64_t> scored;   // rows whose next token is scored, ascending
  std::vector<std::int64_t> targets;  // that next token, one a scored row
};

// The row in front of a scored token predicts it; the first token of an example is predicted by the prompt's last row
// (and, without a prompt, by nothing: it is not scored then).
TrainingBatch makeBatch(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows);

// A question with all its possible labels behind it, for each example: prompt -> question -> label 0 | label 1 | ...
struct ClassBatch {
  Forest forest;
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> scored, targets;
  struct Choice {
    std::size_t example;  // position in `indices`
    int classIndex;
    std::vector<std::size_t> places;  // of the label's tokens in `scored` and `targets`
  };
  std::vector<Choice> choices;
};
ClassBatch makeClassBatch(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows);

}  // namespace incipit
