// incipit-cli hub list: the models in the local Hugging Face cache.
#include "app/cli/commands.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/hub/find_model.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

int list(bool json) {
  const auto models = cachedModels();
  for (const CachedModel& model : models) {
    if (json)
      printJson({{"name", model.name}, {"folder", model.folder.string()}, {"bytes", model.bytes}});
    else
      std::cout << cell(model.name, 40) << ' ' << cell(fileSize(model.bytes), 10) << ' ' << faint(model.folder.string()) << '\n';
  }
  if (models.empty()) note("There is no model in the cache '" + hubCache().string() + "'.");
  return 0;
}

}  // namespace

void addHub(CLI::App& program, Action& chosen) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command = program.add_subcommand("hub", "Models on this machine");
  command->require_subcommand(1);
  CLI::App* listing = command->add_subcommand("list", "The models in the local Hugging Face cache");
  addJsonFlag(*listing, *json);
  listing->callback([json, &chosen] { chosen = [json] { return list(*json); }; });
}

}  // namespace incipit::cli
