// inspect --view ask: what the model says of its prompt, beside a random one and the start.
#include "app/cli/commands.h"
#include "app/cli/inspect.h"
#include "app/cli/terminal.h"
#include "core/chat/chat_format.h"
#include "core/dataset/placement.h"
#include "core/inspection/ask.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"

#include <iostream>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

struct Asked {
  const char* who;
  const SoftPrompt* prompt;
};

}  // namespace

int inspectAsk(const Inspected& inspected) {
  const InspectFlags& flags = inspected.flags;
  const InspectedPrompt& one = inspected.only();
  const ModelCard& card = inspected.model().card();
  if (card.head != HeadKind::None)
    throw ModelError("'" + card.name + "' sorts texts into classes: it cannot say what a prompt means.",
                     "Look at influence, attention or lens.");
  if (inspected.tokenizer() == nullptr) throw ModelError("The model folder has no tokenizer to ask with.", "Add its tokenizer files.");
  note(askingWarning(inspected.model()));
  std::vector<std::string> labels;
  if (!flags.data.empty()) labels = examplesFor(inspected, one)->classes;
  const auto chat = openChatFormat(card.folder, flags.dataFlags->value("chat_template", std::string("auto")), {}, {});
  const SoftPrompt random = randomLike(one.prompt, flags.seed);
  std::vector<Asked> all{{"prompt", &one.prompt}, {"random", &random}};
  if (one.start) all.push_back({"start", &*one.start});
  std::vector<std::string> frames = askingFrames();
  if (!flags.text.empty()) frames = {flags.text};
  for (const std::string& frame : frames) {
    const AskedText asked = askedText(frame, chat.get(), {}, *inspected.tokenizer());
    Json json{{"frame", frame}};
    if (!flags.json) std::cout << strong(frame) << '\n';
    for (const Asked& each : all) {
      if (inspected.stop.stop_requested()) return stopped;
      const std::string answer = said(inspected.model(), *inspected.tokenizer(), *each.prompt, asked, 40, inspected.stop);
      json[each.who] = answer;
      if (!labels.empty()) json["class_rate"][each.who] = classRate(answer, labels);
      if (!flags.json) {
        std::cout << "  " << faint(cell(each.who, 8)) << cell(answer);
        if (!labels.empty()) std::cout << faint("  (label words: " + decimals(100 * classRate(answer, labels), 0) + " %)");
        std::cout << '\n';
      }
    }
    if (flags.json) printJson(json);
  }
  return 0;
}

}  // namespace incipit::cli
