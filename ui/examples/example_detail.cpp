// One validation example in full: the texts behind the rows, and the model's surprise at each token that it should have said.
#include "core/dataset/table.h"
#include "core/model/card/card.h"
#include "ui/examples/examples_panel.h"
#include "ui/examples/predictions_item_model.h"
#include "ui/plots/number_text.h"
#include "ui/settings/format.h"
#include "ui/steps/problem_strip.h"
#include "ui/tokens/example_chips.h"
#include "ui/tokens/token_flow.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QLabel>
#include <QTableView>
#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

const auto lane = QStringLiteral("scored tokens");
constexpr double asRedAsCan = 6;  // nats: one in four hundred

bool sameFile(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code ignored;
  return a == b || std::filesystem::equivalent(a, b, ignored);
}

// Both have been decided: nothing is left open in either.
bool readAlike(const DataSettings& a, const DataSettings& b) {
  return a.inputColumn == b.inputColumn && a.labelColumn == b.labelColumn && a.textTemplate == b.textTemplate &&
         a.verbaliser == b.verbaliser && a.chatTemplate == b.chatTemplate && a.system == b.system && a.endOfText == b.endOfText;
}

// The classes with the likeliest first: "yes 0.81, no 0.19", among themselves.
QString classesText(const Prediction& prediction, const std::vector<std::string>& classes) {
  if (prediction.scores.size() != classes.size() || classes.empty()) return {};
  const double most = *std::ranges::max_element(prediction.scores);
  std::vector<std::pair<double, std::size_t>> shares;
  double sum = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    shares.emplace_back(std::exp(prediction.scores[i] - most), i);
    sum += shares.back().first;
  }
  std::ranges::sort(shares, std::greater());
  QStringList words;
  for (const auto& [share, index] : shares)
    if (words.size() < 5) words.append(QStringLiteral("%1 %2").arg(toText(classes[index]), percentText(share / sum)));
  return words.join(QStringLiteral(", "));
}

}  // namespace

// The open data is what the run was validated on, read as the run read it.
bool ExamplesPanel::dataIsOfRun() const {
  const auto data = m_workspace.data();
  if (!m_run || !data || !data->training || !data->validation) return false;
  if (data == m_data) return true;
  if (data->table->fingerprint != m_run->dataFingerprint) return false;
  const bool heldOut = m_run->plan.validation.empty();
  if (heldOut ? data->validationTable != nullptr : !data->validationTable || !sameFile(data->validationTable->file, m_run->plan.validation))
    return false;
  return readAlike(data->training->settings, m_run->plan.data);
}

void ExamplesPanel::refreshTexts() {
  if (!m_model->predictions() || !m_run) return;
  refreshTitle();
  const bool ready = dataIsOfRun(), ofModel = m_run->isOf(m_workspace.model());
  if (ready) {
    const auto data = m_workspace.data();
    const auto table = data->validationTable ? data->validationTable : data->table;
    m_model->setTexts([table, settings = data->training->settings, reading = data->reading()](std::int64_t row) {
      if (row >= table->size() || table->tokenised) return QString();
      try {
        return toText(rendered(*table, row, settings, reading).first).simplified();
      } catch (...) {  // the file has changed since it was read, which the Data panel says
        return QString();
      }
    });
  } else {
    m_model->setTexts({});
  }
  if (ready && ofModel)
    m_strip->clear();
  else if (!m_workspace.training())
    m_strip->showHint(ofModel ? tr("The texts of this run's data are not open, or are read otherwise now.")
                              : tr("This run is of another model or other data than what is open, so its texts cannot be shown."),
                      tr("Open what it needs"));
  showExample();
}

