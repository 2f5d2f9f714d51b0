// The merges of a BPE vocabulary: which two neighbouring tokens become one, and how early.
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <cstdint>
#include <vector>

namespace incipit {

struct Merge {
  std::int32_t rank;  // place in the list of merges; lower goes first
  TokenId result;
};

// Open addressing on one flat array: a word asks for every pair of neighbours, most of which are not there.
class MergeTable {
 public:
  MergeTable() : m_slots(16) {}

  void reserve(std::size_t merges) {
    std::size_t slots = 16;
    while (slots < merges * 2)
      slots *= 2;
    if (slots > m_slots.size()) rehash(slots);
  }

  // A pair that is listed twice keeps its later rank, as in the tokenizers library.
  void set(TokenId left, TokenId right, Merge merge) {
    if ((m_used + 1) * 2 > m_slots.size()) rehash(m_slots.size() * 2);
    Slot& slot = m_slots[place(key(left, right))];
    m_used += slot.key == empty;
    slot = {key(left, right), merge};
  }

  const Merge* find(TokenId left, TokenId right) const {
    const Slot& slot = m_slots[place(key(left, right))];
    return slot.key == empty ? nullptr : &slot.merge;
  }

 private:
  static constexpr std::uint64_t empty = ~std::uint64_t{0};  // ids are not negative, so no pair looks like this
  struct Slot {
    std::uint64_t key = empty;
    Merge merge{};
  };

  static std::uint64_t key(TokenId left, TokenId right) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 | static_cast<std::uint32_t>(right);
  }
  std::size_t place(std::uint64_t key) const {  // where the key is, or would go
    std::uint64_t hash = key * 0x9E3779B97F4A7C15U;
    std::size_t mask = m_slots.size() - 1;
    std::size_t at = (hash ^ hash >> 32) & mask;
    while (m_slots[at].key != empty && m_slots[at].key != key)
      at = (at + 1) & mask;
    return at;
  }
  void rehash(std::size_t slots) {
    std::vector<Slot> old(slots);
    old.swap(m_slots);
    for (const Slot& slot : old)
      if (slot.key != empty) m_slots[place(slot.key)] = slot;
  }

  std::vector<Slot> m_slots;  // a power of two of them, at most half in use
  std::size_t m_used = 0;
};

}  // namespace incipit
