#include "core/training/baselines.h"

#include "core/dataset/shots.h"
#include "core/metrics/classes.h"
#include "core/model/frozen_model.h"
#include "core/support/counted.h"
#include "core/support/error.h"
#include "core/support/fingerprint.h"
#include "core/training/linear_probe.h"
#include "core/training/validation.h"

#include <algorithm>
#include <span>
#include <utility>

namespace incipit {
namespace {

constexpr std::int64_t batchSize = 16;
constexpr const char* version = "1";  // of how they are computed: an older file's figures are computed anew

Reading readingOfModel(const ModelCard& card) {
  if (card.head != HeadKind::None) return Reading::TextAndClass;
  return card.encoderDecoder ? Reading::TextAndTarget : Reading::OneText;
}

// Fields are told apart by their lengths, so that no two inputs add up to the same bytes.
class Key {
 public:
  Key& text(std::string_view text) {
    number(static_cast<std::int64_t>(text.size()));
    m_fingerprint.add(text);
    return *this;
  }
  Key& number(std::int64_t value) {
    m_fingerprint.add(std::as_bytes(std::span(&value, 1)));
    return *this;
  }
  Key& ids(const std::vector<TokenId>& ids) {
    number(static_cast<std::int64_t>(ids.size()));
    m_fingerprint.add(std::as_bytes(std::span(ids)));
    return *this;
  }
  Key& examples(const Examples& examples) {
    for (const std::string& name : examples.classes)
      text(name);
    for (const std::vector<TokenId>& tokens : examples.classTokens)
      ids(tokens);
    for (const Example& example : examples.items) {
      ids(example.ids).ids(example.labels).number(example.classIndex);
      for (const Place& place : example.places)
        number(place.at).number(place.rows);
    }
    return *this;
  }
  Key& parts(const ClassHead& head) {
    for (std::size_t i = 0; i < head.size(); ++i) {
      text(head[i].name).number(head[i].values.rows).number(head[i].values.columns);
      const bool solved = head.size() <= 2 || i + 2 >= head.size();  // the last layer is the probe's own
      if (!solved) m_fingerprint.add(std::as_bytes(std::span(head[i].values.values)));
    }
    return *this;
  }
  std::string done() const { return m_fingerprint.text(); }

 private:
  Fingerprint m_fingerprint;
};

// A decoder reads a long front once a batch, and more rows share it; an encoder reads it with every row.
std::int64_t batchBehind(const std::vector<TokenId>& front, const ModelCard& card) {
  if (front.size() <= 64) return batchSize;
  return card.encoderDecoder ? 4 : 32;
}
double workOf(const std::vector<TokenId>& front, const Examples& examples, const ModelCard& card) {
  const auto rows = static_cast<double>(examples.items.size());
  const double times = card.encoderDecoder ? rows : 1 + rows / static_cast<double>(batchBehind(front, card));
  return workOfLook(examples) + (examples.classes.empty() ? 1 : 2) * times * static_cast<double>(front.size());
}

std::size_t longestLabel(const Examples& examples) {
  std::size_t longest = 0;
  for (const std::vector<TokenId>& tokens : examples.classTokens)
    longest = std::max(longest, tokens.size());
  return longest;
}

// The tokens that an example and, behind its text, the longest label need.
std::size_t need(std::size_t ids, std::size_t scored, const Examples& examples, Reading reading) {
  if (reading != Reading::OneText || examples.classTokens.empty()) return ids;
  return std::max(ids, ids - scored + longestLabel(examples));
}

std::size_t longestNeed(const Examples& examples, Reading reading) {
  std::size_t longest = 0;
  for (std::size_t i = 0; i < examples.items.size(); ++i) {
    const ExampleSizes sizes = examples.items.sizes(i);
    longest = std::max(longest, need(static_cast<std::size_t>(sizes.ids), static_cast<std::size_t>(sizes.scored), examples, reading));
  }
  return longest;
}

// Tokens at the beginning of a text that may be read apart from it: in front of what is scored, and never all of it.
std::size_t frontOf(const Example& example, Reading reading) {
  std::size_t most = example.ids.size();
  if (reading == Reading::OneText)
    most = static_cast<std::size_t>(
        std::find_if(example.labels.begin(), example.labels.end(), [](TokenId label) { return label != notScored; }) -
        example.labels.begin());
  return most == 0 ? 0 : most - 1;
}

// What all of them begin with, taken away from each: it is the same for every row, so that it needs reading once a batch.
std::vector<TokenId> takeFront(Examples& examples, Reading reading) {
  std::vector<TokenId> front;
  bool first = true;
  for (const Example& example : examples.items) {
    const std::size_t most = frontOf(example, reading);
    if (first) front.assign(example.ids.begin(), example.ids.begin() + static_cast<long>(most));
    first = false;
    if (most < front.size()) front.resize(most);
    front.erase(std::mismatch(front.begin(), front.end(), example.ids.begin()).first, front.end());
  }
  const auto count = static_cast<long>(front.size());
  examples.items = examples.items.changed([&](Example& example) {
    example.ids.erase(example.ids.begin(), example.ids.begin() + count);
    if (reading == Reading::OneText) example.labels.erase(example.labels.begin(), example.labels.begin() + count);
  });
  return front;
}

// The validation rows behind shots.
class FewShot {
 public:
  FewShot(const BaselineInput& input, Reading reading)
      : m_input(input), m_reading(reading), m_context(static_cast<std::size_t>(input.model->card().contextLength)) {}

