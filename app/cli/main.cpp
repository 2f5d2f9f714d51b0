// incipit-cli: prompt tuning without a window. The contract of every command is in the help page "Terminal".
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/terminal.h"
#include "core/support/failure.h"
#include "core/support/mapped_file.h"
#include "core/support/process.h"
#include "core/support/processor.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

namespace {

using namespace incipit;

int run(const cli::Action& action) {
  checkProcessorSetting();
  const int status = action();
  std::cout.flush();
  if (!std::cout) throw FileError("The result could not be written to standard output.", "Is the disk full?");
  return status;
}

// Where memory has run out, there may be none for a sentence either.
void complainOf(const std::exception_ptr& failure) noexcept try { cli::complain(errorFrom(failure).what()); } catch (...) {
  std::fputs("incipit-cli: There is not enough memory for this.\n", stderr);
}

}  // namespace

int main(int argc, char** argv) {
  cli::watchInterrupts();
  CLI::App program{
      "Prompt tuning in the terminal: train virtual tokens for a frozen language model, look at them, try them, take them away.\n"
      "MODEL is a folder in the Hugging Face layout, a name in the local Hugging Face cache, or \"demo\".\n"
      "ADAPTER is a PEFT folder, a run folder, or a .npy file of shape [virtual tokens, hidden size].",
      "incipit-cli"};
  program.set_version_flag("--version", "incipit-cli " INCIPIT_VERSION);
  program.require_subcommand(1);
  program.get_formatter()->column_width(40);

  cli::Action chosen;
  cli::addInfo(program, chosen);
  cli::addTokenize(program, chosen);
  cli::addData(program, chosen);
  cli::addTrain(program, chosen);
  cli::addRate(program, chosen);
  cli::addResume(program, chosen);
  cli::addCoach(program, chosen);
  cli::addSweep(program, chosen);
  cli::addAttach(program, chosen);
  cli::addRuns(program, chosen);
  cli::addCompare(program, chosen);
  cli::addReport(program, chosen);
  cli::addCrossValidate(program, chosen);
  cli::addExamples(program, chosen);
  cli::addEvaluate(program, chosen);
  cli::addGenerate(program, chosen);
  cli::addClassify(program, chosen);
  cli::addChat(program, chosen);
  cli::addNeighbours(program, chosen);
  cli::addInspect(program, chosen);
  cli::addExport(program, chosen);
  cli::addImport(program, chosen);
  cli::addHub(program, chosen);
  cli::addBench(program, chosen);

  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return program.exit(wrong) == 0 ? 0 : cli::wrongUsage;  // --help and --version end here too
  }
  settleProcess(argv);
  surviveCutOffFiles();
  holdMemoryBack();
  try {
    return run(chosen);
  } catch (...) {
    complainOf(std::current_exception());
  }
  return cli::failed;
}
