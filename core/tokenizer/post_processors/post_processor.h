// The post-processor station of tokenizer.json: puts special tokens around the ids of a text.
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <memory>
#include <vector>

namespace incipit {

class Station;

class PostProcessor {
 public:
  virtual ~PostProcessor() = default;
  virtual std::vector<TokenId> process(std::vector<TokenId> ids) const = 0;
};

std::unique_ptr<PostProcessor> readPostProcessor(const Station& station);

// A text between fixed tokens: what every post-processor comes down to for a single text.
std::unique_ptr<PostProcessor> surroundWith(std::vector<TokenId> before, std::vector<TokenId> behind);

}  // namespace incipit
