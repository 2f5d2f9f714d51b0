// A run on the disk: what is written while it goes on, what is left after a kill, what comes back.
#include "core/exchange/exchange.h"
#include "core/runs/carry_out.h"
#include "core/runs/checkpoint.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/support/json.h"
#include "core/tensor/safetensors.h"
#include "tests/harness/harness.h"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

using namespace incipit;
namespace fs = std::filesystem;

namespace {

SoftPrompt prompt(float first) {
  SoftPrompt result;
  result.rows = Matrix(2, 3);
  result.rows.values = {first, 2, 3, 4, 5, 6};
  result.origin = {"org/model", "llama", "abc", 300, 4, 8, PromptInit::SampleVocabulary, "", ""};
  return result;
}

TrainingState state(std::int64_t step) {
  TrainingState result;
  result.step = result.optimizerStep = step;
  result.prompt = prompt(static_cast<float>(step)), result.start = prompt(0), result.best = prompt(1);
  result.bestStep = 1;
  result.bestLoss = std::numeric_limits<double>::infinity();
  result.smoothedLoss = 1.0 / 3;
  result.elapsedSeconds = 1.5;
  result.optimizerMoments = {Matrix(2, 3), Matrix(2, 1)};
  result.optimizerMoments[0].values[4] = 1e-30f;
  result.order = "{\"position\":3}";
  return result;
}

Stepped stepped(std::int64_t step) {
  Stepped result;
  result.step = step;
  result.loss = 2.0 / static_cast<double>(step);
  return result;
}

TrainingPlan plan() {
  TrainingPlan result;
  result.numVirtualTokens = 2;
  result.learningRate = 0.125;
  result.data.labelColumn = "label";
  return result;
}

// Steps first .. last with a snapshot and a checkpoint at every even step.
void write(RunWriter& run, std::int64_t first, std::int64_t last) {
  const auto tell = run.events();
  Started started;
  started.totalSteps = 10, started.firstStep = first;
  tell(started);
  for (std::int64_t step = first; step <= last; ++step) {
    tell(stepped(step));
    if (step % 2 != 0) continue;
    tell(Snapshotted{step, prompt(static_cast<float>(step))});
    run.checkpoints()(state(step));
  }
}

std::vector<std::int64_t> stepsOf(const RunRecord& run) {
  std::vector<std::int64_t> steps;
  for (const TrainingEvent& event : run.events)
    if (const auto* step = std::get_if<Stepped>(&event)) steps.push_back(step->step);
  return steps;
}

using Steps = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("a finished run is read back: plan, events, outcome, snapshots, adapter") {
  const fs::path folder = test::scratch("runs") / "fairy-sea-3";
  {
    RunWriter run(folder, plan(), "model-print", "data-print");
    write(run, 1, 4);
    Summary summary;
    summary.steps = 4, summary.lastLoss = 0.5, summary.bestStep = 3;
    run.events()(Finished{summary, ""});
    TrainingResult result;
    result.best = prompt(7);
    run.finish(result);
  }
  const RunRecord run = readRun(folder);
  CHECK_EQUAL(run.name, "fairy-sea-3");
  CHECK_EQUAL(run.status, "finished");
  CHECK_EQUAL(run.modelFingerprint, "model-print");
  CHECK_EQUAL(run.dataFingerprint, "data-print");
  CHECK_EQUAL(run.plan.learningRate, 0.125);
  CHECK_EQUAL(run.plan.data.labelColumn, "label");
  CHECK_EQUAL(stepsOf(run), (Steps{1, 2, 3, 4}));
  CHECK_EQUAL(run.summary->bestStep, 3);
  CHECK_EQUAL(snapshotSteps(folder), (Steps{2, 4}));
  CHECK_EQUAL(readSnapshot(folder, 4), prompt(4));
  CHECK_EQUAL(readPrompt(folder), prompt(7));
  CHECK(fs::exists(folder / "snapshots" / "step-000002.safetensors"));
  CHECK_THROWS(readSnapshot(folder, 3), "step-000003");
  // The run's plan.json is a plan: the run can be done again from it.
  CHECK_EQUAL(planFrom(readJson(folder / "plan.json"), "plan.json").numVirtualTokens, 2);
}

TEST_CASE("every event is on the disk as soon as it happened, a line each") {
  const fs::path folder = test::scratch("runs") / "live";
  RunWriter run(folder, plan(), "", "");
  run.events()(stepped(1));
  run.events()(Snapshotted{1, prompt(1)});
  std::ifstream in(folder / "events.jsonl");
  std::string first, second, nothing;
  std::getline(in, first), std::getline(in, second);
  CHECK(!std::getline(in, nothing));
  CHECK_EQUAL(Json::parse(first)["event"], Json("step"));
  CHECK_EQUAL(Json::parse(second), (Json{{"event", "snapshot"}, {"step", 1}, {"file", "snapshots/step-000001.safetensors"}}));
}

TEST_CASE("the checkpoint comes back to the last bit") {
  const fs::path folder = test::scratch("runs") / "exact";
  CHECK(!readCheckpoint(folder).has_value());
  RunWriter run(folder, plan(), "", "");
  CHECK(!readCheckpoint(folder).has_value());
  run.checkpoints()(state(5));
  const TrainingState back = readCheckpoint(folder).value(), expected = state(5);
  CHECK_EQUAL(back.step, 5);
  CHECK_EQUAL(back.prompt, expected.prompt);
  CHECK_EQUAL(back.start, expected.start);
  CHECK_EQUAL(back.best, expected.best);
  CHECK_EQUAL(back.bestLoss, expected.bestLoss);
  CHECK_EQUAL(back.smoothedLoss, expected.smoothedLoss);
  CHECK_EQUAL(back.optimizerMoments, expected.optimizerMoments);
  CHECK_EQUAL(back.optimizerStep, 5);
  CHECK_EQUAL(back.order, expected.order);
  writeFileAtomically(folder / "checkpoint" / "state.safetensors", "torn");
  CHECK_THROWS(readCheckpoint(folder), "state.safetensors");
}

TEST_CASE("a checkpoint whose whole numbers are none is refused") {
  const fs::path file = test::scratch("runs") / "floats.safetensors";
  for (const char* key : {"step", "best_step", "evaluations_since_best", "optimizer_step", "optimizer_moments"}) {
    writeCheckpoint(file, state(5));
    const SafetensorsFile sound(file);
    std::vector<TensorToWrite> tensors;
    for (const auto& [name, entry] : sound.tensors())
      tensors.push_back({name, entry.type, entry.shape, entry.bytes});
    Json rest = jsonOrNothing(sound.metadata().at("state"));
    CHECK(rest.at(key).is_number_integer());
    rest["looked_at"] = 1.18e20;  // which older checkpoints do not have: as good as none
    rest["prompt"]["use"] = {{"steps", 1.18e20}, {"validation_rows", -1e300}};
    writeSafetensors(file, tensors, {{"state", rest.dump()}});
    CHECK_EQUAL(readCheckpointFile(file).lookedAt, 5);
    CHECK_EQUAL(readCheckpointFile(file).prompt.origin.use.steps, 0);
    rest[key] = 1.18e20;
    writeSafetensors(file, tensors, {{"state", rest.dump()}});
    CHECK_THROWS(readCheckpointFile(file), "has a number that is none");
  }
}

TEST_CASE("a run that was killed: the torn line is left out, and going on forgets what comes behind the checkpoint") {
  const fs::path folder = test::scratch("runs") / "killed";
  {
    RunWriter run(folder, plan(), "m", "d");
    write(run, 1, 5);
  }
  std::ofstream(folder / "events.jsonl", std::ios::app) << "{\"event\":\"step\",\"st";
  RunRecord record = readRun(folder);
  CHECK_EQUAL(record.status, "interrupted");
  CHECK_EQUAL(stepsOf(record), (Steps{1, 2, 3, 4, 5}));

  TrainingPlan longer = plan();
  longer.steps = 8;
  {
    RunWriter run(folder, longer, "m", "d", true);
    CHECK_EQUAL(readCheckpoint(folder)->step, 4);
    write(run, 5, 6);
    Summary summary;
    summary.steps = 6;
    run.events()(Stopped{summary});
  }
  record = readRun(folder);
  CHECK_EQUAL(record.status, "stopped");
  CHECK_EQUAL(record.plan.steps, 8);
  CHECK_EQUAL(stepsOf(record), (Steps{1, 2, 3, 4, 5, 6}));
  CHECK_EQUAL(snapshotSteps(folder), (Steps{2, 4, 6}));
  const auto starts = [&] {
    return std::count_if(record.events.begin(), record.events.end(), [](const auto& e) { return std::holds_alternative<Started>(e); });
  };
  CHECK_EQUAL(starts(), 2);

  // Once more, and killed at once: it is neither stopped nor finished.
  RunWriter again(folder, longer, "m", "d", true);
  Started started;
  started.firstStep = 7;
  again.events()(started);
  record = readRun(folder);
  CHECK_EQUAL(std::count_if(record.events.begin(), record.events.end(), [](const auto& e) { return std::holds_alternative<Stopped>(e); }),
              1);
  CHECK_EQUAL(record.status, "interrupted");
  CHECK_EQUAL(starts(), 3);
  CHECK(!record.summary.has_value());
}

TEST_CASE("a failed run says so") {
  const fs::path folder = test::scratch("runs") / "failed";
  RunWriter run(folder, plan(), "", "");
  run.events()(stepped(1));
  run.events()(Failed{2, "The loss is not a number.\xFF"});  // a byte that is not UTF-8 must not lose the event
  const RunRecord record = readRun(folder);
  CHECK_EQUAL(record.status, "failed");
  CHECK_EQUAL(record.events.size(), 2u);
}

TEST_CASE("another run's folder, no run's folder and a run being written are refused") {
  const fs::path place = test::scratch("runs");
  auto run = std::make_unique<RunWriter>(place / "one", plan(), "", "");
  CHECK_THROWS(RunWriter(place / "one", plan(), "", ""), "holds another run");
  CHECK_THROWS(RunWriter(place / "one", plan(), "", "", true), "is being written by another program");
  const TrainingListener kept = run->events();
  run.reset();
  CHECK_EQUAL(RunWriter(place / "one", plan(), "", "", true).folder(), place / "one");
  CHECK_THROWS(RunWriter(place / "two", plan(), "", "", true), "holds no run");
  CHECK_THROWS(readRun(place), "is not a run");
  writeFileAtomically(place / "file", "");
  CHECK_THROWS(RunWriter(place / "file" / "run", plan(), "", ""), "cannot be made");
  writeFileAtomically(place / "one" / "events.jsonl", "{\"event\":\"step\"\n{}\n");
  CHECK_THROWS(readRun(place / "one"), "Line 1 of");
}

TEST_CASE("a disk that is full ends the run with one sentence, and what was there stays") {
  const fs::path folder = test::scratch("runs") / "full";
  RunWriter run(folder, plan(), "", "");
  write(run, 1, 2);
  const auto sentenceOf = [](auto call) -> std::string {
    try {
      call();
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  };
  // A limit on file sizes stands for the full disk: a write beyond it first comes back short, then fails.
  std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit before {};
  getrlimit(RLIMIT_FSIZE, &before);
  struct rlimit small = before;
  small.rlim_cur = fs::file_size(folder / "events.jsonl") + 10;
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string eventError = sentenceOf([&] { run.events()(stepped(3)); });
  const std::string secondError = sentenceOf([&] { run.events()(Failed{3, eventError}); });
  const std::string checkpointError = sentenceOf([&] { run.checkpoints()(state(3)); });
  setrlimit(RLIMIT_FSIZE, &before);
  CHECK(eventError.find("events.jsonl' cannot be written") != std::string::npos);
  CHECK_EQUAL(secondError, "");
  CHECK(checkpointError.find("state.safetensors' cannot be written") != std::string::npos);
  CHECK_EQUAL(readCheckpoint(folder)->step, 2);
  CHECK_EQUAL(stepsOf(readRun(folder)), (Steps{1, 2}));
  CHECK_EQUAL(readFile(folder / "events.jsonl").back(), '\n');
  CHECK_EQUAL(std::distance(fs::directory_iterator(folder / "checkpoint"), fs::directory_iterator()), 1);
}

TEST_CASE("a run that fills the disk stops and keeps its prompt and checkpoint") {
  const fs::path folder = test::scratch("runs") / "filled";
  const fs::path data = folder.parent_path() / "data.jsonl";
  writeFileAtomically(data, R"({"input_ids":[1,2,3,4],"labels":[1,2,3,4]})"
                            "\n");
  TrainingPlan wanted;
  wanted.model = (test::fixtures() / "gpt2" / "model").string();
  wanted.train = data;
  wanted.out = folder;
  wanted.steps = 500;
  wanted.numVirtualTokens = 2;
  wanted.snapshotEvery = 1000;
  const PreparedRun run = prepare(wanted);
  std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit before {};
  getrlimit(RLIMIT_FSIZE, &before);
  struct rlimit small = before;
  small.rlim_cur = 80000;  // events.jsonl grows beyond it; the reserve, the checkpoint and the prompt fit
  setrlimit(RLIMIT_FSIZE, &small);
  std::string sentence;
  std::int64_t last = 0;
  try {
    carryOut(run, [&](const TrainingEvent& event) {
      if (const auto* step = std::get_if<Stepped>(&event)) last = step->step;
    });
  } catch (const FileError& error) {
    sentence = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  CHECK(last > 10 && last < 500);
  CHECK(sentence.find("events.jsonl' cannot be written") != std::string::npos);
  CHECK(sentence.find("stopped after step " + std::to_string(last) + "; its prompt is kept") != std::string::npos);
  CHECK_EQUAL(readCheckpoint(folder)->step, last);
  CHECK_EQUAL(readPrompt(folder).length(), 2);
  CHECK(!fs::exists(folder / ".reserve"));
  CHECK_EQUAL(prepareToGoOn(folder).resume->step, last);
}

TEST_CASE("runs are listed newest first, and new names are free and easy to say") {
  const fs::path place = test::scratch("runs") / "many";
  CHECK(runsIn(place).empty());
  for (const char* name : {"b", "a", "c"})
    RunWriter(place / name, plan(), "", "");
  const auto now = fs::file_time_type::clock::now();
  fs::last_write_time(place / "b" / "plan.json", now);
  fs::last_write_time(place / "a" / "plan.json", now - std::chrono::hours(2));
  fs::last_write_time(place / "c" / "plan.json", now - std::chrono::hours(1));
  makeFolder(place / "no-run");
  CHECK_EQUAL(runsIn(place), (std::vector<fs::path>{place / "b", place / "c", place / "a"}));
  const std::string name = freshRunFolder(place).filename().string();
  CHECK(name.ends_with("-4"));
  CHECK_EQUAL(std::count(name.begin(), name.end(), '-'), 2);
  CHECK(!fs::exists(place / name));
}

TEST_CASE("a run of Gemma records what its rows mean, and one from before there were two meanings goes on to the same numbers") {
  const fs::path folder = test::scratch("runs");
  writeFileAtomically(folder / "rows.jsonl",
                      "{\"input_ids\": [5, 7, 9, 11], \"labels\": [5, 7, 9, 11]}\n{\"input_ids\": [15, 17], \"labels\": [15, 17]}\n");
  TrainingPlan plan;
  plan.model = (test::fixtures() / "gemma" / "model").string();
  plan.train = folder / "rows.jsonl";
  plan.numVirtualTokens = 3;
  plan.batchSize = 2;
  plan.precision = Precision::Fp32;
  plan.schedule = Schedule::Constant;
  const auto trained = [&](const char* name, std::int64_t steps, RowScale rows) {
    plan.out = folder / name;
    plan.steps = steps;
    plan.gemmaRows = rows;
    return carryOut(prepare(plan), {}).state.prompt;
  };
  const SoftPrompt newest = trained("newest", 6, RowScale::Unsaid);
  CHECK(newest.origin.rowScale == RowScale::Scaled);
  CHECK(readRun(folder / "newest").plan.gemmaRows == RowScale::Scaled);
  CHECK(readPrompt(folder / "newest").origin.rowScale == RowScale::Scaled);
  CHECK(readSnapshot(folder / "newest", 6).origin.rowScale == RowScale::Scaled);
  const SoftPrompt whole = trained("whole", 6, RowScale::Unscaled);
  trained("half", 3, RowScale::Unscaled);

  // As an earlier version left it: neither plan nor checkpoint says what the rows mean.
  Json written = readJson(folder / "half" / "plan.json");
  written.erase("gemma_rows"), written.erase("gemma_prompt");
  writeJson(folder / "half" / "plan.json", written);
  const fs::path checkpoint = folder / "half" / "checkpoint" / "state.safetensors";
  TrainingState state = readCheckpointFile(checkpoint);
  for (SoftPrompt* each : {&state.prompt, &state.start, &state.best})
    each->origin.rowScale = RowScale::Unsaid;
  writeCheckpoint(checkpoint, state);
  CHECK_EQUAL(carryOut(prepareToGoOn(folder / "half", {6, {}}), {}).state.prompt, whole);
  CHECK(readRun(folder / "half").plan.gemmaRows == RowScale::Unscaled);

  // And its plan, carried out anew, does the same again.
  TrainingPlan again = planFrom(written, "plan.json");
  again.out = folder / "again", again.steps = 6;
  CHECK_EQUAL(carryOut(prepare(again), {}).state.prompt, whole);
}

namespace {

TrainingPlan smallRun(const fs::path& folder) {
  const fs::path data = folder.parent_path() / "data.jsonl";
  writeFileAtomically(data, R"({"input_ids":[1,2,3,4],"labels":[1,2,3,4]})"
                            "\n");
  TrainingPlan wanted;
  wanted.model = (test::fixtures() / "gpt2" / "model").string();
  wanted.train = data;
  wanted.out = folder;
  wanted.steps = 6;
  wanted.numVirtualTokens = 2;
  return wanted;
}

std::string statusOf(const fs::path& folder) { return readRun(folder).status; }

}  // namespace

TEST_CASE("a run whose rows a network yields goes on to the same bits, and leaves an ordinary adapter") {
  const fs::path folder = test::scratch("runs");
  for (const auto method : {Reparametrization::Mlp, Reparametrization::Lstm, Reparametrization::Residual, Reparametrization::LowRank}) {
    const std::string name(nameOf(method));
    TrainingPlan plan = smallRun(folder / (name + "-whole"));
    plan.schedule = Schedule::Constant;
    plan.reparametrization = method;
    const SoftPrompt whole = carryOut(prepare(plan), {}).state.prompt;
    const TrainingPlan decidedPlan = readRun(folder / (name + "-whole")).plan;
    CHECK(decidedPlan.encoderHiddenSize > 0);
    CHECK_EQUAL(decidedPlan.reparametrizationLearningRate, usualNetworkRate(decidedPlan.reparametrization));

    plan.out = folder / (name + "-half"), plan.steps = 3;
    carryOut(prepare(plan), {});
    CHECK(!readCheckpointFile(plan.out / "checkpoint" / "state.safetensors").network.empty());
    const TrainingResult longer = carryOut(prepareToGoOn(plan.out, {6, {}}), {});
    CHECK(longer.state.prompt.rows == whole.rows);
    CHECK(readPrompt(plan.out).rows == longer.best.rows);
    CHECK_EQUAL(readJson(plan.out / "adapter" / "adapter_config.json").at("peft_type"), "PROMPT_TUNING");
  }
}

TEST_CASE("a run killed between its last state and its adapter is finished by whoever opens it") {
  const fs::path folder = test::scratch("runs") / "unsettled";
  const TrainingResult result = carryOut(prepare(smallRun(folder)), {});
  const std::string events = readFile(folder / "events.jsonl");
  fs::remove_all(folder / "adapter");
  writeFileAtomically(folder / "events.jsonl", events.substr(0, events.rfind('\n', events.size() - 2) + 1));
  CHECK_EQUAL(statusOf(folder), "interrupted");
  settleRun(folder);
  CHECK_EQUAL(statusOf(folder), "finished");
  CHECK_EQUAL(readRun(folder).summary->steps, 6);
  CHECK(readPrompt(folder).rows == result.best.rows);
  CHECK_THROWS(prepareToGoOn(folder), "has done 6 steps");
}

TEST_CASE("a run of an older version that lacks its adapter gets it by going on") {
  const fs::path folder = test::scratch("runs") / "older";
  const TrainingResult result = carryOut(prepare(smallRun(folder)), {});
  TrainingState state = readCheckpoint(folder).value();
  CHECK_EQUAL(state.ended, "finished");
  {
    state.ended.clear();
    const RunRecord record = readRun(folder);
    RunWriter writer(folder, record.plan, record.modelFingerprint, record.dataFingerprint, true);
    writer.checkpoints()(state);
  }
  fs::remove_all(folder / "adapter");
  settleRun(folder);
  CHECK(!fs::exists(folder / "adapter"));
  const TrainingResult again = carryOut(prepareToGoOn(folder), {});
  CHECK_EQUAL(again.state.step, 6);
  CHECK(readPrompt(folder).rows == result.best.rows);
  CHECK_THROWS(prepareToGoOn(folder), "has done 6 steps");
}

TEST_CASE("a run killed before its first checkpoint begins again in its own folder") {
  const fs::path folder = test::scratch("runs") / "early";
  const TrainingResult result = carryOut(prepare(smallRun(folder)), {});
  for (const char* part : {"adapter", "checkpoint"})
    fs::remove_all(folder / part);
  const TrainingResult again = carryOut(prepareToGoOn(folder), {});
  CHECK(again.best.rows == result.best.rows);
  CHECK_EQUAL(statusOf(folder), "finished");
}

TEST_CASE("a folder in which a run was killed before it had a plan can be used") {
  const fs::path folder = test::scratch("runs") / "planless";
  fs::create_directories(folder);
  writeFileAtomically(folder / "events.jsonl", "");
  writeFileAtomically(folder / ".plan.json.GFL0Bh", "{}");
  CHECK_THROWS(readRun(folder), "was ended before it began");
  carryOut(prepare(smallRun(folder)), {});
  CHECK_EQUAL(statusOf(folder), "finished");
  CHECK(!fs::exists(folder / ".plan.json.GFL0Bh"));
}

TEST_CASE("what killed programs left in a run goes when it is opened, but not from under one that writes") {
  const fs::path folder = test::scratch("runs") / "leftovers";
  const std::vector<fs::path> left = {folder / ".plan.json.GFL0Bh", folder / "checkpoint" / ".state.safetensors.aaaaaa",
                                      folder / "snapshots" / ".step-000002.safetensors.bbbbbb", folder / "adapter" / ".README.md.cccccc",
                                      folder / ".reserve"};
  const auto leave = [&] {
    for (const fs::path& file : left)
      fs::create_directories(file.parent_path()), writeFileAtomically(file, "half");
  };
  {
    RunWriter run(folder, plan(), "", "");
    leave();
    settleRun(folder);
    for (const fs::path& file : left)
      CHECK(fs::exists(file));
  }
  leave();
  writeFileAtomically(folder / ".notes", "a person's own");
  settleRun(folder);
  for (const fs::path& file : left)
    CHECK(!fs::exists(file));
  CHECK(fs::exists(folder / ".notes"));
}

TEST_CASE("a run folder deleted while the run goes on is said, and written again as far as it can be") {
  const fs::path folder = test::scratch("runs") / "deleted";
  const PreparedRun run = prepare(smallRun(folder));
  std::string sentence;
  try {
    carryOut(run, [&](const TrainingEvent& event) {
      if (const auto* step = std::get_if<Stepped>(&event); step != nullptr && step->step == 3) fs::remove_all(folder);
    });
  } catch (const FileError& error) {
    sentence = error.what();
  }
  CHECK(sentence.find("was deleted or moved while the run went on") != std::string::npos);
  CHECK(sentence.find("stopped after step") != std::string::npos);
  CHECK_EQUAL(statusOf(folder), "stopped");
  CHECK_EQUAL(readPrompt(folder).length(), 2);
  const TrainingResult rest = carryOut(prepareToGoOn(folder), {});
  const fs::path whole = folder.parent_path() / "whole";
  CHECK(rest.best.rows == carryOut(prepare(smallRun(whole)), {}).best.rows);
}

TEST_CASE("a model file cut off while a run goes on ends it with a sentence, and the steps before it are kept") {
  const fs::path place = test::scratch("runs"), folder = place / "cut";
  fs::copy(test::fixtures() / "gpt2" / "model", place / "model");
  TrainingPlan wanted = smallRun(folder);
  wanted.model = (place / "model").string();
  const fs::path weights = place / "model" / "model.safetensors";
  const std::string bytes = readFile(weights);
  std::int64_t last = 0;
  std::string sentence;
  try {
    carryOut(prepare(wanted), [&](const TrainingEvent& event) {
      if (const auto* step = std::get_if<Stepped>(&event)) last = step->step;
      if (last == 3) fs::resize_file(weights, bytes.size() - 5);
    });
  } catch (const FileError& error) {
    sentence = error.what();
  }
  CHECK(sentence.find("model.safetensors' was cut off") != std::string::npos);
  CHECK_EQUAL(last, 3);
  CHECK_EQUAL(statusOf(folder), "failed");
  CHECK_EQUAL(readCheckpoint(folder)->step, 3);
  CHECK_THROWS(prepareToGoOn(folder), "model.safetensors");
  writeFileAtomically(weights, bytes);
  const TrainingResult rest = carryOut(prepareToGoOn(folder), {});
  wanted.out = place / "whole";
  CHECK(rest.best.rows == carryOut(prepare(wanted), {}).best.rows);
}

TEST_CASE("a plan whose words are not text is refused before anything is written") {
  const fs::path folder = test::scratch("runs") / "bad\xFF";
  CHECK_THROWS(prepare(smallRun(folder)), "'out' is not UTF-8 text");
  CHECK(!fs::exists(folder));
}
