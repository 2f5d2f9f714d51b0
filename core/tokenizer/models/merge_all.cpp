// The merging of one word: a linked list of symbols and a heap of the merges that are possible by now. A word without a space may be a
// megabyte long, so looking for the best pair again after every merge is out of the question.
#include "core/tokenizer/models/bpe.h"

#include <queue>

namespace incipit {

namespace {

struct Symbol {
  TokenId id;
  std::int32_t previous;  // -1 at the ends
  std::int32_t next;
};

struct Candidate {
  std::int32_t rank;
  std::int32_t at;  // the left one of the two symbols
  // The heap's top is its largest element: the lowest rank, and among equals the leftmost.
  bool operator<(const Candidate& other) const { return rank != other.rank ? rank > other.rank : at > other.at; }
};

}  // namespace

void mergeAll(std::vector<TokenId>& ids, const MergeTable& merges) {
  const auto count = static_cast<std::int32_t>(ids.size());
  std::vector<Symbol> symbols(ids.size());
  std::vector<Candidate> possible;
  possible.reserve(ids.size());
  auto at = [&](std::int32_t i) -> Symbol& { return symbols[static_cast<std::size_t>(i)]; };
  auto mergeAt = [&](std::int32_t left) -> const Merge* {
    return at(left).next < 0 ? nullptr : merges.find(at(left).id, at(at(left).next).id);
  };

  for (std::int32_t i = 0; i < count; ++i)
    at(i) = {ids[static_cast<std::size_t>(i)], i - 1, i + 1 < count ? i + 1 : -1};
  for (std::int32_t i = 0; i < count; ++i)
    if (const Merge* merge = mergeAt(i)) possible.push_back({merge->rank, i});
  std::priority_queue<Candidate> heap({}, std::move(possible));

  while (!heap.empty()) {
    const Candidate best = heap.top();
    heap.pop();
    if (at(best.at).id < 0) continue;  // swallowed by its left neighbour since
    const Merge* merge = mergeAt(best.at);
    if (!merge || merge->rank != best.rank) continue;  // one of the two has become something else
    Symbol& left = at(best.at);
    Symbol& right = at(left.next);
    left.id = merge->result;
    left.next = right.next;
    right.id = -1;
    if (left.next >= 0) at(left.next).previous = best.at;
    if (left.previous >= 0)
      if (const Merge* before = mergeAt(left.previous)) heap.push({before->rank, left.previous});
    if (const Merge* behind = mergeAt(best.at)) heap.push({behind->rank, best.at});
  }

  ids.clear();
  for (std::int32_t i = count > 0 ? 0 : -1; i >= 0; i = at(i).next)
    ids.push_back(at(i).id);
}

}  // namespace incipit
