// Memory that runs out in the middle of reading a file: every reader gives the whole of it, or its caller a sentence about memory. Each is
// tried with every allocation failing (./dev faults, which sets INCIPIT_FAULTS=all); otherwise with some, picked from the whole length.
#include "core/dataset/examples.h"
#include "core/dataset/table.h"
#include "core/exchange/exchange.h"
#include "core/model/card/card.h"
#include "core/runs/checkpoint.h"
#include "core/runs/run_folder.h"
#include "core/support/failure.h"
#include "core/support/files.h"
#include "core/support/json.h"
#include "core/tensor/floats.h"
#include "core/tensor/tensor_file.h"
#include "core/tokenizer/tokenizer.h"
#include "tests/faults/failing_memory.h"
#include "tests/harness/harness.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

using namespace incipit;
using namespace incipit::test;
namespace fs = std::filesystem;

namespace {

const char* current = "";  // what a program that ends here was reading
long currentAt = 0;

[[noreturn]] void sayWhere() {
  std::fprintf(stderr, "terminated while reading %s, allocation %ld failing\n", current, currentAt);
  std::abort();
}

// Of all allocations the first hundred, where files are opened, and some behind them.
std::vector<long> places(long allocations) {
  const char* wanted = std::getenv("INCIPIT_FAULTS");
  const bool all = wanted != nullptr && std::string(wanted) == "all";
  const long first = all ? 3000 : 100, behind = all ? 1000 : 60;
  std::vector<long> list;
  for (long at = 1; at <= allocations; at += at < first ? 1 : std::max(1L, (allocations - first) / behind))
    list.push_back(at);
  return list;
}

// `read` is tried with failing memory; `show` makes of its result a text that says everything about it.
template <class Read, class Show>
void attack(const char* name, const Read& read, const Show& show) {
  std::set_terminate(sayWhere);
  current = name;
  const auto under = [&](long at, Shortage shortage) {
    currentAt = at;
    const FailingMemory memory(at, shortage);
    return read();
  };
  const std::string expected = show(under(0, Shortage::Once));
  const long allocations = allocationsCounted();
  CHECK(allocations > 0);
  long refused = 0;
  for (const Shortage shortage : {Shortage::Once, Shortage::Lasting})
    for (const long at : places(allocations)) {
      std::string sentence, got;
      try {
        const auto value = under(at, shortage);
        got = show(value);
      } catch (...) {
        sentence = errorFrom(std::current_exception()).what();
      }
      const std::string where = std::string(name) + ", allocation " + std::to_string(at) + " of " + std::to_string(allocations) +
                                (shortage == Shortage::Once ? "" : " and all behind it");
      if (sentence.empty() && got != expected) fail(where + ": no word, and another result: " + got.substr(0, 400), __FILE__, __LINE__);
      if (!sentence.empty() && sentence.find("memory") == std::string::npos) fail(where + ": " + sentence, __FILE__, __LINE__);
      refused += sentence.empty() ? 0 : 1;
    }
  CHECK(refused > 0);
  CHECK_EQUAL(show(under(0, Shortage::Once)), expected);  // nothing half made has stayed anywhere
}

std::string showTable(const Table& table) {
  std::string text = show(table.columns) + table.fingerprint + table.how.encoding;
  for (std::int64_t row = 0; row < table.size(); ++row) {
    text += show(table.line(row));
    text += table.tokenised ? show(table.tokenisedRow(row).inputIds) + show(table.tokenisedRow(row).labels) : show(table.row(row));
  }
  return text;
}

std::string showPrompt(const SoftPrompt& prompt) {
  std::string text = show(prompt.rows.values) + show(prompt.unusedRows.values) + prompt.origin.modelName + prompt.origin.initText +
                     show(prompt.origin.vocabularySize) + show(prompt.origin.labels);
  for (const HeadPart& part : prompt.head)
    text += part.name + show(part.values.values);
  return text;
}

std::string showCard(const ModelCard& card) {
  return card.family + card.architecture + show(card.vocabularySize) + show(card.contextLength) + show(card.labels) +
         show(card.stopTokens) + card.config->dump();
}

fs::path tokenizers() { return fixtures() / "tokenizers"; }

constexpr const char* text = "The sea, the sea: 12 boats & d\xC3\xA9j\xC3\xA0 vu, \xE2\x80\x9Cquoted\xE2\x80\x9D and   spaced.\n";

void attackTable(const char* name, const std::string& content) {
  const fs::path file = scratch("allocations") / name;
  writeFileAtomically(file, content);
  attack(
      name, [&] { return readTable(file); }, showTable);
}

SoftPrompt smallPrompt() {
  SoftPrompt prompt;
  prompt.rows = Matrix(3, 4);
  for (std::size_t i = 0; i < prompt.rows.values.size(); ++i)
    prompt.rows.values[i] = static_cast<float>(i) / 3;
  prompt.origin = {"org/a model of some length, beyond what a string holds in itself",
                   "llama",
                   "abc",
                   300,
                   4,
                   8,
                   PromptInit::Text,
                   "a text to begin with, of some length",
                   "org/tokenizer"};
  return prompt;
}

}  // namespace

