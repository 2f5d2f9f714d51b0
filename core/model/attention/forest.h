// A batch is a forest of segments: a segment is a run of rows with a parent; it attends to its ancestors and, causally, to itself,
// and its positions continue where its parent's end. The rows of all segments stand in one flat [R, H] matrix.
//
//   train     prompt -> example, example, example ...        the prompt's rows are computed once a step, not once an example
//   classes   prompt -> question -> "yes" | "no" | "maybe"   the question is computed once for all labels
//   sweep     prompt A -> its examples    prompt B -> its examples
//   generate  prompt -> text, growing by a row a token        ancestors' keys and values are the cache
//
// An encoder attends both ways, so nothing of it is shared: there a segment is a root, one whole text behind its own copy of the prompt,
// and the decoder's segments, in a forest of their own, name the one they attend across to.
#pragma once

#include <cstdint>
#include <vector>

namespace incipit {

// Rows [begin, begin + length) of a forest.
struct RowRange {
  std::int64_t begin;
  std::int64_t length;
};
using RowRanges = std::vector<RowRange>;

struct Segment {
  int parent;             // index of the parent segment, -1 for a root
  std::int64_t begin;     // first row
  std::int64_t length;    // rows
  std::int64_t position;  // position of the first row: the rows of all its ancestors
  int source = -1;        // of a decoder's segment: the segment of the encoder's forest that it attends across to
};

// The trees that are one batch of texts. What a framework that pads would see of it decides how some models turn rotary positions.
struct TextBatch {
  RowRange rows;
  std::int64_t depth;   // of its deepest row
  std::int64_t length;  // of its longest text with the prompt: the depth, or more where rows were left out that nobody needs
};

// A forest is one batch until another is appended, which stays a batch of its own.
class Forest {
 public:
  // Appends a segment of `length` rows behind the rows there are; returns its index. A segment with a parent has the parent's source.
  int add(int parent, std::int64_t length, int source = -1);
  // Appends all trees of another forest behind the rows there are; their sources stand `sources` segments further on.
  void append(const Forest& other, int sources = 0);
  // Makes the last segment longer: the step of a generation.
  void extendLast(std::int64_t rows);
  // Says that the longest text of the last batch has `length` tokens, prompt included, even if its rows end earlier.
  void padTo(std::int64_t length);

  const std::vector<Segment>& segments() const { return m_segments; }
  std::int64_t rows() const { return m_rows; }
  // Positions of rows [firstRow, rows()), as the position embedding or rotation sees them.
  std::vector<std::int64_t> positions(std::int64_t firstRow = 0) const;
  // Length of the longest path from a root to a leaf: what must fit the model's context.
  std::int64_t depth() const;
  std::vector<TextBatch> batches() const;

 private:
  struct Start {
    std::size_t segment;  // first of the batch
    std::int64_t length;  // at least
  };

  std::vector<Segment> m_segments;
  std::vector<Start> m_batches;
  std::int64_t m_rows = 0;
};

}  // namespace incipit
