// What a trained prompt is held against: each figure against the same thing done by hand, and that it is kept as long as it is true.
#include "core/runs/baselines.h"

#include "core/dataset/shots.h"
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/tokenizer/tokenizer.h"
#include "tests/harness/harness.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

using namespace incipit;
namespace fs = std::filesystem;

namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

const Rows trainingRows = {{"The baker sang loudly.", "boy"},
                           {"Polly climbed the tree.", "girl"},
                           {"The clock struck nine.", "thing"},
                           {"The miller's son ran home.", "boy"},
                           {"Anne fed the hens.", "girl"},
                           {"The kettle boiled over.", "thing"},
                           {"Tom lost his cap.", "boy"},
                           {"The queen laughed.", "girl"},
                           {"The old gate creaked.", "thing"},
                           {"The smith's boy swept the yard.", "boy"},
                           {"The boy whistled in the dark wood.", "boy"}};
const Rows validationRows = {{"The shepherd slept.", "boy"},   {"Mary found a shell upon the shore, and she kept it.", "girl"},
                             {"The bell rang.", "thing"},      {"Jack fell down.", "boy"},
                             {"The stove was cold.", "thing"}, {"The prince rode away.", "boy"}};

fs::path write(const fs::path& file, const Rows& rows) {
  std::string text;
  for (const auto& [words, label] : rows)
    text += Json{{"text", words}, {"label", label}}.dump() + "\n";
  writeFileAtomically(file, text);
  return file;
}

TrainingPlan planIn(const fs::path& folder, const std::string& run) {
  TrainingPlan plan;
  plan.model = "demo";
  plan.train = write(folder / "train.jsonl", trainingRows);
  plan.validation = write(folder / "validation.jsonl", validationRows);
  plan.out = folder / "runs" / run;
  plan.data.labelColumn = "label";
  plan.numVirtualTokens = 4;
  plan.promptTuningInit = PromptInit::Text;
  plan.promptTuningInitText = "Is it a boy, a girl or a thing?";
  plan.steps = 1;
  plan.batchSize = 2;
  plan.precision = Precision::Fp32;
  return plan;
}

// The run done, and what its baselines are made of.
BaselineInput inputOf(const TrainingPlan& plan) {
  const TrainingResult result = carryOut(prepare(plan), {});
  const RunRecord record = readRun(plan.out);
  return baselineInputOf(record.plan, record.modelFingerprint, record.dataFingerprint, result.best);
}

const Baseline& named(const std::vector<Baseline>& all, const std::string& name) {
  return *std::find_if(all.begin(), all.end(), [&](const Baseline& each) { return each.name == name; });
}

BaselineFigures figuresOf(const BaselineInput& input, const std::string& name) {
  const auto all = baselinesFor(input);
  return judge(input, named(all, name))->figures;
}

// The examples with these tokens in front of each, as ordinary words.
Examples behind(const std::vector<TokenId>& front, const Examples& examples) {
  Examples result = examples;
  result.items = result.items.changed([&](Example& example) {
    example.ids.insert(example.ids.begin(), front.begin(), front.end());
    example.labels.insert(example.labels.begin(), front.size(), notScored);
  });
  return result;
}

void checkSame(const BaselineFigures& got, const Evaluation& expected) {
  CHECK_EQUAL(got.rows, expected.examples);
  CHECK_CLOSE(*got.loss, expected.loss, 1e-5);
  CHECK_CLOSE(*got.labelLoss, *expected.labelLoss, 1e-5);
  CHECK_CLOSE(*got.accuracy, *expected.accuracy, 1e-12);
}

std::vector<std::string> unknownOf(const BaselinePlan& plan) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < plan.all.size(); ++i)
    if (!plan.known[i]) names.push_back(plan.all[i].name);
  return names;
}

}  // namespace

TEST_CASE("the start text as plain words is what the model makes of these words in front of each text") {
  const BaselineInput input = inputOf(planIn(test::scratch("words"), "a"));
  const auto words = input.tokenizer->encode(input.plan.promptTuningInitText, SpecialTokens::Add);
  CHECK(words.size() > 4);  // more than the prompt has rows: none is cut away
  checkSame(figuresOf(input, "start_text"), evaluate(*input.model, SoftPrompt{}, behind(words, *input.validation)));
  checkSame(figuresOf(input, "bare_model"), evaluate(*input.model, SoftPrompt{}, *input.validation));
  const BaselineFigures bare = figuresOf(input, "bare_model"), text = figuresOf(input, "start_text");
  CHECK(std::abs(*bare.loss - *text.loss) > 1e-3);
}

