#include "core/prompt/pooling.h"

#include "core/support/error.h"

namespace incipit {

std::string_view nameOf(Pooling pooling) { return pooling == Pooling::First ? "first" : "text"; }

Pooling poolingFrom(std::string_view name) {
  if (name == "first") return Pooling::First;
  if (name == "text") return Pooling::Text;
  throw PlanError("'" + std::string(name) + "' is not a way to pool a text.", "Use first (as PEFT) or text (the text's own first token).");
}

std::int64_t pooledRow(const ModelCard& card, Pooling pooling, const Segment& text, std::int64_t promptRows) {
  if (!card.looksBothWays) return text.begin + text.length - 1;
  return text.begin + (pooling == Pooling::Text && promptRows < text.length ? promptRows : 0);
}

}  // namespace incipit
