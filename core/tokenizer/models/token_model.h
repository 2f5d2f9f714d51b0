// The model station of tokenizer.json: one word (a piece the pre-tokenizer left whole) -> ids.
#pragma once

#include "core/tokenizer/models/vocabulary.h"
#include "core/tokenizer/tokenizer.h"

#include <memory>
#include <string_view>
#include <vector>

namespace incipit {

class Station;

// Immutable but for a cache of its own; safe to use from several threads at once.
class TokenModel {
 public:
  virtual ~TokenModel() = default;

  // Appends the ids of `word`, which is valid UTF-8 and not empty.
  virtual void encode(std::string_view word, std::vector<TokenId>& ids) const = 0;
  virtual const Vocabulary& vocabulary() const = 0;
};

// By the station's `type`; old files leave it out, then by the fields it has.
std::unique_ptr<TokenModel> readTokenModel(const Station& station);

}  // namespace incipit
