#include "app/cli/inspect.h"

#include "app/cli/data_plan.h"
#include "app/cli/terminal.h"
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/support/error.h"

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace incipit::cli {
namespace {

using Clock = std::chrono::steady_clock;

class Line {
 public:
  Line(std::string what, Stopped keeps) : m_what(std::move(what)), m_keeps(keeps) {}
  ~Line() {
    if (m_shown) std::fputs("\r\x1b[K", stderr);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void show(double share) {
    const auto now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - m_begun).count();
    if (seconds < 2 || share <= 0) return;
    const double left = seconds / share * (1 - share);
    if (::isatty(STDERR_FILENO) == 0) {
      if (!m_said)
        note(m_what + ": about " + duration(left) + " to go; Ctrl-C " +
             (m_keeps == Stopped::KeepsNothing ? "gives it up." : "keeps what is known by then."));
      m_said = true;
      return;
    }
    if (now - m_told < std::chrono::milliseconds(100)) return;
    m_told = now;
    m_shown = true;
    std::fprintf(stderr, "\r\x1b[K%s: %d %%, about %s to go", m_what.c_str(), static_cast<int>(100 * share), duration(left).c_str());
    std::fflush(stderr);
  }

 private:
  std::string m_what;
  Stopped m_keeps;
  Clock::time_point m_begun = Clock::now(), m_told = m_begun;
  bool m_shown = false, m_said = false;
};

// What is said of chats among the flags that say how rows are read.
ChatChoice chatOf(const InspectFlags& flags) {
  return {flags.dataFlags->value("chat_template", std::string()), flags.dataFlags->value("system", std::string())};
}

std::vector<TokenId> answerOf(const Inspected& inspected) {
  if (inspected.flags.answer.empty()) return {};
  if (!inspected.model().card().encoderDecoder)
    throw PlanError("--answer is for encoder-decoder models: '" + inspected.model().card().name + "' reads one text.",
                    "Write the answer behind the text.");
  if (inspected.tokenizer() == nullptr)
    throw ModelError("The model folder has no tokenizer for --answer.", "Give rows of ids with --data.");
  return inspected.tokenizer()->encode(inspected.flags.answer);
}

}  // namespace

std::shared_ptr<const Examples> examplesFor(const Inspected& inspected, const InspectedPrompt& prompt) {
  if (inspected.flags.data.empty())
    throw PlanError("The view '" + inspected.flags.view + "' judges the prompt on data.", "Name a file with --data.");
  TrainingPlan plan = dataPlan(prompt.path, *inspected.flags.dataFlags);
  plan.numVirtualTokens = prompt.prompt.length();
  plan.validationFraction = 0;
  const Table table = readTable(inspected.flags.data);
  leaveOpen(plan, table);
  placeAsTrained(plan, prompt.prompt, prompt.path);
  const auto examples = encodeForRun(plan, table, nullptr, inspected.model(), inspected.tokenizer(), &prompt.prompt).training;
  for (const std::string& sentence : examples->notes)
    note(sentence);
  return examples;
}

ReadText textFor(const Inspected& inspected, const InspectedPrompt& prompt) {
  const InspectFlags& flags = inspected.flags;
  const auto asked = [&](AskedText text) { return ReadText{std::move(text.ids), std::move(text.places), answerOf(inspected)}; };
  if (!flags.ids.empty()) return asked(askedIds(flags.ids, prompt.prompt));
  if (!flags.text.empty()) return asked(askedText(flags.text, chatOf(flags), prompt.path, prompt.prompt, inspected.opened));
  if (flags.data.empty())
    throw PlanError("The view '" + flags.view + "' reads a text with the prompt.", "Give one with --text, --ids or --data.");
  const auto examples = examplesFor(inspected, prompt);
  const auto index = static_cast<std::size_t>(flags.row);
  if (index >= examples->items.size())
    throw PlanError("The data has " + counted(examples->items.size(), "row") + " to read, and --row asks for number " +
                        std::to_string(flags.row) + ", counted from 0.",
                    "Ask for an earlier one.");
  const Example example = examples->items[index];
  ReadText read{example.ids, example.places, answerOf(inspected)};
  if (inspected.model().card().encoderDecoder && read.answer.empty()) read.answer = example.labels;
  return read;
}

Watch watchOf(const std::string& what, const std::stop_token& stop, Stopped keeps) {
  return Watch([line = std::make_shared<Line>(what, keeps)](double share) { line->show(share); }, stop);
}

std::string chip(const Tokenizer* tokenizer, TokenId id) {
  const std::string text = piece(tokenizer, id);
  return text.empty() ? std::to_string(id) : "[" + cell(text) + "]";
}

}  // namespace incipit::cli
