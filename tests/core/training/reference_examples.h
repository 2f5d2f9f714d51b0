// The training rows of a reference (`train.*`) as examples.
#pragma once

#include "core/dataset/examples.h"
#include "tests/core/model/reference.h"

#include <ATen/TensorOperators.h>
#include <memory>

namespace incipit::test {

inline std::shared_ptr<const Examples> examplesOf(const Reference& reference) {
  auto examples = std::make_shared<Examples>();
  const at::Tensor ids = reference["train.input_ids"], mask = reference["train.attention_mask"], labels = reference["train.labels"];
  for (std::int64_t row = 0; row < ids.size(0); ++row) {
    Example example;
    for (std::int64_t column = 0; column < mask[row].sum().item<std::int64_t>(); ++column) {
      example.ids.push_back(static_cast<TokenId>(ids[row][column].item<std::int64_t>()));
      example.labels.push_back(static_cast<TokenId>(labels[row][column].item<std::int64_t>()));
    }
    examples->items.push_back(std::move(example));
  }
  return examples;
}

// Text and target each have a length of their own.
inline std::shared_ptr<const Examples> answersOf(const Reference& reference) {
  auto examples = std::make_shared<Examples>();
  const at::Tensor ids = reference["train.input_ids"], mask = reference["train.attention_mask"], labels = reference["train.labels"];
  for (std::int64_t row = 0; row < ids.size(0); ++row) {
    Example example;
    for (std::int64_t column = 0; column < mask[row].sum().item<std::int64_t>(); ++column)
      example.ids.push_back(static_cast<TokenId>(ids[row][column].item<std::int64_t>()));
    for (std::int64_t column = 0; column < labels.size(1); ++column)
      example.labels.push_back(static_cast<TokenId>(labels[row][column].item<std::int64_t>()));
    examples->items.push_back(std::move(example));
  }
  return examples;
}

}  // namespace incipit::test
