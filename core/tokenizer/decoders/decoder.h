// The decoder station of tokenizer.json: tokens as the vocabulary spells them -> text.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace incipit {

class Station;

class Decoder {
 public:
  virtual ~Decoder() = default;

  // Rewrites the spellings of a whole sequence; the text is all of them, one after the other.
  virtual void decode(std::vector<std::string>& tokens) const = 0;

  // What one token contributes inside running text, where no end of the text is stripped: bytes, not always a whole character.
  virtual std::string bytes(std::string token) const = 0;
};

std::unique_ptr<Decoder> readDecoder(const Station& station);

}  // namespace incipit
