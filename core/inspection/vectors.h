// Lengths, angles and distances of rows in double precision, and a prompt's rows as they enter the model: what several views measure with.
#pragma once

#include "core/prompt/soft_prompt.h"

#include <span>

namespace incipit {

double dot(std::span<const float> a, std::span<const float> b);
double lengthOf(std::span<const float> row);
double distance(std::span<const float> a, std::span<const float> b);
double cosine(std::span<const float> a, std::span<const float> b);  // 0 where one of them has no length

// [P, H] times the model's factor where they are stored without it (Gemma's, core/prompt/row_scale.h).
Matrix enteringRows(const SoftPrompt& prompt, const ModelCard& card);
// The mean row [H].
std::vector<float> meanRow(const Matrix& rows);

}  // namespace incipit
