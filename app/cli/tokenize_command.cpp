// incipit-cli tokenize MODEL: text as the model's tokenizer cuts it.
#include "app/cli/commands.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/hub/find_model.h"
#include "core/support/files.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

namespace incipit::cli {
namespace {

struct Flags {
  std::string model, text, file;
  bool withoutSpecial = false, json = false, textGiven = false;
};

std::vector<std::string> linesOf(const std::string& content) {
  std::vector<std::string> lines;
  for (std::size_t start = 0; start < content.size();) {
    const std::size_t end = std::min(content.find('\n', start), content.size());
    std::string line = content.substr(start, end - start);
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(std::move(line));
    start = end + 1;
  }
  return lines;
}

void print(const Tokenizer& tokenizer, const std::string& text, const Flags& flags) {
  const std::vector<TokenId> ids = tokenizer.encode(text, flags.withoutSpecial ? SpecialTokens::Leave : SpecialTokens::Add);
  if (flags.json) {
    std::vector<std::string> tokens;
    for (const TokenId id : ids)
      tokens.push_back(spelling(&tokenizer, id));
    printJson({{"ids", ids}, {"tokens", tokens}});
    return;
  }
  for (const TokenId id : ids)
    std::cout << cell(std::to_string(id), 8) << "[" << cell(piece(&tokenizer, id)) << "]\n";
  std::cout << faint(std::to_string(ids.size()) + (ids.size() == 1 ? " token" : " tokens")) << '\n';
}

}  // namespace

void addTokenize(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("tokenize", "Text as token ids and pieces; a folder with only tokenizer files will do");
  command->add_option("MODEL", flags->model, "Model or tokenizer folder, name in the cache, or \"demo\"")->type_name("")->required();
  CLI::Option* text = command->add_option("--text", flags->text, "The text");
  CLI::Option* file = command->add_option("--file", flags->file, "A file: each line is a text of its own")->type_name("FILE");
  text->excludes(file);
  command->add_flag("--no-special-tokens", flags->withoutSpecial, "Leave away what the tokenizer puts around a text");
  addJsonFlag(*command, flags->json);
  command->callback([flags, text, file, &chosen] {
    if (text->count() + file->count() == 0) throw CLI::RequiredError("--text or --file");
    flags->textGiven = text->count() > 0;
    chosen = [flags] {
      const auto tokenizer = openTokenizer(findModel(flags->model));
      if (flags->textGiven)
        print(*tokenizer, flags->text, *flags);
      else
        for (const std::string& line : linesOf(readFile(flags->file)))
          print(*tokenizer, line, *flags);
      return 0;
    };
  });
}

}  // namespace incipit::cli
