#include "core/generation/generate.h"

#include "core/generation/reading.h"
#include "core/generation/sampler.h"
#include "core/model/attention/key_value_cache.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <algorithm>
#include <utility>

namespace incipit {
std::vector<TokenId> generate(const FrozenModel& model, const SoftPrompt& prompt, std::span<const TokenId> text,
                              const GenerationOptions& options, const TokenListener& listener, std::stop_token stop) {
  if (model.card().head != HeadKind::None)
    throw ModelError("'" + model.card().name + "' sorts texts into classes and writes none.", "Ask it for the class of a text.");
  const at::NoGradGuard noGrad;
  Sampler sampler(options.sampling);
  KeyValueCache cache;
  Forest forest;  // one chain of rows that grows by a row a token
  forest.add(-1, prompt.length() + static_cast<std::int64_t>(text.size()));
  at::Tensor rows = firstRows(model, prompt, text, options.places), encoded;
  Forest texts;
  if (model.card().encoderDecoder) {  // the text is read once, and what is written begins with the start token
    texts = std::exchange(forest, {});
    encoded = model.encode(rows, {texts});
    forest.add(-1, 1, 0);
    rows = embedded(model, std::span(&model.card().decoderStart, 1));
  }
  const at::Tensor first = rows;  // [P + N, H]
  std::int64_t done = 0;
  const std::vector<TokenId>& stops = model.card().stopTokens;

  std::vector<TokenId> generated;
  while (static_cast<std::int64_t>(generated.size()) < options.maxNewTokens && !stop.stop_requested()) {
    if (done > 0 && !model.cacheServes(done, forest.rows())) {  // all is read again, as if nothing were cached
      cache = {};
      rows = at::cat({first, embedded(model, generated)});
      done = 0;
    }
    const std::vector<std::int64_t> last{forest.rows() - 1};
    Pass pass{forest, done, &cache, &last};
    if (encoded.defined()) pass.texts = &texts, pass.encoded = &encoded;
    const at::Tensor hidden = model.forward(rows, pass);                                   // [1, H]
    const at::Tensor logits = model.logits(hidden).to(at::kCPU, at::kFloat).contiguous();  // [1, V]
    model.checkWhole();
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