TEST_CASE("tables") {
  std::string lines, delimited = "text,label\n", plain;
  for (int i = 0; i < 12; ++i) {
    const std::string row = "the boat number " + std::to_string(i) + " of a long row of boats";
    lines += "{\"text\": \"" + row + "\", \"label\": " + std::to_string(i % 2) + ", \"more\": {\"of\": [1, 2.5, null]}}\n";
    delimited += "\"" + row + ", with a \"\"comma\"\"\"," + std::to_string(i % 2) + "\n";
    plain += row + "\n";
  }
  attackTable("rows.jsonl", lines);
  attackTable("rows.csv", delimited);
  attackTable("rows.txt", plain);
  std::string tabs = delimited;
  std::replace(tabs.begin(), tabs.end(), ',', '\t');
  attackTable("rows.tsv", tabs);
  attackTable("windows.txt", "caf\xE9 \x93quoted\x94\nna\xEFve\n");
  attackTable("ids.jsonl", "{\"input_ids\": [1, 2, 3], \"labels\": [-100, 2, 3]}\n{\"input_ids\": [4, 5], \"labels\": [4, 5]}\n");
}

TEST_CASE("tokenizers of every kind, and a text through each") {
  for (const char* name : {"gpt2_tiny", "llama_tiny", "gemma_tiny", "t5_tiny"}) {
    const fs::path folder = tokenizers() / name;
    const auto showTokenizer = [](const std::shared_ptr<const Tokenizer>& tokenizer) {
      return show(tokenizer->vocabularySize()) + show(tokenizer->encode(text)) + show(tokenizer->endOfText().value_or(-1));
    };
    attack(
        name, [&] { return openTokenizer(folder); }, showTokenizer);
    const auto tokenizer = openTokenizer(folder);
    const auto ids = tokenizer->encode(text);
    attack(
        name, [&] { return tokenizer->encode(text); }, [](const std::vector<TokenId>& all) { return show(all); });
    attack(
        name, [&] { return tokenizer->decode(ids); }, [](const std::string& all) { return all; });
  }
  const auto showDemo = [](const std::shared_ptr<const Tokenizer>& tokenizer) { return show(tokenizer->encode(text)); };
  attack(
      "tokenizer.json", [] { return openTokenizer(resources() / "demo" / "model"); }, showDemo);
}

TEST_CASE("a model's card") {
  for (const char* name : {"gpt2", "llama3_rope", "bert_seqcls", "gpt2_sharded"}) {
    const fs::path folder = fixtures() / name / "model";
    attack(
        name, [&] { return readCard(folder); }, showCard);
  }
}

TEST_CASE("files of tensors") {
  for (const fs::path& file :
       {fixtures() / "gpt2" / "model" / "model.safetensors", fixtures() / "gpt2_bin" / "adapter" / "adapter_model.bin",
        fixtures() / "gpt2" / "adapter_bin" / "adapter_model.bin"}) {
    if (!fs::exists(file)) continue;
    attack(
        file.c_str(), [&] { return readTensorFile(file); },
        [](const TensorFile& tensors) {
          std::string all;
          for (const auto& [name, entry] : tensors.tensors) {
            all += name + shapeText(entry.shape);
            if (entry.shape.size() == 2) all += show(matrixFrom(tensors, name).values.front());
          }
          return all;
        });
  }
}

TEST_CASE("prompts in every form") {
  const fs::path folder = scratch("prompts");
  for (const ExchangeFormat& format : exchangeFormats()) {
    const fs::path place = folder / ("prompt" + format.extension);
    exportPrompt(smallPrompt(), format.name, place);
    attack(
        format.name.c_str(), [&] { return readPrompt(place); }, showPrompt);
  }
  for (const char* name : {"gpt2/adapter", "gpt2/adapter_bin", "bert_seqcls/adapter_full"})
    attack(
        name, [&] { return readPrompt(fixtures() / name); }, showPrompt);
}

TEST_CASE("a run: its plan, its events and its checkpoint") {
  const fs::path folder = scratch("allocations") / "run";
  TrainingPlan plan;
  plan.numVirtualTokens = 3;
  plan.train = "/a/place/of/some/length/rows.jsonl";
  plan.data.verbaliser = {{"0", "the first of two words"}, {"1", "the second"}};
  {
    RunWriter writer(folder, plan, "a fingerprint of some length", "another one of some length");
    Started started;
    started.totalSteps = 2;
    writer.events()(started);
    for (std::int64_t step = 1; step <= 2; ++step)
      writer.events()(Stepped{step, 0.5, 0.1, 1, 1, 10, 1, 1});
    writer.events()(Finished{{2, 0.5, 0.5, {}, {}, {}, {}, 2, "it is the last one", 0, 1, 1}, ""});
    TrainingState state;
    state.step = state.optimizerStep = 2;
    state.prompt = state.start = state.best = smallPrompt();
    state.optimizerMoments = {Matrix(3, 4), Matrix(3, 4)};
    state.order = "{\"position\":3, \"some\": \"more of it, beyond a short string\"}";
    state.ended = "finished";
    writer.checkpoints()(state);
  }
  attack(
      "a run", [&] { return readRun(folder); },
      [](const RunRecord& run) {
        std::string all = toJson(run.plan).dump() + run.status + run.name + run.modelFingerprint + run.dataFingerprint;
        for (const TrainingEvent& event : run.events)
          all += toJson(event).dump();
        return all;
      });
  attack(
      "a checkpoint", [&] { return readCheckpoint(folder).value(); },
      [](const TrainingState& state) {
        return showPrompt(state.prompt) + showPrompt(state.best) + state.order + state.ended + show(state.optimizerMoments.size());
      });
}
