// Words already encoded, shared by all threads: language repeats itself, so most words need no merging at all.
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <array>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace incipit {

class WordCache {
 public:
  static constexpr std::size_t longestWord = 64;  // in bytes: longer ones hardly come twice

  // Appends the ids of `word` to `ids`; false when the word is not known yet.
  bool find(std::string_view word, std::vector<TokenId>& ids);
  void keep(std::string_view word, std::span<const TokenId> ids);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct alignas(64) Shard {  // a lock of its own each, so that threads seldom wait for one another
    std::mutex mutex;
    std::unordered_map<std::string, std::vector<TokenId>, Hash, std::equal_to<>> words;
  };
  static constexpr std::size_t wordsPerShard = 4096;

  Shard& shardOf(std::string_view word) { return m_shards[(std::hash<std::string_view>{}(word) >> 7) % m_shards.size()]; }

  std::array<Shard, 16> m_shards;
};

}  // namespace incipit