void ExamplesPanel::showExample() {
  const auto* prediction = selected();
  m_workspace.jobs().cancel(lane);
  m_flow->setChips({});
  m_legend->clear();
  m_facts->setText(prediction ? QString() : tr("Select an example to see it token by token."));
  if (!prediction) return;
  auto facts = tr("Row %1, loss %2").arg(grouped(prediction->row + 1), valueText(prediction->loss));
  if (prediction->startLoss) facts += tr(" (at the start %1)").arg(valueText(*prediction->startLoss));
  if (prediction->classified()) facts += tr(". Label %1, answer %2").arg(toText(prediction->label), toText(prediction->predicted));
  const auto classes = classesText(*prediction, m_model->predictions()->classes);
  if (!classes.isEmpty()) facts += tr(". Among the labels: %1").arg(classes);
  m_facts->setText(facts);

  const auto data = m_workspace.data();
  const auto model = m_workspace.model();
  if (!dataIsOfRun() || !m_run->isOf(model)) return;
  const auto place = data->validation->items.ofRow(prediction->row);
  if (!place) return;
  const auto row = prediction->row;
  showTokens(row, data, {});
  const auto run = m_workspace.run();
  const bool kept = run && run->folder == m_run->folder && run->kept && run->keptStep == m_model->predictions()->step;
  if (!kept) {
    m_legend->setText(m_workspace.training() ? tr("Token by token when the run has ended.")
                                             : tr("These answers are not of the prompt that the run kept, so its tokens are not judged."));
    return;
  }
  m_workspace.jobs().quick(
      lane, this,
      [model, prompt = run->kept, examples = data->validation, place](Job&) {
        return scoredTokens(*model->frozen, *prompt, *examples, std::int64_t(*place));
      },
      [this, row, data](const std::vector<ScoredToken>& tokens) {
        const auto* now = selected();
        if (now && now->row == row && data == m_workspace.data()) showTokens(row, data, tokens);
      },
      [this](const Problem& problem) { m_strip->show(problem); });
}

// Tokens in reading order; what is learned in a red that deepens with its loss.
void ExamplesPanel::showTokens(std::int64_t row, const std::shared_ptr<const ReadData>& data, const std::vector<ScoredToken>& tokens) {
  const auto place = data->validation->items.ofRow(row);
  if (!place || !data->model) return;
  const auto* tokenizer = data->model->tokenizer.get();
  const auto example = data->validation->items[*place];
  const bool classifies = data->reading() == Reading::TextAndClass;
  const auto number = std::size_t(std::max(0, example.classIndex));
  const auto className = classifies && number < data->validation->classes.size() ? toText(data->validation->classes[number]) : QString();
  auto chips = chipsOf(example, tokenizer, m_run->plan.numVirtualTokens, data->reading(), className);
  // The scored chips are the scored labels in order; the first may be left out, where nothing predicts it.
  std::vector<TokenChip*> scored;
  for (auto& chip : chips)
    if (chip.scored && chip.kind == TokenChip::Kind::Text) scored.push_back(&chip);
  const auto skipped = scored.size() - std::min(scored.size(), tokens.size());
  for (std::size_t i = 0; i < tokens.size() && skipped + i < scored.size(); ++i) {
    auto& chip = *scored[skipped + i];
    const auto& token = tokens[i];
    chip.surprise = std::min(1.0, -token.logP / asRedAsCan);
    chip.toolTip += tr("\nLoss %1 nats, probability %2, rank %3")
                        .arg(valueText(-token.logP, 3), percentText(std::exp(token.logP)), grouped(token.rank));
    if (token.rank > 1 && tokenizer)
      chip.toolTip +=
          tr("\nExpected instead: %1 (%2)").arg(chipOf(*tokenizer, token.likeliest).text, percentText(std::exp(token.likeliestLogP)));
  }
  m_flow->setChips(chips);
  m_legend->setText(classifies       ? tr("The tokens are only read; the last chip is the right class.")
                    : tokens.empty() ? QString()
                                     : tr("What is learned is red: the deeper, the less the model expected it. Point at a token for its "
                                          "probability, and for what was expected instead."));
}

}  // namespace incipit::ui
