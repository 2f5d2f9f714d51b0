// Where a prompt came from, as JSON: what formats without room for it keep beside or inside the file.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/support/json.h"

#include <string>

namespace incipit {

// Under this name a file says what the rows of a Gemma prompt mean: "scaled" or "unscaled" (prompt/row_scale.h).
inline constexpr const char* rowScaleKey = "gemma_prompt";
RowScale rowScaleOf(const std::string& text);  // Unsaid for any other text

Json toJson(const PromptOrigin& origin);
// Missing or unknown values keep their default: the origin is a help, never a reason to refuse a prompt. Only this program writes it, so
// a Gemma prompt with an origin that does not say what its rows mean is from before there were two meanings: unscaled.
PromptOrigin originFrom(const Json& json);

// Throws FormatError when a value is not finite or there are no rows: such a prompt would poison every number behind it.
void checkNumbers(const Matrix& rows, const std::string& file);

}  // namespace incipit
