#include "core/tokenizer/models/word_cache.h"

namespace incipit {

bool WordCache::find(std::string_view word, std::vector<TokenId>& ids) {
  Shard& shard = shardOf(word);
  std::lock_guard lock(shard.mutex);
  auto found = shard.words.find(word);
  if (found == shard.words.end()) return false;
  ids.insert(ids.end(), found->second.begin(), found->second.end());
  return true;
}

void WordCache::keep(std::string_view word, std::span<const TokenId> ids) {
  Shard& shard = shardOf(word);
  std::lock_guard lock(shard.mutex);
  // Full means full: the first 65,536 different words of a text hold nearly all of its frequent ones.
  if (shard.words.size() < wordsPerShard) shard.words.try_emplace(std::string(word), ids.begin(), ids.end());
}

}  // namespace incipit
