// incipit-cli inspect MODEL: one view of what a prompt has learned.
#include "app/cli/checks.h"
#include "app/cli/commands.h"
#include "app/cli/inspect.h"
#include "app/cli/interrupt.h"
#include "app/cli/knobs.h"
#include "app/cli/terminal.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

struct View {
  const char* name;
  int (*inspect)(const Inspected&);
  bool several;  // prompts at once
};

constexpr View views[]{
    {"health", inspectHealth, false}, {"influence", inspectInfluence, false},  {"attention", inspectAttention, false},
    {"lens", inspectLens, false},     {"similarity", inspectSimilarity, true}, {"landscape", inspectLandscape, false},
    {"ask", inspectAsk, false},       {"words", inspectWords, false},          {"map", inspectMap, true},
};

const View& viewNamed(const std::string& name) {
  for (const View& view : views)
    if (view.name == name) return view;
  throw PlanError("There is no view '" + name + "'.", "incipit-cli inspect --help lists them.");
}

std::vector<std::string> viewNames() {
  std::vector<std::string> names;
  for (const View& view : views)
    names.emplace_back(view.name);
  return names;
}

int inspectHere(const InspectFlags& flags) {
  const View& view = viewNamed(flags.view);
  if (flags.prompts.size() > 1 && !view.several)
    throw PlanError("The view '" + flags.view + "' is of one prompt.",
                    "Give one --prompt, or compare several with --view similarity or map.");
  Inspected inspected{flags, open(flags.choice, flags.prompts.front()), {}, interruptToken()};
  for (const std::string& path : flags.prompts) {
    InspectedPrompt one{path, openPrompt(path, *inspected.opened.model, flags.gemmaPrompt), readStart(path)};
    if (one.start) {
      one.start->origin.rowScale = one.prompt.origin.rowScale;
      if (one.start->length() != one.prompt.length() || one.start->width() != one.prompt.width()) one.start.reset();
    }
    inspected.prompts.push_back(std::move(one));
  }
  try {
    return view.inspect(inspected);
  } catch (const GivenUp&) {
    return stopped;  // before there was anything to show
  }
}

}  // namespace

void addInspect(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<InspectFlags>();
  flags->dataFlags = std::make_shared<Json>(Json::object());
  CLI::App* command = program.add_subcommand("inspect", "What a prompt has learned: one view of it");
  addModelFlags(*command, flags->choice);
  command->add_option("--prompt", flags->prompts, "ADAPTER; several where a view compares. A run folder brings its start along")
      ->type_name("ADAPTER")
      ->required();
  command->add_option("--view", flags->view, "Which")->check(CLI::IsMember(viewNames()))->required();
  CLI::Option* data =
      command->add_option("--data", flags->data, "Data file, for views of the loss; of the others the text of its row --row");
  data->type_name("FILE");
  CLI::Option* text =
      command->add_option("--text", flags->text, "A text that the prompt stands in front of, or where it has {virtual_tokens}");
  command->add_option("--ids", flags->ids, "Token ids in its place: 1,2,3")->delimiter(',')->excludes(text);
  command->add_option("--answer", flags->answer, "Encoder-decoder models: what the decoder reads; otherwise it answers by itself");
  command->add_option("--row", flags->row, "Which row of --data to read as a text")->check(atLeast(0))->capture_default_str();
  command->add_option("--sample", flags->sample, "Rows of --data to judge by, drawn by --seed; 0: all")
      ->check(atLeast(0))
      ->capture_default_str();
  command->add_option("--batch-size", flags->batchSize, "Examples a pass")->check(atLeast(1))->capture_default_str();
  command->add_option("--seed", flags->seed, "Of what is drawn")->capture_default_str();
  command->add_option("--budget", flags->budget, "words: exchange words one by one, with so many evaluations")
      ->check(atLeast(0))
      ->capture_default_str();
  command->add_flag("--pairs", flags->pairs, "influence: which of the five strongest rows stand in for each other");
  command->add_flag("--full", flags->full, "lens: all logits in place of the best five tokens; map: the tokens of the vocabulary too");
  command->add_option("--method", flags->method, "map: how the vocabulary is laid out")
      ->check(CLI::IsMember({"pca", "tsne", "umap"}))
      ->capture_default_str();
  command->add_flag("--snapshots", flags->snapshots, "map: of run folders the prompts after earlier steps too");
  addGemmaFlag(*command, flags->gemmaPrompt);
  addJsonFlag(*command, flags->json);
  addDataFlags(*command, flags->dataFlags);
  command->callback([flags, &chosen] { chosen = [flags] { return inspectHere(*flags); }; });
}

}  // namespace incipit::cli
