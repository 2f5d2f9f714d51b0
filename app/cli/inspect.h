// What the views of incipit-cli inspect share: the flags, and what they are of, opened once. One view is one file, inspect_<view>.cpp.
#pragma once

#include "app/cli/open.h"
#include "core/dataset/examples.h"
#include "core/inspection/read_text.h"
#include "core/support/json.h"
#include "core/support/watch.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace incipit::cli {

struct InspectFlags {
  ModelChoice choice;
  std::vector<std::string> prompts;
  std::string gemmaPrompt, view, data, text, answer;
  std::vector<TokenId> ids;
  std::int64_t row = 0, sample = 64, batchSize = 16, budget = 0;
  std::uint64_t seed = 0;
  std::string method = "pca";
  bool pairs = false, full = false, snapshots = false, json = false;
  std::shared_ptr<Json> dataFlags;  // those that say how rows are read, by their plan.json keys
};

struct InspectedPrompt {
  std::string path;
  SoftPrompt prompt;
  std::optional<SoftPrompt> start;  // where its run kept it
};

struct Inspected {
  const InspectFlags& flags;
  OpenedModel opened;
  std::vector<InspectedPrompt> prompts;
  std::stop_token stop;

  const InspectedPrompt& only() const { return prompts.front(); }
  const FrozenModel& model() const { return *opened.model; }
  const Tokenizer* tokenizer() const { return opened.tokenizer.get(); }
};

// The rows of --data as the prompt's run read them. Throws PlanError when there is no --data.
std::shared_ptr<const Examples> examplesFor(const Inspected& inspected, const InspectedPrompt& prompt);

// A text to read with the prompt: that of --text, of --ids, or of row --row of --data. Throws PlanError when there is none of them.
ReadText textFor(const Inspected& inspected, const InspectedPrompt& prompt);

// Progress of a long view on standard error: how far, and how long it will take, once that can be told. Given up at a stop request, which
// `keeps` what is known by then, or nothing.
enum class Stopped { KeepsWhatIsKnown, KeepsNothing };
Watch watchOf(const std::string& what, const std::stop_token& stop, Stopped keeps = Stopped::KeepsWhatIsKnown);

// How a token is shown in a table: its text in brackets, or its number.
std::string chip(const Tokenizer* tokenizer, TokenId id);

// The views. Each prints its figures, and returns the exit status.
int inspectHealth(const Inspected& inspected);
int inspectInfluence(const Inspected& inspected);
int inspectAttention(const Inspected& inspected);
int inspectLens(const Inspected& inspected);
int inspectSimilarity(const Inspected& inspected);
int inspectLandscape(const Inspected& inspected);
int inspectAsk(const Inspected& inspected);
int inspectWords(const Inspected& inspected);
int inspectMap(const Inspected& inspected);

}  // namespace incipit::cli
