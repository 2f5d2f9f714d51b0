// How the playground answers: each column in a quick lane of its own, tokens told one by one, the newest question wins.
#include "core/generation/classify.h"
#include "core/model/frozen_model.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/generation/answer_view.h"
#include "ui/generation/playground_panel.h"
#include "ui/settings/format.h"
#include "ui/settings/rate_spin_box.h"
#include "ui/steps/problem_strip.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QCheckBox>
#include <QLocale>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedLayout>
#include <QToolButton>

#include <algorithm>
#include <chrono>
#include <functional>

namespace incipit::ui {
namespace {

constexpr auto bareLane = "playground.bare", tunedLane = "playground.prompt", wordsLane = "playground.words";
constexpr const char* lanes[] = {bareLane, tunedLane, wordsLane};

constexpr std::int64_t byTheHead = -1, nothingSaid = -2;  // in place of a number of tokens

struct Answer {
  std::string rest;
  std::int64_t tokens = 0;
  double seconds = 0;
};

// What a head says, the likeliest class first: "positive   93.2 %".
std::string classesText(std::vector<ClassProbability> classes) {
  constexpr std::size_t most = 20;
  std::ranges::stable_sort(classes, std::ranges::greater{}, &ClassProbability::probability);
  QString text;
  constexpr QChar figureSpace(0x2007);  // as wide as a digit, so that the numbers stand below each other
  for (std::size_t i = 0; i < std::min(most, classes.size()); ++i)
    text += QStringLiteral("%1 %  %2\n")
                .arg(QLocale().toString(100 * classes[i].probability, 'f', 1), 5, figureSpace)
                .arg(toText(classes[i].label));
  text.chop(1);
  return text.toStdString();
}

}  // namespace

bool PlaygroundPanel::classifies() const { return m_workspace.model() && m_workspace.model()->card().head != HeadKind::None; }

GenerationOptions PlaygroundPanel::options() const {
  GenerationOptions options;
  options.maxNewTokens = m_most->value();
  options.sampling.temperature = m_temperature->value();
  options.sampling.topP = m_topP->value();
  options.sampling.topK = m_topK->value();
  options.sampling.seed = static_cast<std::uint64_t>(m_seed->value());
  return options;
}

void PlaygroundPanel::setText(const QString& text) { m_text->setPlainText(text); }
QString PlaygroundPanel::bareAnswer() const { return m_bare->text(); }
QString PlaygroundPanel::promptAnswer() const { return m_tuned->text(); }

bool PlaygroundPanel::answering() const {
  return std::any_of(std::begin(lanes), std::end(lanes), [this](const char* lane) { return m_workspace.jobs().busy(QLatin1String(lane)); });
}

void PlaygroundPanel::answer() {
  if (!m_workspace.model() || !m_workspace.tokenizer()) return;
  m_strip->clear();
  m_newer = false;
  const auto text = m_text->toPlainText().toStdString();
  start(bareLane, m_bare, {}, text);
  start(tunedLane, m_tuned, m_workspace.prompt(), text);
  if (m_compareText->isChecked() && m_compareText->isEnabled())
    start(wordsLane, m_words, {}, m_workspace.plan().promptTuningInitText + "\n" + text);
  refresh();
}

void PlaygroundPanel::start(const char* lane, AnswerView* view, SoftPrompt prompt, const std::string& text) {
  view->begin();
  if (view == m_tuned) view->setTitle(tr("With prompt"), m_workspace.promptTitle());
  m_workspace.jobs().quick(
      QLatin1String(lane), this,
      [model = m_workspace.model(), tokenizer = m_workspace.tokenizer(), prompt = std::move(prompt), text, options = options(), view,
       noHead = tr("No head yet: training makes one, with a class for each label of the data.")](Job& job) {
        const auto begun = std::chrono::steady_clock::now();
        if (model->card().head != HeadKind::None) {
          if (prompt.head.empty() && model->head().empty()) return Answer{noHead.toStdString(), nothingSaid, 0};
          return Answer{classesText(classify(*model, prompt, tokenizer->encode(text))), byTheHead, 0};
        }
        StreamDecoder decoder(tokenizer);
        const auto ids = tokenizer->encode(text);
        const auto listen = [&](TokenId id, double probability) {
          job.tell([view, piece = toText(decoder.push(id)), id, probability] { view->append(piece, id, probability); });
          return true;
        };
        Answer answer;
        answer.tokens = static_cast<std::int64_t>(generate(*model, prompt, ids, options, listen, job.stop()).size());
        answer.rest = decoder.finish();
        answer.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        return answer;
      },
      [this, view](const Answer& answer) {
        const double rate = answer.seconds > 0 ? static_cast<double>(answer.tokens) / answer.seconds : 0;
        view->end(toText(answer.rest),
                  answer.tokens == nothingSaid ? QStringLiteral(" ")
                  : answer.tokens == byTheHead ? tr("by the head")
                  : answer.tokens == 0
                      ? tr("ends here: no token to add")
                      : tr("%1 tokens, %2 a second").arg(grouped(answer.tokens), QLocale().toString(rate, 'f', rate < 10 ? 1 : 0)));
        if (m_newer && view == m_tuned) promptArrived();
      },
      [this, view](const Problem& problem) {
        view->end({}, QStringLiteral(" "));
        m_strip->show(problem);
      });
}

void PlaygroundPanel::stop() {
  for (const auto* lane : lanes) {
    if (!m_workspace.jobs().busy(QLatin1String(lane))) continue;
    m_workspace.jobs().cancel(QLatin1String(lane));
    (lane == bareLane ? m_bare : lane == tunedLane ? m_tuned : m_words)->end({}, tr("stopped"));
  }
}

// While training, the tuned column may answer again with each newer prompt; one answer at a time, the newest prompt next.
void PlaygroundPanel::promptArrived() {
  refresh();
  if (!m_follow->isChecked() || m_workspace.promptState() == PromptState::Starting || !m_workspace.model()) return;
  m_newer = m_workspace.jobs().busy(QLatin1String(tunedLane));
  if (!m_newer && m_workspace.tokenizer()) start(tunedLane, m_tuned, m_workspace.prompt(), m_text->toPlainText().toStdString());
}

void PlaygroundPanel::takeExample() {
  const auto& table = m_workspace.table();
  if (!table || table->rows.empty()) return;
  const auto row = m_exampleRow++ % static_cast<qsizetype>(table->rows.size());
  const auto [front, label] = rendered(*table, row, m_workspace.plan().data, m_workspace.reading());
  auto text = toText(front);
  // Without a label the whole row is the text: its beginning is the question.
  if (label.empty() && !classifies()) text = text.section(QLatin1Char(' '), 0, 7);
  setText(text);
  answer();
}

void PlaygroundPanel::refresh() {
  const bool open = m_workspace.model() && m_workspace.tokenizer();
  m_stack->setCurrentIndex(open ? 1 : 0);
  const bool busy = answering();
  m_stop->setEnabled(busy);
  m_stop->setToolTip(busy ? tr("Stop answering; what is written stays (Esc)") : tr("Nothing is being written now"));
  const bool rows = m_workspace.table() && !m_workspace.table()->rows.empty();
  m_example->setEnabled(rows);
  m_example->setToolTip(rows ? tr("Take the next row of the data as text") : tr("Open data that holds text first"));
  const auto& plan = m_workspace.plan();
  const bool words = plan.promptTuningInit == PromptInit::Text && !plan.promptTuningInitText.empty();
  m_compareText->setEnabled(words);
  m_compareText->setToolTip(
      words ? tr("A third answer with the start text typed in front, as ordinary words: is the prompt better than its words?")
            : tr("For prompts that start from a text (step 3)"));
  m_words->setVisible(words && m_compareText->isChecked());
  m_fold->setVisible(!classifies());
  m_sampling->setVisible(!classifies() && m_fold->isChecked());
  m_text->setPlaceholderText(classifies() ? tr("Type a text to sort and press Enter") : tr("Type a beginning and press Enter"));
  if (!busy) m_tuned->setTitle(tr("With prompt"), m_workspace.promptTitle());
  if (m_workspace.model()) m_bare->setTitle(tr("Bare model"), toText(m_workspace.model()->card().name));
}

}  // namespace incipit::ui
