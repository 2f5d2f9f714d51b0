// Where a prompt came from, as JSON: what formats without room for it keep beside or inside the file.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/support/json.h"

#include <string>

namespace incipit {

Json toJson(const PromptOrigin& origin);
// Missing or unknown values keep their default: the origin is a help, never a reason to refuse a prompt.
PromptOrigin originFrom(const Json& json);

// Throws FormatError when a value is not finite or there are no rows: such a prompt would poison every number behind it.
void checkNumbers(const Matrix& rows, const std::string& file);

}  // namespace incipit
