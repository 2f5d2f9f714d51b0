// Heads that learn: the logistic regression against scikit-learn's, the mean of a text against transformers', and where a new head starts.
#include "core/model/frozen_model.h"
#include "core/training/linear_probe.h"
#include "core/training/step.h"
#include "tests/core/model/reference.h"
#include "tests/core/training/recorded.h"

#include <ATen/TensorOperators.h>
#include <algorithm>
#include <cmath>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

Matrix twelveRows() {
  Matrix rows(12, 3);
  rows.values = {0.5F, -1.2F, 3.0F,  1.5F,  0.3F,  -0.7F, -0.8F, 2.2F, 0.1F, 0.0F,  0.4F, 1.1F, 2.1F, -0.6F, 0.9F,  -1.3F, 0.8F, -2.0F,
                 0.7F, 1.9F,  -0.4F, -0.2F, -1.5F, 0.6F,  1.1F,  0.2F, 2.3F, -2.0F, 0.5F, 0.3F, 0.4F, -0.9F, -1.6F, 0.9F,  1.0F, 0.8F};
  return rows;
}

const std::vector<int> threeClasses{0, 1, 2, 0, 1, 2, 2, 0, 1, 2, 0, 1};

void checkNear(const LogisticFit& fit, const std::vector<double>& weights, const std::vector<double>& intercepts) {
  for (std::size_t i = 0; i < weights.size(); ++i)
    CHECK_CLOSE(fit.weights.values[i], weights[i], 2e-5);
  for (std::size_t i = 0; i < intercepts.size(); ++i)
    CHECK_CLOSE(fit.intercepts[i], intercepts[i], 2e-5);
}

std::shared_ptr<const FrozenModel> openBert() { return openModel(fixtures() / "bert_seqcls" / "model", {Precision::Fp32, "cpu"}); }

std::shared_ptr<Examples> examplesOf(const Reference& reference, const std::string& name) {
  auto examples = std::make_shared<Examples>();
  const at::Tensor ids = reference[name + ".input_ids"], mask = reference[name + ".attention_mask"], labels = reference["train.labels"];
  examples->classes = {"LABEL_0", "LABEL_1", "LABEL_2"};
  for (std::int64_t row = 0; row < ids.size(0); ++row) {
    Example example;
    for (std::int64_t column = 0; column < mask[row].sum().item<std::int64_t>(); ++column)
      example.ids.push_back(static_cast<TokenId>(ids[row][column].item<std::int64_t>()));
    example.classIndex = static_cast<int>(labels[row].item<std::int64_t>());
    examples->items.push_back(std::move(example));
  }
  return examples;
}

SoftPrompt meanPrompt(const Reference& reference, const FrozenModel& model) {
  const at::Tensor values = reference["prompt.init"].contiguous();
  SoftPrompt prompt;
  prompt.rows = Matrix(values.size(0), values.size(1));
  std::copy_n(values.data_ptr<float>(), prompt.rows.values.size(), prompt.rows.values.begin());
  prompt.origin.task = PromptTask::SeqCls;
  prompt.origin.pooling = Pooling::Mean;
  prompt.head = model.head();
  return prompt;
}

}  // namespace

