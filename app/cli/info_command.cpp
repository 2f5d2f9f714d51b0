// incipit-cli info MODEL: what a model folder holds, and whether it can be tuned.
#include "app/cli/commands.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/hub/find_model.h"
#include "core/model/card/card.h"
#include "core/support/compute.h"
#include "core/support/error.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

Json toJson(const ModelSummary& summary) {
  const ModelCard& card = summary.card;
  const std::string device = resolveDevice("auto");
  std::vector<std::string> files;
  for (const auto& file : summary.weightFiles)
    files.push_back(file.string());
  Json json{{"name", card.name},
            {"folder", card.folder.string()},
            {"family", card.family},
            {"architecture", card.architecture},
            {"parameters", summary.parameters},
            {"vocabulary_size", card.vocabularySize},
            {"hidden_size", card.hiddenSize},
            {"layers", card.layers},
            {"heads", card.heads},
            {"key_value_heads", card.keyValueHeads},
            {"head_size", card.headSize},
            {"intermediate_size", card.intermediateSize},
            {"context_length", card.contextLength},
            {"rope_scaling", summary.rope},
            {"rope_border", card.ropeBorder},
            {"tied_embeddings", card.tiedEmbeddings},
            {"encoder_decoder", card.encoderDecoder},
            {"classifies", card.head != HeadKind::None},
            {"labels", card.labels},
            {"dtype", summary.storedType},
            {"arithmetic", {{"auto", nameOf(resolve(Precision::Auto, device))}, {"bf16", arithmeticOf(Precision::Bf16, device)}}},
            {"files", files},
            {"bytes", summary.bytes},
            {"tokenizer", summary.hasTokenizer},
            {"tunable", summary.tunable}};
  if (!summary.tunable) json["why"] = summary.why;
  return json;
}

std::string joined(const std::vector<std::string>& labels) {
  constexpr std::size_t most = 8;
  std::string text = std::to_string(labels.size()) + " labels: ";
  for (std::size_t i = 0; i < std::min(most, labels.size()); ++i)
    text += (i == 0 ? "" : ", ") + labels[i];
  return labels.size() > most ? text + ", ..." : text;
}

void print(const ModelSummary& summary) {
  const ModelCard& card = summary.card;
  const auto line = [](std::string_view name, const std::string& value) { std::cout << faint(cell(name, 14)) << value << '\n'; };
  line("Model", strong(card.name));
  line("Folder", card.folder.string());
  line("Family", card.family + (card.architecture.empty() ? "" : " (" + card.architecture + ")") +
                     (card.encoderDecoder  ? ", encoder and decoder"
                      : card.looksBothWays ? ", encoder"
                                           : ""));
  if (card.head != HeadKind::None) line("Classifies", card.labels.empty() ? "with a head that training starts" : joined(card.labels));
  if (summary.parameters > 0) line("Parameters", withSeparators(summary.parameters) + ", stored as " + summary.storedType);
  if (card.hiddenSize > 0) {
    line("Vocabulary", withSeparators(card.vocabularySize) + " tokens");
    line("Context", withSeparators(card.contextLength) + " tokens");
    if (!summary.rope.empty()) line("RoPE", summary.rope);
    line("Hidden size", withSeparators(card.hiddenSize));
    line("Layers", std::to_string(card.layers) + ", " + std::to_string(card.heads) + " heads" +
                       (card.keyValueHeads != card.heads ? ", " + std::to_string(card.keyValueHeads) + " key/value heads" : ""));
  }
  if (summary.tunable) {
    const std::string device = resolveDevice("auto");
    const Precision usual = resolve(Precision::Auto, device);
    line("Computed in", arithmeticOf(usual, device));
    if (usual != Precision::Bf16) line("", "with --precision bf16: " + arithmeticOf(Precision::Bf16, device));
  }
  for (const auto& file : summary.weightFiles)
    line("File", file.filename().string());
  if (summary.bytes > 0) line("Size", fileSize(summary.bytes));
  line("Tokenizer", summary.hasTokenizer ? "yes" : "none in the folder");
  line("Can be tuned", summary.tunable ? "yes" : "no. " + summary.why);
}

}  // namespace

void addInfo(CLI::App& program, Action& chosen) {
  struct Flags {
    std::string model;
    bool json = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("info", "What a model is: family, sizes, files, and whether it can be tuned");
  command->add_option("MODEL", flags->model, "Model folder, name in the Hugging Face cache, or \"demo\"")->type_name("")->required();
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] {
    chosen = [flags] {
      const ModelSummary summary = inspectModel(findModel(flags->model));
      if (flags->json)
        printJson(toJson(summary));
      else
        print(summary);
      return 0;
    };
  });
}

}  // namespace incipit::cli
