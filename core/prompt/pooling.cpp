#include "core/prompt/pooling.h"

#include "core/support/error.h"

namespace incipit {

std::string_view nameOf(Pooling pooling) {
  switch (pooling) {
  case Pooling::Text:
    return "text";
  case Pooling::Mean:
    return "mean";
  case Pooling::Auto:
    return "auto";
  default:
    return "first";
  }
}

Pooling poolingFrom(std::string_view name) {
  for (const Pooling pooling : {Pooling::First, Pooling::Text, Pooling::Mean, Pooling::Auto})
    if (name == nameOf(pooling)) return pooling;
  throw PlanError(
      "'" + std::string(name) + "' is not a way to pool a text.",
      "Use first (as PEFT), text (the text's own first token), mean (of the text's tokens) or auto (as the model folder says).");
}

Pooling settled(Pooling pooling, const ModelCard& card) {
  if (pooling != Pooling::Auto) return pooling;
  return card.looksBothWays && card.meanPooling ? Pooling::Mean : Pooling::First;
}

PooledRows pooledRows(const ModelCard& card, Pooling pooling, const Segment& text, std::int64_t promptRows) {
  if (!card.looksBothWays) return {text.begin + text.length - 1, 1};
  const std::int64_t behind = promptRows < text.length ? promptRows : 0;
  if (pooling == Pooling::Mean) return {text.begin + behind, text.length - behind};
  return {text.begin + (pooling == Pooling::Text ? behind : 0), 1};
}

}  // namespace incipit