  // Fills in examples, front and shots. Throws DataError where it cannot be had.
  void prepare(Baseline& baseline) {
    const Examples& validation = *m_input.validation;
    for (const std::int64_t row : shotRows(*m_input.training, mostShots, m_input.plan.seed))
      m_shots.push_back(shotOf(*m_input.trainingTable, row, m_input.training->settings));
    std::size_t longest = 0, most = 0;
    for (std::size_t i = 0; i < validation.items.size(); ++i)
      if (const auto ids = static_cast<std::size_t>(validation.items.sizes(i).ids); ids > most) longest = i, most = ids;
    const Table longestRow = rows({longest});
    // The largest number of shots that leave it room.
    std::size_t fits = 0, tooMany = m_shots.size() + 1;
    while (tooMany - fits > 1) {
      const std::size_t middle = fits + (tooMany - fits) / 2;
      const Examples one = encoded(longestRow, middle);
      const Example example = one.items.front();
      const auto scored = static_cast<std::size_t>(one.items.sizes(0).scored);
      const std::size_t tokens = std::max(example.ids.size(), need(example.ids.size(), scored, validation, m_reading));
      (tokens <= m_context ? fits : tooMany) = middle;
    }
    if (fits == 0)
      throw DataError("In front of the longest validation row the context of " + counted(static_cast<std::int64_t>(m_context), "token") +
                      " has no room for an example.");
    std::vector<std::size_t> all(validation.items.size());
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] = i;
    Examples examples = encoded(rows(all), fits);
    if (examples.items.size() != validation.items.size() || longestNeed(examples, m_reading) > m_context)
      throw DataError("Behind examples not every validation row can be read.");
    Examples reference = validation;
    if (!validation.classes.empty()) alignClasses(reference, examples);
    examples.classTokens = validation.classTokens;
    baseline.front = takeFront(examples, m_reading);
    baseline.examples = std::make_shared<const Examples>(std::move(examples));
    baseline.shots = static_cast<std::int64_t>(fits);
  }

 private:
  Table rows(const std::vector<std::size_t>& indices) const {
    const Table& table = *m_input.validationTable;
    std::vector<std::vector<std::string>> cells;
    for (const std::size_t index : indices)
      cells.push_back(table.row(m_input.validation->items.sizes(index).row));
    return tableOfRows(table.file, table.columns, std::move(cells));
  }

  Examples encoded(const Table& table, std::size_t shots) const {
    constexpr std::int64_t anyLength = 1 << 24;
    const std::vector<Shot> shown(m_shots.begin(), m_shots.begin() + static_cast<long>(shots));
    return encode(table, withShots(m_input.validation->settings, table, shown), m_input.tokenizer.get(), anyLength,
                  m_input.model->card().endOfText, m_reading);
  }

