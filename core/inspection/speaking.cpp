#include "core/inspection/speaking.h"

#include "core/dataset/example_list.h"
#include "core/generation/classify.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "core/training/loss.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

// ln p of each token; nothing of those that no row predicts.
std::vector<std::optional<double>> logP(const FrozenModel& model, const SoftPrompt& prompt, const ReadText& text) {
  const bool answers = model.card().encoderDecoder;
  const std::vector<TokenId>& tokens = answers ? text.answer : text.ids;
  std::vector<std::optional<double>> found(tokens.size());
  std::vector<std::int64_t> asked, targets, places;  // rows that predict, what, and of which token
  if (answers) {
    for (std::size_t i = 0; i < tokens.size(); ++i)
      if (tokens[i] != notScored) asked.push_back(static_cast<std::int64_t>(i)), places.push_back(static_cast<std::int64_t>(i));
  } else {
    const std::vector<std::int64_t> rows = prompt.empty() ? interleaved(tokens.size(), {}, 0) : rowsRead(prompt, text);
    for (std::size_t row = 1; row < rows.size(); ++row)
      if (rows[row] >= 0) asked.push_back(static_cast<std::int64_t>(row) - 1), places.push_back(rows[row]);
  }
  if (asked.empty()) return found;
  for (const std::int64_t place : places)
    targets.push_back(tokens[static_cast<std::size_t>(place)]);
  const at::NoGradGuard noGrad;
  const at::Tensor states = statesOf(model, prompt, text);
  const at::Tensor picked = states.index_select(0, at::tensor(asked, at::kLong).to(states.device()));
  const std::vector<double> values = logProbabilities(model, picked, targets);
  for (std::size_t i = 0; i < values.size(); ++i)
    found[static_cast<std::size_t>(places[i])] = values[i];
  return found;
}

}  // namespace

std::vector<TokenSpoken> tokensSpoken(const FrozenModel& model, const SoftPrompt& prompt, const ReadText& asGiven) {
  if (model.card().head != HeadKind::None)
    throw ModelError("'" + model.card().name + "' sorts texts into classes and gives tokens no probability.", "Ask for its classes.");
  const ReadText text = answered(model, prompt, asGiven);
  const auto with = logP(model, prompt, text);
  const bool anything = !text.ids.empty();
  const auto without = anything ? logP(model, {}, text) : std::vector<std::optional<double>>(with.size());
  std::vector<TokenSpoken> spoken;
  const std::vector<TokenId>& tokens = model.card().encoderDecoder ? text.answer : text.ids;
  for (std::size_t i = 0; i < tokens.size(); ++i)
    spoken.push_back({tokens[i], with[i], without[i]});
  model.checkWhole();
  return spoken;
}

std::vector<ClassSpoken> classesSpoken(const FrozenModel& model, const SoftPrompt& prompt, const ReadText& text) {
  SoftPrompt headOnly = prompt;
  headOnly.rows = {}, headOnly.unusedRows = {};
  headOnly.head = headFor(prompt, model);
  SoftPrompt bare;
  bare.origin.pooling = prompt.origin.pooling;
  const auto with = classify(model, prompt, text.ids, text.places), without = classify(model, headOnly, text.ids);
  std::vector<ClassProbability> own;
  if (!model.head().empty()) own = classify(model, bare, text.ids);
  std::vector<ClassSpoken> spoken;
  for (std::size_t i = 0; i < with.size(); ++i) {
    spoken.push_back({with[i].label, std::log(with[i].probability), std::log(without[i].probability), {}});
    if (i < own.size()) spoken.back().bare = std::log(own[i].probability);
  }
  return spoken;
}

}  // namespace incipit