TEST_CASE("examples in the context are training rows with their labels, as many of each class, as many as there is room for") {
  BaselineInput input = inputOf(planIn(test::scratch("shots"), "a"));
  const auto baselines = baselinesFor(input);
  const Baseline& shots = named(baselines, "few_shot");
  CHECK_EQUAL(shots.whyNot, "");
  CHECK_EQUAL(shots.shots, static_cast<std::int64_t>(trainingRows.size()));  // all have room
  // What the model reads is what somebody would type.
  std::map<std::string, int> ofClass;
  std::string typed;
  for (const std::int64_t row : shotRows(*input.training, shots.shots, input.plan.seed)) {
    const auto& [words, label] = trainingRows[static_cast<std::size_t>(row)];
    typed += words + "\nlabel: " + label + "\n\n";
    ++ofClass[label];
  }
  CHECK_EQUAL(ofClass, (std::map<std::string, int>{{"boy", 5}, {"girl", 3}, {"thing", 3}}));
  for (std::size_t i = 0; i < validationRows.size(); ++i) {
    std::vector<TokenId> ids = shots.front;
    const Example example = shots.examples->items[i];
    ids.insert(ids.end(), example.ids.begin(), example.ids.end());
    CHECK_EQUAL(input.tokenizer->decode(ids), typed + validationRows[i].first + "\nlabel: " + validationRows[i].second);
    CHECK_EQUAL(example.classIndex, input.validation->items[i].classIndex);
  }
  // Read at once or row by row, it is the same.
  checkSame(judge(input, shots)->figures, evaluate(*input.model, SoftPrompt{}, behind(shots.front, *shots.examples)));

  // With the beginning of the order each class comes in turn.
  std::map<std::string, int> firstSix;
  for (const std::int64_t row : shotRows(*input.training, 6, input.plan.seed))
    ++firstSix[trainingRows[static_cast<std::size_t>(row)].second];
  CHECK_EQUAL(firstSix, (std::map<std::string, int>{{"boy", 2}, {"girl", 2}, {"thing", 2}}));

  // A long row leaves room for fewer; the longest one still fits with all labels, and one example more would not.
  const fs::path folder = test::scratch("shots-long");
  TrainingPlan plan = planIn(folder, "a");
  Rows rows = validationRows;
  for (int i = 0; i < 20; ++i)
    rows[2].first += " The bell rang again.";
  write(plan.validation, rows);
  input = inputOf(plan);
  const auto crowded = baselinesFor(input);
  const Baseline& fewer = named(crowded, "few_shot");
  CHECK(fewer.shots > 0 && fewer.shots < shots.shots);
  const std::int64_t context = input.model->card().contextLength;
  std::int64_t longest = 0, label = 0;
  for (const auto& tokens : input.validation->classTokens)
    label = std::max(label, static_cast<std::int64_t>(tokens.size()));
  for (std::size_t i = 0; i < fewer.examples->items.size(); ++i)
    longest = std::max(longest, fewer.examples->items.sizes(i).ids);
  const auto front = static_cast<std::int64_t>(fewer.front.size());
  CHECK(front + longest <= context);
  const auto next = shotRows(*input.training, fewer.shots + 1, input.plan.seed).back();
  const auto& [words, answer] = trainingRows[static_cast<std::size_t>(next)];
  const auto one = static_cast<std::int64_t>(input.tokenizer->encode(words + "\nlabel: " + answer + "\n\n", SpecialTokens::Leave).size());
  CHECK(front + longest + one + label > context);
}

TEST_CASE("whoever always says the most frequent class is right where it stands") {
  const BaselineInput input = inputOf(planIn(test::scratch("majority"), "a"));
  const BaselineFigures majority = figuresOf(input, "majority_class");  // boy 3, thing 2, girl 1
  CHECK_EQUAL(majority.rows, 6);
  CHECK_CLOSE(*majority.accuracy, 3.0 / 6, 1e-12);
  CHECK_CLOSE(*majority.f1Macro, (2.0 * 3 / (6 + 3)) / 3, 1e-12);
  CHECK(!majority.loss);
}

