// Texts with the prompt's rows among their tokens, laid into a forest one after the other. What all of them begin with is its root.
#pragma once

#include "core/dataset/examples.h"
#include "core/model/attention/forest.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace incipit {

// An example as the model reads it, row by row: a token, or the prompt's row k as -1 - k.
struct ReadRows {
  std::vector<std::int64_t> items;
  std::vector<std::size_t> ofToken;  // where each token stands among them
};
ReadRows readRows(const Example& example, std::int64_t promptRows);

// Where the rows of a forest go: into the forest itself, its tokens, and which rows are the prompt's (TrainingBatch::sequence).
struct PlacedForest {
  Forest& forest;
  std::vector<std::int64_t>& ids;
  std::vector<std::int64_t>& sequence;
};

class PlacedTexts {
 public:
  // `shared`: attention only looks back, so that a common beginning is computed once. Throws PlanError where an example's places are not
  // for a prompt of so many rows.
  PlacedTexts(const std::vector<ReadRows>& texts, bool shared, PlacedForest into);

  void add(std::size_t text);                                  // its rows behind the common ones
  int segment(std::size_t text) const;                         // that ends with its last row; -1: it has no rows
  std::int64_t row(std::size_t text, std::size_t item) const;  // of the forest

 private:
  void append(std::int64_t item);

  const std::vector<ReadRows>& m_texts;
  PlacedForest m_into;
  std::size_t m_common = 0;
  int m_root = -1;
  struct Added {
    int segment = -1;
    std::int64_t begin = 0;
  };
  std::vector<Added> m_added;
};

}  // namespace incipit
