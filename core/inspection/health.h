// Whether the rows of a prompt are in order: how long they are beside the vocabulary's, how far they came from their start, how alike they
// are, and how many directions they use. It says nothing about what they do; core/inspection/influence.h does.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/training/vocabulary_scale.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

class FrozenModel;

// Where a row counts as out of order. Conventions of ours, not of the literature: they mark what is worth a look.
inline constexpr double deadBelow = 0.1;      // of the vocabulary's 5th percentile: next to no length
inline constexpr double awayAbove = 10;       // times the vocabulary's 95th percentile
inline constexpr double twinsFrom = 0.95;     // cosine of two rows
inline constexpr double unmovedBelow = 0.01;  // distance from the start, in lengths of the start's row

struct StartDistance {
  double cosine;  // of the row and its start
  double drift;   // length of row - start
  double share;   // drift in lengths of the start's row
};

struct RowHealth {
  std::int64_t row = 0;
  double norm = 0;                     // Euclidean length, as it enters the model
  std::optional<StartDistance> start;  // where the start is known
  std::int64_t alike = -1;             // the most similar other row by cosine; -1: the only row
  double alikeCosine = 0;
  bool dead = false, runAway = false, twin = false, unmoved = false;
};

struct PromptHealth {
  std::vector<RowHealth> rows;  // P
  VocabularyScale vocabulary;
  Matrix cosines;            // [P, P]
  double effectiveRank = 0;  // between 1 and P, see effectiveRank(); 0: all rows are zero
};

// exp(-sum p ln p) with p_i = s_i / sum s, s the singular values of the rows [P, H] (Roy & Vetterli 2007, "The effective rank"): P where
// all directions are used alike, 1 where all rows lie on one line.
double effectiveRank(const Matrix& rows);

// Cosine of every two rows [P, P]; 0 with a row of zeros.
Matrix cosinesOf(const Matrix& rows);

// `start`: null where nobody kept it. Throws ModelError when a width is not the model's, or the start has another number of rows.
PromptHealth promptHealth(const FrozenModel& model, const SoftPrompt& prompt, const SoftPrompt* start = nullptr);

// What a person should see in it, one sentence each; never empty. `first`: the number of the first row, where a person counts from 1.
std::vector<std::string> inWords(const PromptHealth& health, std::int64_t first = 0);

}  // namespace incipit
