// What a run keeps of each validation example, and one of them token by token.
#include "core/exchange/exchange.h"
#include "core/runs/carry_out.h"
#include "core/runs/judge_stopped.h"
#include "core/runs/predictions.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/training/scored_tokens.h"
#include "tests/harness/harness.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <stop_token>

using namespace incipit;
namespace fs = std::filesystem;

namespace {

// Twelve rows of two classes on the small GPT-2, which cannot tell more of them apart than their ids.
TrainingPlan classRun(const fs::path& folder) {
  std::string rows;
  for (int i = 0; i < 12; ++i)
    rows += R"({"input_ids":[)" + std::to_string(20 + i) + R"(,2,3,)" + std::to_string(40 + i % 2) + R"(],"labels":[-100,-100,2,)" +
            std::to_string(40 + i % 2) + "]}\n";
  TrainingPlan plan;
  plan.model = (test::fixtures() / "gpt2" / "model").string();
  plan.train = folder.parent_path() / "data.jsonl";
  plan.validation = folder.parent_path() / "validation.jsonl";
  writeFileAtomically(plan.train, rows);
  writeFileAtomically(plan.validation, rows);
  plan.out = folder;
  plan.numVirtualTokens = 3;
  plan.steps = 12;
  plan.evalEvery = 4;
  plan.learningRate = 0.05;
  plan.precision = Precision::Fp32;
  return plan;
}

// What an evaluation says of the run's kept prompt.
Evaluation judged(const PreparedRun& run, const fs::path& folder) { return evaluate(*run.model, readPrompt(folder), *run.validation); }

}  // namespace

TEST_CASE("the file says of each example what an evaluation of the kept prompt says, and what one of the start says") {
  const fs::path folder = test::scratch("predictions") / "run";
  const PreparedRun run = prepare(classRun(folder));
  carryOut(run, {});
  const auto predictions = readPredictions(folder);
  CHECK(predictions.has_value());
  CHECK_EQUAL(predictions->step, readRun(folder).summary->bestStep);
  const Evaluation now = judged(run, folder), before = evaluate(*run.model, run.start, *run.validation);
  CHECK_EQUAL(predictions->rows.size(), std::size_t(12));
  double moved = 0;
  for (std::size_t i = 0; i < predictions->rows.size(); ++i) {
    const Prediction& row = predictions->rows[i];
    CHECK_EQUAL(row.row, std::int64_t(i));
    CHECK_EQUAL(row.scoredTokens, now.outcomes[i].scoredTokens);
    CHECK_CLOSE(row.loss, now.outcomes[i].loss, 1e-5);
    CHECK_CLOSE(*row.startLoss, before.outcomes[i].loss, 1e-5);
    moved += std::abs(row.loss - *row.startLoss);
  }
  CHECK(moved > 0.1);

  // Without its checkpoint a run that came to its end is not begun again: that would write over it.
  const std::string adapter = readFile(folder / "adapter" / "adapter_model.safetensors");
  fs::remove_all(folder / "checkpoint");
  CHECK_THROWS(prepareToGoOn(folder), "no checkpoint any more");
  CHECK_EQUAL(readFile(folder / "adapter" / "adapter_model.safetensors"), adapter);
}

TEST_CASE("a run that was stopped, judged and goes on keeps what its start made of the examples") {
  const fs::path folder = test::scratch("predictions") / "resumed";
  const TrainingPlan plan = classRun(folder);
  std::stop_source stop;
  carryOut(
      prepare(plan),
      [&](const TrainingEvent& event) {
        if (const auto* stepped = std::get_if<Stepped>(&event); stepped != nullptr && stepped->step == 6) stop.request_stop();
      },
      stop.get_token());
  CHECK_EQUAL(readPredictions(folder)->step, 4);
  judgeStopped(folder, {});
  CHECK_EQUAL(readPredictions(folder)->step, readRun(folder).summary->bestStep);
  const double start = *readPredictions(folder)->rows[3].startLoss;
  carryOut(prepareToGoOn(folder), {});
  const auto whole = readPredictions(folder);
  CHECK_EQUAL(whole->step, readRun(folder).summary->bestStep);
  CHECK_CLOSE(*whole->rows[3].startLoss, start, 1e-12);

  // A file that somebody broke is said by who reads it, and is no reason not to go on.
  writeFileAtomically(folder / "predictions.jsonl", "{\"step\":1}\n");
  CHECK_THROWS(readPredictions(folder), "Line 1 of");
  writeFileAtomically(folder / "predictions.jsonl",
                      "{\"step\":1,\"classes\":[\"a\"]}\n{\"row\":0,\"loss\":1,\"scored_tokens\":1,\"rank\":1,\"label\":\"b\","
                      "\"predicted\":\"a\"}\n");
  CHECK_THROWS(readPredictions(folder), "Line 2 of");
  Onwards onwards;
  onwards.steps = 16;
  carryOut(prepareToGoOn(folder, onwards), {});
  CHECK_EQUAL(readPredictions(folder)->rows.size(), std::size_t(12));
}

TEST_CASE("classes have their label, the answer, the label's place and every score") {
  PredictionsSeen seen;
  Started started;
  started.classes = {"no", "yes", "perhaps"};
  seen.take(started);
  const auto look = [](std::int64_t step, bool best, std::vector<ExampleOutcome> outcomes) {
    Evaluated event;
    event.step = step;
    event.best = best;
    auto of = std::make_shared<Evaluation>();
    of->outcomes = std::move(outcomes);
    event.of = std::move(of);
    return event;
  };
  seen.take(look(0, true, {{0, 2.0, 1, 0, {-1, -2, -3}, 7, 1}}));
  seen.take(look(5, false, {{0, 9.0, 1, 0, {-1, -2, -3}, 7, 1}}));  // not kept
  CHECK_EQUAL(seen.seen().step, 0);
  seen.take(look(10, true, {{0, 0.5, 1, 1, {-3, -0.5, -4}, 7, 1}}));
  const Prediction& row = seen.seen().rows.front();
  CHECK_EQUAL(row.row, 7);
  CHECK_EQUAL(row.label, "yes");
  CHECK_EQUAL(row.predicted, "yes");
  CHECK_EQUAL(row.rank, 1);
  CHECK_CLOSE(*row.startLoss, 2.0, 0);
  CHECK_EQUAL(row.scores, std::vector<double>({-3, -0.5, -4}));
  CHECK(toJson(predictionFrom(toJson(row), "a line")) == toJson(row));
}

TEST_CASE("an example token by token has the mean loss that its evaluation has, and knows what was expected instead") {
  const fs::path folder = test::scratch("predictions") / "tokens";
  const PreparedRun run = prepare(classRun(folder));
  carryOut(run, {});
  const SoftPrompt kept = readPrompt(folder);
  const Evaluation whole = judged(run, folder);
  for (std::int64_t example = 0; example < 12; ++example) {
    const auto tokens = scoredTokens(*run.model, kept, *run.validation, example);
    CHECK_EQUAL(tokens.size(), std::size_t(2));
    const Example of = run.validation->items[std::size_t(example)];
    double sum = 0;
    for (const ScoredToken& token : tokens) {
      CHECK_EQUAL(of.labels[token.place], token.token);
      CHECK((token.rank == 1) == (token.likeliest == token.token));
      CHECK(token.likeliestLogP >= token.logP);
      sum -= token.logP;
    }
    CHECK_CLOSE(sum / 2, whole.outcomes[std::size_t(example)].loss, 1e-4);
  }
}