  const BaselineInput& m_input;
  Reading m_reading;
  std::size_t m_context;
  std::vector<Shot> m_shots;
};

void prepareFewShot(Baseline& baseline, const BaselineInput& input, Reading reading) {
  const bool texts = input.trainingTable && input.validationTable && !input.trainingTable->tokenised && !input.validationTable->tokenised;
  if (!input.training || !input.trainingTable)
    baseline.whyNot = "Examples in the context come from the training data, and there is none.";
  else if (!texts || !input.tokenizer)
    baseline.whyNot = "The rows are tokens already, and how an example stands in front of another is not known.";
  if (!baseline.whyNot.empty()) return;
  try {
    FewShot(input, reading).prepare(baseline);
  } catch (const Error& error) {  // what a chat template says too
    baseline.whyNot = error.problem();
  }
}

void prepareStartText(Baseline& baseline, const BaselineInput& input, Reading reading) {
  const TrainingPlan& plan = input.plan;
  if (plan.promptTuningInit != PromptInit::Text) {
    baseline.whyNot = "The prompt did not start from a text.";
    return;
  }
  if (!input.tokenizer) {
    baseline.whyNot = "The model has no tokenizer to read the start text with.";
    return;
  }
  baseline.front =
      input.tokenizer->encode(plan.promptTuningInitText, plan.initTextSpecialTokens ? SpecialTokens::Add : SpecialTokens::Leave);
  const std::size_t room = static_cast<std::size_t>(input.model->card().contextLength);
  if (baseline.front.empty())
    baseline.whyNot = "The start text is empty.";
  else if (baseline.front.size() + longestNeed(*input.validation, reading) > room)
    baseline.whyNot = "The start text as plain words and the longest validation row do not fit into the context together.";
  if (input.validation->items.front().places.empty()) {
    baseline.examples = input.validation;
    return;
  }
  // However many rows the places are for: the text stands whole at the first of them.
  Examples placed = *input.validation;
  placed.items = placed.items.changed([](Example& example) {
    if (!example.places.empty()) example.places = {{example.places.front().at, allRows}};
  });
  baseline.examples = std::make_shared<const Examples>(std::move(placed));
}

// The tokens as rows: the model reads them as it reads the tokens themselves.
SoftPrompt asRows(const std::vector<TokenId>& ids, const FrozenModel& model) {
  SoftPrompt prompt;
  if (ids.empty()) return prompt;
  prompt.rows = model.embeddingRows(ids);
  if (model.card().embeddingScale != 1) prompt.origin.rowScale = RowScale::Unscaled;
  return prompt;
}

BaselineFigures figuresOf(const Baseline& baseline, const Evaluation& evaluation) {
  return {baseline.name,       baseline.key,      {}, evaluation.examples, baseline.shots, evaluation.loss, evaluation.labelLoss,
          evaluation.accuracy, evaluation.f1Macro};
}

BaselineFigures majorityOf(const Baseline& baseline, const Examples& examples) {
  std::vector<int> truths;
  std::vector<std::int64_t> counts(examples.classes.size());
  for (std::size_t i = 0; i < examples.items.size(); ++i)
    if (const int truth = examples.items.sizes(i).classIndex; truth >= 0) {
      truths.push_back(truth);
      ++counts[static_cast<std::size_t>(truth)];
    }
  const auto most = static_cast<int>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  const std::vector<int> answers(truths.size(), most);
  const ConfusionMatrix matrix = confusionMatrix(truths, answers, static_cast<int>(examples.classes.size()));
  return {baseline.name, baseline.key, {}, matrix.total(), 0, {}, {}, accuracyOf(matrix), macroF1Of(matrix)};
}

SoftPrompt bareWithHead(const BaselineInput& input) {
  SoftPrompt bare;
  bare.origin.pooling = input.prompt.origin.pooling;
  bare.head = input.prompt.head;
  return bare;
}

}  // namespace