TEST_CASE("baselines are kept beside the run, taken over by the next with the same model, data and template, and else judged anew") {
  const fs::path folder = test::scratch("kept");
  const TrainingPlan plan = planIn(folder, "a");
  const BaselineInput input = inputOf(plan);
  CHECK(readBaselines(plan.out).empty());
  const BaselinePlan first = planBaselines(input, plan.out);
  CHECK_EQUAL(unknownOf(first), (std::vector<std::string>{"bare_model", "start_text", "few_shot", "majority_class"}));
  CHECK(first.work > 0);

  std::stop_source stop;
  stop.request_stop();
  CHECK(judgeBaselines(input, first, plan.out, stop.get_token()).empty());
  double share = 0;
  const auto judged = judgeBaselines(input, first, plan.out, {}, [&](double done) {
    CHECK(done >= share && done <= 1 + 1e-9);
    share = done;
  });
  CHECK_CLOSE(share, 1, 1e-9);
  CHECK_EQUAL(judged.size(), 4u);
  const auto kept = readBaselines(plan.out);
  CHECK_EQUAL(kept.size(), 4u);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    CHECK_EQUAL(kept[i].key, judged[i].key);
    CHECK_EQUAL(kept[i].shots, judged[i].shots);
    CHECK_EQUAL(kept[i].rows, 6);
    CHECK_CLOSE(*kept[i].accuracy, *judged[i].accuracy, 1e-12);
  }

  TrainingPlan again = plan;  // trained otherwise, asked about the same
  again.out = folder / "runs" / "b";
  again.learningRate = 0.1;
  again.steps = 2;
  const BaselineInput same = inputOf(again);
  const BaselinePlan known = planBaselines(same, again.out);
  CHECK_CLOSE(known.work, 0, 1e-12);
  CHECK_CLOSE(*judgeBaselines(same, known, again.out)[1].loss, *judged[1].loss, 1e-12);
  CHECK_EQUAL(readBaselines(again.out).size(), 4u);  // its own from now on

  TrainingPlan otherText = again;
  otherText.out = folder / "runs" / "c";
  otherText.promptTuningInitText = "Who is it?";
  CHECK_EQUAL(unknownOf(planBaselines(inputOf(otherText), otherText.out)), std::vector<std::string>{"start_text"});

  TrainingPlan otherTemplate = again;
  otherTemplate.out = folder / "runs" / "d";
  otherTemplate.data.textTemplate = "{text}\nWho:";
  CHECK_EQUAL(unknownOf(planBaselines(inputOf(otherTemplate), otherTemplate.out)).size(), 4u);

  TrainingPlan otherData = again;  // only what it could be shown is another
  otherData.out = folder / "runs" / "e";
  otherData.train = folder / "other.jsonl";
  Rows rows = trainingRows;
  rows[0].first = "The tailor's boy coughed.";
  write(otherData.train, rows);
  CHECK_EQUAL(unknownOf(planBaselines(inputOf(otherData), otherData.out)), std::vector<std::string>{"few_shot"});

  write(plan.train, rows);
  const RunRecord record = readRun(plan.out);
  CHECK_THROWS(baselineInputOf(record.plan, record.modelFingerprint, record.dataFingerprint, {}), "no longer the one");
  writeFileAtomically(plan.out / "baselines.json", "{\"baselines\": [7, {\"name\": 3}, {\"name\": \"x\", \"rows\": -1}]}");
  CHECK_EQUAL(readBaselines(plan.out).size(), 1u);
  CHECK_EQUAL(readBaselines(plan.out)[0].rows, 0);
}

TEST_CASE("what cannot be had says why: rows of token ids have no examples, a prompt without a text no words") {
  const fs::path folder = test::scratch("why");
  TrainingPlan plan = planIn(folder, "a");
  writeFileAtomically(plan.train, "{\"input_ids\":[5,6,7,8],\"labels\":[-100,-100,7,8]}\n");
  writeFileAtomically(plan.validation, "{\"input_ids\":[5,9,7,8],\"labels\":[-100,-100,7,8]}\n");
  plan.data.labelColumn.clear();
  plan.promptTuningInit = PromptInit::SampleVocabulary;
  const BaselineInput input = inputOf(plan);
  const auto all = baselinesFor(input);
  CHECK_EQUAL(all.size(), 3u);  // no classes: nobody is in the majority
  CHECK(named(all, "few_shot").whyNot.find("tokens already") != std::string::npos);
  CHECK(named(all, "start_text").whyNot.find("did not start from a text") != std::string::npos);
  CHECK(judge(input, named(all, "few_shot"))->figures.whyNot == named(all, "few_shot").whyNot);
  CHECK_CLOSE(*figuresOf(input, "bare_model").loss, evaluate(*input.model, SoftPrompt{}, *input.validation).loss, 1e-6);
}