// The figures are scikit-learn 1.9's LogisticRegression(C, tol=1e-10) on the same rows.
TEST_CASE("the logistic regression is scikit-learn's, with intercepts and without") {
  checkNear(fitLogistic(twelveRows(), threeClasses, 3, 1),
            {-0.2941441330868698, -0.9408747279857427, 0.16738267871411658, 1.1172237276782688, 0.08219569786942758, 0.26052595308192367,
             -0.8230795945913992, 0.858679030116315, -0.4279086317960404},
            {0.5467207444218085, -0.41498468771856345, -0.13173605670324492});
  checkNear(fitLogistic(twelveRows(), threeClasses, 3, 0.1),
            {-0.05031032845843087, -0.2840015311745077, 0.07293862349585217, 0.30764792161180393, 0.019740193793061214, 0.08715471127473473,
             -0.257337593153373, 0.2642613373814464, -0.16009333477058693},
            {0.09810330953857568, -0.09254294157433103, -0.005560367964244282});
  checkNear(fitLogistic(twelveRows(), threeClasses, 3, 100),
            {-1.352401157711778, -3.294717359406771, 0.8034946760397471, 4.983068001377364, 0.004260486199344083, 1.3930898056485517,
             -3.630666843665588, 3.290456873207415, -2.196584481688293},
            {2.807623246622506, -2.5855811443048693, -0.2220421023176505});
  const LogisticFit none = fitLogistic(twelveRows(), threeClasses, 3, 1, Intercepts::None);
  checkNear(none,
            {-0.19300836709244115, -0.982709349807439, 0.24527035414830328, 0.9066003231999419, 0.11287363542424869, 0.16786652485092132,
             -0.7135919561075005, 0.8698357143831903, -0.4131368789992247},
            {0, 0, 0});
  // Of two classes scikit-learn writes one vector, the difference of ours, and counts its square once where ours count half: C is twice.
  std::vector<int> two;
  for (const int label : threeClasses)
    two.push_back(label == 1 ? 1 : 0);
  const LogisticFit pair = fitLogistic(twelveRows(), two, 2, 1);
  const std::vector<double> difference{1.967546105518412, 0.28686866162278174, 0.2546222157634546};
  for (std::size_t i = 0; i < 3; ++i)
    CHECK_CLOSE(pair.weights.row(1)[i] - pair.weights.row(0)[i], difference[i], 2e-5);
  CHECK_CLOSE(pair.intercepts[1] - pair.intercepts[0], -2.059464070275873, 2e-5);
}

TEST_CASE("a class without a row is never the answer, and columns of very different sizes are no trouble") {
  const LogisticFit fit = fitLogistic(twelveRows(), threeClasses, 5, 1);
  checkNear(fit, {-0.2941441330868698, -0.9408747279857427, 0.16738267871411658}, {0.5467207444218085});
  for (const int absent : {3, 4}) {
    for (const float weight : fit.weights.row(absent))
      CHECK_EQUAL(weight, 0.0F);
    CHECK(fit.intercepts[static_cast<std::size_t>(absent)] < *std::min_element(fit.intercepts.begin(), fit.intercepts.begin() + 3));
  }
  Matrix uneven(12, 4);  // the same rows, one column a constant, the others shifted far away
  const Matrix rows = twelveRows();
  for (std::int64_t row = 0; row < 12; ++row) {
    for (std::size_t column = 0; column < 3; ++column)
      uneven.row(row)[column] = rows.row(row)[column] + (column == 1 ? 512.0F : 0.0F);
    uneven.row(row)[3] = 1000.0F;
  }
  const LogisticFit same = fitLogistic(uneven, threeClasses, 3, 1);
  CHECK_CLOSE(same.weights.row(1)[1], 0.08219569786942758, 2e-4);
  CHECK_CLOSE(same.weights.row(1)[3], 0.0, 1e-6);
  CHECK(same.iterations < 200);
  const LogisticFit one = fitLogistic(twelveRows(), std::vector<int>(12, 1), 3, 1);
  CHECK(one.intercepts[1] > one.intercepts[0]);
}

// The figures are those of transformers 5 on the fixture's BertModel in double precision: last_hidden_state of the text's rows, averaged by
// the attention mask, through the classifier.
TEST_CASE("the mean of a text's tokens is transformers', with a prompt in front and without") {
  const Reference reference("bert_seqcls");
  const auto model = openBert();
  const struct {
    const char* name;
    double loss, bare, gradient;
  } cases[] = {{"fwd.full", 1.4037872189, 1.3015104154, 0.2077314754}, {"fwd.right", 1.7529386987, 1.8026492376, 0.2538356711}};
  for (const auto& expected : cases) {
    const auto examples = examplesOf(reference, expected.name);
    const SoftPrompt prompt = meanPrompt(reference, *model);
    CHECK_CLOSE(evaluate(*model, prompt, *examples).loss, expected.loss, 1e-5);
    SoftPrompt none = prompt;
    none.rows = {};
    CHECK_CLOSE(evaluate(*model, none, *examples).loss, expected.bare, 1e-5);
    const StepResult step = lossesAndGradients(*model, {{prompt, *examples, {{0, 1, 2, 3}}}}).front();
    CHECK_CLOSE(step.loss, expected.loss, 1e-5);
    double squares = 0;
    for (const float value : step.gradients.front().values)
      squares += static_cast<double>(value) * value;
    CHECK_CLOSE(std::sqrt(squares), expected.gradient, 1e-5);
  }
}