std::vector<Baseline> baselinesFor(const BaselineInput& input) {
  const Examples& validation = *input.validation;
  if (validation.items.empty()) return {};
  const Reading reading = readingOfModel(input.model->card());
  const std::string model = input.model->fingerprint() + (input.model->precision() == Precision::Bf16 ? " bf16" : " fp32");
  const std::string rows = Key().examples(validation).done();
  const auto key = [&](const std::string& name) {
    Key started;
    started.text(version).text(name).text(model).text(rows);
    return started.done();
  };
  std::vector<Baseline> all;
  const auto add = [&](const char* name) -> Baseline& {
    all.push_back({name, key(name), {}, 0, 0, {}, nullptr});
    return all.back();
  };
  if (reading == Reading::TextAndClass) {
    Baseline& probe = add("linear_probe");
    if (!input.training || input.prompt.head.empty())
      probe.whyNot = "A linear probe is fitted to the training data with the head that the prompt was trained with, and there is none.";
    else
      probe.key = Key()
                      .text(probe.key)
                      .examples(*input.training)
                      .number(static_cast<std::int64_t>(input.plan.seed))
                      .number(static_cast<std::int64_t>(input.prompt.origin.pooling))
                      .parts(input.prompt.head)
                      .done();
    probe.examples = input.validation;
    probe.work = workOfLook(validation);
    if (input.training && !input.training->items.empty())
      probe.work += workOfLook(*input.training) *
                    std::min(1.0, static_cast<double>(mostProbedExamples) / static_cast<double>(input.training->items.size()));
  } else {
    Baseline& bare = add("bare_model");
    bare.examples = input.validation;
    bare.work = workOfLook(validation);
    Baseline& text = add("start_text");
    prepareStartText(text, input, reading);
    text.key = Key().text(text.key).ids(text.front).text(text.whyNot).done();
    text.work = workOf(text.front, validation, input.model->card());
    Baseline& shots = add("few_shot");
    prepareFewShot(shots, input, reading);
    Key shown;
    shown.text(shots.key).ids(shots.front).text(shots.whyNot);
    if (shots.examples) {
      shown.examples(*shots.examples);
      shots.work = workOf(shots.front, *shots.examples, input.model->card());
    }
    shots.key = shown.done();
  }
  if (!validation.classes.empty()) add("majority_class");
  for (Baseline& one : all)
    if (!one.whyNot.empty()) one.work = 0;
  return all;
}

std::optional<JudgedBaseline> judge(const BaselineInput& input, const Baseline& baseline, std::stop_token stop,
                                    const std::function<void(double)>& tell) {
  if (!baseline.whyNot.empty()) return JudgedBaseline{{baseline.name, baseline.key, baseline.whyNot, 0, 0, {}, {}, {}, {}}, {}};
  if (baseline.name == "majority_class") return JudgedBaseline{majorityOf(baseline, *input.validation), {}};
  const auto count = static_cast<double>(input.validation->items.size());
  double begun = 0;  // share that was done before the rows are judged
  SoftPrompt prompt;
  if (baseline.name == "linear_probe") {
    begun = 0.5;
    prompt = bareWithHead(input);
    const auto probe = linearProbe(*input.model, prompt, *input.training, input.plan.seed, stop, [&](std::int64_t done, std::int64_t rows) {
      if (tell) tell(begun * static_cast<double>(done) / static_cast<double>(std::max<std::int64_t>(1, rows)));
    });
    if (!probe) return std::nullopt;
    prompt.head = probe->head;
  } else {
    prompt = asRows(baseline.front, *input.model);
  }
  const std::int64_t batch = batchBehind(baseline.front, input.model->card());
  Evaluation evaluation = evaluate(*input.model, prompt, *baseline.examples, batch, stop, [&](std::int64_t done) {
    if (tell) tell(begun + (1 - begun) * static_cast<double>(done) / count);
  });
  if (stop.stop_requested()) return std::nullopt;
  BaselineFigures figures = figuresOf(baseline, evaluation);
  return JudgedBaseline{std::move(figures), std::move(evaluation)};
}

}  // namespace incipit
