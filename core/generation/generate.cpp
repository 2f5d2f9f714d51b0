#include "core/generation/generate.h"

#include "core/generation/sampler.h"
#include "core/model/frozen_model.h"
#include "core/model/key_value_cache.h"
#include "core/support/error.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>
#include <algorithm>
#include <utility>

namespace incipit {
namespace {

at::Tensor embedded(const FrozenModel& model, std::span<const TokenId> ids) {
  const std::vector<std::int64_t> wide(ids.begin(), ids.end());
  return model.embed(at::tensor(wide, at::kLong).to(at::Device(model.device())));
}

// Prompt rows above the text's: [P + N, H].
at::Tensor firstRows(const FrozenModel& model, const SoftPrompt& prompt, std::span<const TokenId> text) {
  const at::Tensor words = embedded(model, text);
  if (prompt.empty()) return words;
  auto* values = const_cast<float*>(prompt.rows.values.data());
  const at::Tensor rows = at::from_blob(values, {prompt.length(), prompt.width()}).to(words.device(), words.scalar_type());
  return at::cat({rows, words});
}

void checkInput(const FrozenModel& model, const SoftPrompt& prompt, std::span<const TokenId> text) {
  const ModelCard& card = model.card();
  if (prompt.empty() && text.empty()) throw DataError("There is no text to go on from.", "Type a few words.");
  if (!prompt.empty()) checkFits(prompt, model);
  for (const TokenId id : text)
    if (id < 0 || id >= card.vocabularySize)
      throw DataError("Token id " + std::to_string(id) + " is outside the vocabulary of " + std::to_string(card.vocabularySize) +
                          " tokens.",
                      "Tokenizer and model do not belong together.");
  const std::int64_t rows = prompt.length() + static_cast<std::int64_t>(text.size());
  if (rows > card.contextLength)
    throw ModelError("Text and virtual tokens together have " + std::to_string(rows) + " tokens; the context of '" + card.name +
                         "' holds " + std::to_string(card.contextLength) + ".",
                     "Use a shorter text.");
}

}  // namespace

std::vector<TokenId> generate(const FrozenModel& model, const SoftPrompt& prompt, std::span<const TokenId> text,
                              const GenerationOptions& options, const TokenListener& listener, std::stop_token stop) {
  checkInput(model, prompt, text);
  const at::NoGradGuard noGrad;
  Sampler sampler(options.sampling);
  KeyValueCache cache;
  Forest forest;  // one chain of rows that grows by a row a token
  forest.add(-1, prompt.length() + static_cast<std::int64_t>(text.size()));
  at::Tensor rows = firstRows(model, prompt, text), encoded;
  Forest texts;
  if (model.card().encoderDecoder) {  // the text is read once, and what is written begins with the start token
    texts = std::exchange(forest, {});
    encoded = model.encode(rows, {texts});
    forest.add(-1, 1, 0);
    rows = embedded(model, std::span(&model.card().decoderStart, 1));
  }
  std::int64_t done = 0;
  const std::vector<TokenId>& stops = model.card().stopTokens;

  std::vector<TokenId> generated;
  while (static_cast<std::int64_t>(generated.size()) < options.maxNewTokens && !stop.stop_requested()) {
    const std::vector<std::int64_t> last{forest.rows() - 1};
    Pass pass{forest, done, &cache, &last};
    if (encoded.defined()) pass.texts = &texts, pass.encoded = &encoded;
    const at::Tensor hidden = model.forward(rows, pass);                                   // [1, H]
    const at::Tensor logits = model.logits(hidden).to(at::kCPU, at::kFloat).contiguous();  // [1, V]
    const Choice choice = sampler.choose({logits.data_ptr<float>(), static_cast<std::size_t>(logits.numel())});
    if (options.stopAtEndOfText && std::find(stops.begin(), stops.end(), choice.token) != stops.end()) break;
    generated.push_back(choice.token);
    if (listener && !listener(choice.token, choice.probability)) break;
    if (forest.depth() == model.card().contextLength) break;
    done = forest.rows();
    forest.extendLast(1);
    rows = embedded(model, std::span(&choice.token, 1));
  }
  return generated;
}

}  // namespace incipit
