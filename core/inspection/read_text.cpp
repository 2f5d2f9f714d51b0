#include "core/inspection/read_text.h"

#include "core/dataset/example_list.h"
#include "core/generation/generate.h"
#include "core/generation/reading.h"
#include "core/model/frozen_model.h"
#include "core/model/pass_observer.h"

#include <ATen/core/grad_mode.h>

namespace incipit {

ReadText answered(const FrozenModel& model, const SoftPrompt& prompt, ReadText text, std::int64_t most) {
  if (!model.card().encoderDecoder || !text.answer.empty()) return text;
  GenerationOptions options;
  options.maxNewTokens = most;
  options.places = text.places;
  text.answer = generate(model, prompt, text.ids, options);
  const bool ended = static_cast<std::int64_t>(text.answer.size()) < most;
  if (ended && !model.card().stopTokens.empty()) text.answer.push_back(model.card().stopTokens.front());
  return text;
}

std::vector<std::int64_t> rowsRead(const SoftPrompt& prompt, const ReadText& text) {
  return interleaved(text.ids.size(), text.places, prompt.length());
}

at::Tensor statesOf(const FrozenModel& model, const SoftPrompt& prompt, const ReadText& text, PassObserver* ofText,
                    PassObserver* ofAnswer) {
  const at::NoGradGuard noGrad;
  const ModelCard& card = model.card();
  const at::Tensor rows = firstRows(model, prompt, text.ids, prompt.empty() ? Places() : text.places);  // [P + N, H]
  Forest forest;
  forest.add(-1, rows.size(0));
  Pass pass{forest};
  pass.observer = ofText;
  if (!card.encoderDecoder) {
    at::Tensor states = model.forward(rows, pass);
    model.checkWhole();
    return states;
  }
  const at::Tensor encoded = model.encode(rows, pass);
  std::vector<TokenId> before{card.decoderStart};
  for (std::size_t i = 0; i + 1 < text.answer.size(); ++i)
    before.push_back(text.answer[i] == notScored ? card.padding.value_or(0) : text.answer[i]);
  Forest answer;
  answer.add(-1, static_cast<std::int64_t>(before.size()), 0);
  Pass answering{answer};
  answering.texts = &forest, answering.encoded = &encoded;
  answering.observer = ofAnswer;
  at::Tensor states = model.forward(embedded(model, before), answering);
  model.checkWhole();
  return states;
}

}  // namespace incipit
