// What the coach knows, one function a rule: nothing where the run does not show it. Thresholds are our own, set on recorded runs of the
// demo's classification alone; tests/core/coach has for each rule a run that shows it and one that does not.
#pragma once

#include "core/coach/coach.h"

namespace incipit::coach {

using Rule = std::optional<Advice> (*)(const RunSeen& run);

// The loss has risen or does not fall, or the rows' lengths run away.
std::optional<Advice> rateTooHigh(const RunSeen& run);
// The loss hardly falls, and the rows have hardly moved; by about how much the rate falls short is read from how far they came.
std::optional<Advice> rateTooLow(const RunSeen& run);
// The rows started far outside the lengths of the vocabulary's rows (Lester et al. 2021, section 3.2: starts from the vocabulary do
// better).
std::optional<Advice> startOutsideVocabulary(const RunSeen& run);
// The validation loss has been rising since step k while the training loss falls, and no later prompt is better by the measure that
// decides.
std::optional<Advice> validationRises(const RunSeen& run);
// No better than always answering the most frequent class, or than guessing by how often each class occurs.
std::optional<Advice> noBetterThanGuessing(const RunSeen& run);
// Nearly all of the gradient falls on three rows.
std::optional<Advice> fewRowsLearn(const RunSeen& run);
// More than half of the rows stayed where they started.
std::optional<Advice> longerThanUsed(const RunSeen& run);
// So few validation rows that the accuracy could be anything (Wilson's interval).
std::optional<Advice> tooFewToTell(const RunSeen& run);

// All of them, the most pressing first.
inline constexpr Rule rules[] = {rateTooHigh,     startOutsideVocabulary, rateTooLow,     noBetterThanGuessing,
                                 validationRises, fewRowsLearn,           longerThanUsed, tooFewToTell};

}  // namespace incipit::coach
