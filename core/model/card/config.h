// config.json as a family reads it: a key's value, or what transformers takes when the file does not say.
#pragma once

#include "core/model/card/card.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

// A value of the wrong kind (a word where a number belongs) ends in Json's exception, which openModel turns into a sentence.
class Config {
 public:
  explicit Config(const ModelCard& card) : m_card(card) {}

  // Missing and null both mean "not said".
  bool flag(const char* key, bool otherwise) const;
  double number(const char* key, double otherwise) const;
  std::int64_t count(const char* key, std::int64_t otherwise) const;
  std::string word(const char* key, const std::string& otherwise) const;
  std::vector<std::string> words(const char* key) const;  // empty when not said

  // Where null is an answer of its own ("sliding_window": null is no window): `otherwise` only when the key is missing.
  std::optional<double> numberOrNone(const char* key, std::optional<double> otherwise) const;
  // The same for what can only be above zero (windows, caps, scales). Throws ModelError for other values.
  std::optional<double> positiveOrNone(const char* key, std::optional<double> otherwise) const;

  // Throws ModelError when the key is there and true: a variant this program does not have.
  void refuse(const char* key, const std::string& what) const;

 private:
  const Json* find(const char* key) const;

  const ModelCard& m_card;
};

}  // namespace incipit
