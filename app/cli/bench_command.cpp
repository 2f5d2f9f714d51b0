// incipit-cli bench: how fast a training step is, how much memory it takes, and what share of the processor's own limit it reaches.
#include "app/cli/checks.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/model/frozen_model.h"
#include "core/model/random_model.h"
#include "core/runs/carry_out.h"
#include "core/support/error.h"
#include "core/training/measure.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

namespace incipit::cli {
namespace {

struct Flags {
  ModelChoice choice;
  std::string data;
  std::int64_t virtualTokens = 20, batchSize = 8, steps = 10, scored = 3;
  bool checkpointing = false, json = false;
};

constexpr std::string_view randomPrefix = "random:";

double peakMemoryMiB() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// A folder that goes away with the command.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    const char* named = std::getenv("TMPDIR");
    const std::filesystem::path place = named != nullptr && *named != '\0' ? named : "/tmp";
    std::string path = (place / "incipit-bench-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr)
      throw FileError("No temporary folder could be made in '" + place.string() + "'.", "Set TMPDIR to a folder that can be written.");
    m_path = path;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return m_path; }

 private:
  std::filesystem::path m_path;
};

std::shared_ptr<const Examples> examplesFor(const Flags& flags, const OpenedModel& opened) {
  const ModelCard& card = opened.model->card();
  if (flags.data.empty()) return std::make_shared<Examples>(randomExamples(128, card.vocabularySize, flags.scored, 1, readingOf(card)));
  return std::make_shared<Examples>(
      encode(readTable(flags.data), {}, opened.tokenizer.get(), card.contextLength - flags.virtualTokens, card.endOfText, readingOf(card)));
}

// What of a text is learned.
std::string labelsOf(const Flags& flags, const ModelCard& card) {
  if (!flags.data.empty()) return "the file's";
  if (card.head != HeadKind::None) return "a class a text";
  return flags.scored == 0 ? "every token" : "the last " + std::to_string(flags.scored);
}

Json toJson(const Flags& flags, const FrozenModel& model, const StepSpeed& speed, double memory, double peak) {
  return {{"model", flags.choice.model},
          {"data", flags.data.empty() ? "random rows" : flags.data},
          {"precision", std::string(nameOf(model.precision()))},
          {"arithmetic", arithmeticOf(model.precision(), model.device())},
          {"device", model.device()},
          {"threads", threadsInUse()},
          {"num_virtual_tokens", flags.virtualTokens},
          {"batch_size", flags.batchSize},
          {"labels", labelsOf(flags, model.card())},
          {"steps", speed.steps},
          {"steps_per_second", 1 / speed.secondsPerStep},
          {"examples_per_second", speed.examplesPerSecond},
          {"seconds_per_step", speed.secondsPerStep},
          {"fastest_step_s", speed.fastestStep},
          {"slowest_step_s", speed.slowestStep},
          {"peak_memory_mib", memory},
          {"useful_gflop_per_step", speed.usefulOperations / 1e9},
          {"peak_gflop_per_s", peak / 1e9},
          {"share_of_peak", peak > 0 ? speed.usefulOperations / (speed.secondsPerStep * peak) : 0},
          {"first_loss", speed.firstLoss},
          {"last_loss", speed.lastLoss}};
}

void print(const Json& row) {
  const auto number = [&](const char* key, int digits) { return decimals(row.at(key).get<double>(), digits); };
  std::cout << strong(row.at("model").get<std::string>()) << "  " << row.at("precision").get<std::string>() << ", "
            << row.at("num_virtual_tokens") << " virtual tokens, batch " << row.at("batch_size")
            << ", labels: " << row.at("labels").get<std::string>() << ", " << row.at("threads") << " threads\n"
            << "  computed in " << row.at("arithmetic").get<std::string>() << '\n'
            << "  " << number("steps_per_second", 2) << " steps/s, " << number("examples_per_second", 1) << " examples/s ("
            << number("seconds_per_step", 4) << " s a step, " << number("fastest_step_s", 4) << " to " << number("slowest_step_s", 4)
            << "), " << number("peak_memory_mib", 0) << " MiB at most\n";
  if (row.at("peak_gflop_per_s").get<double>() > 0)
    std::cout << "  matrix products: " << number("useful_gflop_per_step", 1) << " GFLOP a step, this machine's peak for their shapes "
              << number("peak_gflop_per_s", 0) << " GFLOP/s, share reached " << decimals(100 * row.at("share_of_peak").get<double>(), 1)
              << " %\n";
}

int bench(Flags flags) {
  const std::stop_token stop = interruptToken();
  std::unique_ptr<TemporaryFolder> folder;
  ModelChoice choice = flags.choice;
  if (choice.model.starts_with(randomPrefix)) {
    folder = std::make_unique<TemporaryFolder>();
    writeRandomModel(folder->path(), sizesOf(choice.model.substr(randomPrefix.size())));
    choice.model = folder->path().string();
  }
  const OpenedModel opened = open(choice);
  TrainingPlan plan;
  plan.numVirtualTokens = flags.virtualTokens;
  plan.batchSize = flags.batchSize;
  plan.steps = flags.steps;
  plan.shuffle = false;
  plan.schedule = Schedule::Constant;
  plan.threads = choice.threads;
  plan.gradientCheckpointing = flags.checkpointing;
  const StepSpeed speed = measureSteps(plan, opened.model, examplesFor(flags, opened), stop);
  if (stop.stop_requested()) return stopped;
  const double memory = peakMemoryMiB();  // before the peak is measured: that has matrices of its own
  const double peak = speed.products.empty() ? 0 : productPeak(speed.products, opened.model->precision() == Precision::Bf16);
  const Json row = toJson(flags, *opened.model, speed, memory, peak);
  flags.json ? printJson(row) : print(row);
  return 0;
}

// incipit-cli bench --write-model: the same random weights for other programs to be measured with.
int writeModel(const std::string& sizes, const std::string& folder) {
  writeRandomModel(folder, sizesOf(sizes.starts_with(randomPrefix) ? sizes.substr(randomPrefix.size()) : sizes));
  std::cout << folder << '\n';
  return 0;
}

}  // namespace

void addBench(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  auto folder = std::make_shared<std::string>();
  CLI::App* command = program.add_subcommand("bench", "Speed and memory of a training step, beside this machine's own limit");
  addModelFlags(*command, flags->choice);
  command->get_option("MODEL")->description("Model folder, name in the Hugging Face cache, \"demo\", or random:gpt2-small, random:tiny and "
                                            "random:t5-small for models of those sizes");
  command->add_option("--data", flags->data, "Data file, rows in order; rows of random ids otherwise")->type_name("FILE");
  command->add_option("--num-virtual-tokens", flags->virtualTokens, "Rows of the prompt")->check(atLeast(1))->capture_default_str();
  command->add_option("--batch-size", flags->batchSize, "Examples a pass")->check(atLeast(1))->capture_default_str();
  command->add_option("--steps", flags->steps, "Steps to measure, after two to warm up")->check(atLeast(1))->capture_default_str();
  command->add_option("--scored", flags->scored, "Learned tokens at the end of each random row; 0: all")
      ->check(atLeast(0))
      ->capture_default_str();
  command->add_flag("--gradient-checkpointing", flags->checkpointing, "Less memory for more time");
  command->add_option("--write-model", *folder, "Only write the random model into this folder, for other programs")->type_name("FOLDER");
  addJsonFlag(*command, flags->json);
  command->callback([flags, folder, &chosen] {
    chosen = [flags, folder] { return folder->empty() ? bench(*flags) : writeModel(flags->choice.model, *folder); };
  });
}

}  // namespace incipit::cli
