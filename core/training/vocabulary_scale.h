// How large the numbers of a vocabulary are as they enter the model (Gemma's: times sqrt(H)): the unit in which prompts are measured.
#pragma once

namespace incipit {

class FrozenModel;

struct VocabularyScale {
  double low = 0, median = 0, high = 0;  // lengths of the rows: 5th, 50th and 95th percentile
  double deviation = 0;                  // standard deviation of the numbers
};

// Of up to 4,096 rows, evenly spread.
VocabularyScale vocabularyScale(const FrozenModel& model);

}  // namespace incipit
