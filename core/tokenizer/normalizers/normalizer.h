// The normalizer station of tokenizer.json: text -> text, before anything is split.
#pragma once

#include <memory>
#include <string>

namespace incipit {

class Station;

class Normalizer {
 public:
  virtual ~Normalizer() = default;
  // Valid UTF-8 in, valid UTF-8 out.
  virtual std::string normalize(std::string text) const = 0;
};

std::unique_ptr<Normalizer> readNormalizer(const Station& station);

}  // namespace incipit
