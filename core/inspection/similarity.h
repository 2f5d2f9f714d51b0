// How alike several prompts are: what predicts whether one helps as the start of another (SPoT, Vu et al. 2022), and whether they learned
// the same task (task prompt vectors, Belanec et al. 2024). Prompts of one seed resemble each other through their start alone, so the
// starts stand beside them.
#pragma once

#include "core/prompt/soft_prompt.h"

#include <cstdint>
#include <string>
#include <vector>

namespace incipit {

struct ComparedPrompt {
  std::string name;
  const SoftPrompt* prompt = nullptr;
  const SoftPrompt* start = nullptr;  // null: unknown
};

// Tables [N, N], symmetric; NaN where a figure cannot be had.
struct PromptSimilarity {
  Matrix meanRows;  // cosine of the mean rows
  Matrix bestRows;  // for each row of one the cosine of the other's most similar row, the mean of both ways; lengths may differ
  Matrix tasks;     // cosine of P - P_start, all numbers as one vector; of prompts with known starts and as many rows
  Matrix starts;    // the same two prompts' starts by their best rows: the control
  double chanceMean = 0, chanceBest = 0;  // meanRows and bestRows against prompts of random rows, on average
  std::vector<std::int64_t> order;        // the prompts by bestRows, like beside like (average linkage)
};

// Throws ModelError when widths differ. Rows are compared as they enter the model.
PromptSimilarity promptSimilarity(const std::vector<ComparedPrompt>& prompts, const ModelCard& card, std::uint64_t seed = 0);

// The leaves of the tree that joins the two most similar clusters first, clusters by the mean over their pairs.
std::vector<std::int64_t> clusteredOrder(const Matrix& similarities);

}  // namespace incipit
