// From JSON to the values of a template.
#pragma once

#include "core/chat/value.h"

#include <nlohmann/json_fwd.hpp>

namespace incipit::chat {

Value valueFrom(const Heap& heap, const nlohmann::ordered_json& json);
// What transformers makes of messages before a template sees them.
nlohmann::ordered_json preparedMessages(const nlohmann::ordered_json& messages);

}  // namespace incipit::chat