TEST_CASE("runs with different poolings go through the model in one pass, each with its own numbers") {
  const Reference reference("bert_seqcls");
  const auto model = openBert();
  const auto examples = examplesOf(reference, "fwd.right");
  const SoftPrompt mean = meanPrompt(reference, *model);
  SoftPrompt first = mean;
  first.origin.pooling = Pooling::First;
  const auto alone = [&](const SoftPrompt& prompt) { return lossesAndGradients(*model, {{prompt, *examples, {{0, 1, 2, 3}}}}).front(); };
  const auto both = lossesAndGradients(*model, {{mean, *examples, {{0, 1, 2, 3}}}, {first, *examples, {{0, 1, 2, 3}}}});
  for (std::size_t i = 0; i < 2; ++i) {
    const StepResult one = alone(i == 0 ? mean : first);
    CHECK_CLOSE(both[i].loss, one.loss, 1e-6);
    for (std::size_t j = 0; j < one.gradients[0].values.size(); ++j)
      CHECK_CLOSE(both[i].gradients[0].values[j], one.gradients[0].values[j], 1e-6);
  }
}

TEST_CASE("a new head starts from the probe, one that the model brings stays, and a stop before step 1 changes nothing") {
  const Reference reference("bert_seqcls");
  const auto model = openBert();
  const auto examples = examplesOf(reference, "fwd.full");
  SoftPrompt start = meanPrompt(reference, *model);
  TrainingPlan plan;
  plan.steps = 1;
  plan.headLearningRate = 0.001;
  const auto headAfter = [&](const SoftPrompt& from, HeadInit init, std::shared_ptr<const TrainingState> resume = nullptr) {
    plan.headInit = init;
    return train(plan, {model, examples, nullptr, from, resume}, [](const TrainingEvent&) {}).state;
  };
  CHECK(headAfter(start, HeadInit::Probe).start.head == model->head());

  start.head = freshHead(HeadKind::Linear, model->card().hiddenSize, 3, model->card().headDeviation, plan.seed);
  CHECK(headAfter(start, HeadInit::Random).start.head == start.head);
  const auto probe = linearProbe(*model, start, *examples, plan.seed);
  CHECK(probe.has_value());
  const TrainingState probed = headAfter(start, HeadInit::Probe);
  CHECK(probed.start.head == probe->head);
  CHECK_CLOSE(probe->accuracy, 1.0, 1e-9);  // four texts in 32 dimensions

  std::stop_source stop;  // while the rows are read: the run goes on to the same numbers
  plan.headInit = HeadInit::Probe;
  const TrainingState stopped = train(
                                    plan, {model, examples, nullptr, start, nullptr},
                                    [&](const TrainingEvent& event) {
                                      if (std::holds_alternative<Started>(event)) stop.request_stop();
                                    },
                                    stop.get_token())
                                    .state;
  CHECK_EQUAL(stopped.step, std::int64_t{0});
  CHECK(stopped.prompt.head == start.head);
  const TrainingState gone = headAfter(start, HeadInit::Probe, std::make_shared<const TrainingState>(stopped));
  CHECK(gone.prompt.head == probed.prompt.head);
  CHECK(gone.prompt.rows == probed.prompt.rows);
}

TEST_CASE("the probe of the demo's kind of head, one without intercepts, is the one fitted without") {
  const auto model = openModel(fixtures() / "gpt2_seqcls" / "model", {Precision::Fp32, "cpu"});
  const Reference reference("gpt2_seqcls");
  const auto examples = examplesOf(reference, "fwd.full");
  SoftPrompt bare;
  bare.head = blankHead(HeadKind::Score, model->card().hiddenSize, 3);
  const auto probe = linearProbe(*model, bare, *examples, 0);
  CHECK(probe.has_value());
  CHECK_EQUAL(probe->head.size(), std::size_t{1});
  bare.head = probe->head;
  CHECK_CLOSE(evaluate(*model, bare, *examples).accuracy.value_or(0), probe->accuracy, 1e-9);
}
