// How the playground answers: each column in a quick lane of its own, tokens told one by one, the newest question wins.
#include "core/chat/chat_format.h"
#include "core/dataset/asked_text.h"
#include "core/generation/classify.h"
#include "core/model/frozen_model.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/generation/answer_view.h"
#include "ui/generation/playground_panel.h"
#include "ui/plots/empty_state.h"
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
  bool inChat = false;
  bool inTemplate = false;  // the text was put into the template that the prompt was trained in
};

// The text as the model reads it: in its chat template where one is meant, the prompt where the text or the prompt's template has it.
AskedText askedBy(const std::string& text, const DataSettings& meant, const FrozenModel& model, const Tokenizer& tokenizer,
                  const PromptUse& use, bool& inChat) {
  const auto chat = openChatFormat(model.card().folder, meant.chatTemplate, placedText(meant.system).marked(0), meant.chatDate);
  inChat = chat != nullptr;
  return askedText(text, chat.get(), meant.system, tokenizer, use.placed ? use.textTemplate : std::string());
}

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

// What each column would be made from now; an answer that was made from something else fades.
AnswerSource PlaygroundPanel::sourceOf(const AnswerView* view) const {
  AnswerSource source{m_workspace.model(), {}, {}, m_text->toPlainText()};
  if (view == m_tuned) source.prompt = m_workspace.prompt();
  if (view == m_words) source.words = toText(m_workspace.plan().promptTuningInitText);
  return source;
}

// How a column puts the text: the prompt's as its run did, the bare model's as the next run would.
DataSettings PlaygroundPanel::asking(const AnswerView* view) const {
  DataSettings meant = m_workspace.plan().data;
  const auto prompt = view == m_tuned ? m_workspace.prompt() : nullptr;
  const auto run = m_workspace.run();
  if (prompt && prompt->runFolder.empty()) {
    meant.system = prompt->prompt.origin.use.system;  // where the prompt's own places are, if it was trained in one
    meant.chatTemplate = meant.system.empty() ? "none" : "auto";
  }
  if (prompt && run && !prompt->runFolder.empty() && prompt->runFolder == run->folder) meant = run->plan.data;
  return meant;
}

QString PlaygroundPanel::detailOf(const AnswerView* view) const {
  if (view == m_tuned) return m_workspace.prompt() ? m_workspace.prompt()->title() : QString();
  return m_workspace.model() ? m_workspace.model()->shortName() : QString();
}

void PlaygroundPanel::answer() {
  if (!m_workspace.model() || !m_workspace.model()->tokenizer) return;
  m_strip->clear();
  m_newer = false;
  start(bareLane, m_bare);
  start(tunedLane, m_tuned);
  if (m_compareText->isChecked() && m_compareText->isEnabled()) start(wordsLane, m_words);
  refresh();
}

void PlaygroundPanel::start(const char* lane, AnswerView* view) {
  const auto source = sourceOf(view);
  view->begin(source, detailOf(view));
  m_workspace.jobs().quick(
      QLatin1String(lane), this,
      [source, sampling = options(), view, meant = asking(view),
       noHead = tr("No head yet: training makes one, with a class for each label of the data.")](Job& job) {
        const auto begun = std::chrono::steady_clock::now();
        const auto& model = *source.model->frozen;
        const auto& tokenizer = source.model->tokenizer;
        const auto prompt = source.prompt ? source.prompt->prompt : SoftPrompt{};
        const auto text = (source.words.isEmpty() ? source.text : source.words + QLatin1Char('\n') + source.text).toStdString();
        Answer answer;
        const auto asked = askedBy(text, meant, model, *tokenizer, prompt.origin.use, answer.inChat);
        answer.inTemplate = asked.inTemplate;
        if (model.card().head != HeadKind::None) {
          if (prompt.head.empty() && model.head().empty()) return Answer{noHead.toStdString(), nothingSaid, 0};
          return Answer{classesText(classify(model, prompt, asked.ids, asked.places)), byTheHead, 0};
        }
        StreamDecoder decoder(tokenizer);
        const auto listen = [&](TokenId id, double probability) {
          job.tell([view, piece = toText(decoder.push(id)), id, probability] { view->append(piece, id, probability); });
          return true;
        };
        auto options = sampling;
        options.places = asked.places;
        answer.tokens = static_cast<std::int64_t>(generate(model, prompt, asked.ids, options, listen, job.stop()).size());
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
                      ? tr("says nothing")
                      : tr("%1, %2 a second").arg(tokensText(answer.tokens), QLocale().toString(rate, 'f', rate < 10 ? 1 : 0)) +
                            (answer.inChat ? tr(", in its chat template") : QString()) +
                            (answer.inTemplate ? tr(", the text in the prompt's template") : QString()),
                  answer.tokens == 0
                      ? tr("The likeliest next token is the end of the text, so nothing is added. Leave the text unfinished, ask a "
                           "question, or take another seed under Sampling.")
                      : QString());
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
  const auto prompt = m_workspace.prompt();
  if (!m_follow->isChecked() || !prompt || prompt->state == PromptState::Starting || !m_workspace.model()->tokenizer) return;
  m_newer = m_workspace.jobs().busy(QLatin1String(tunedLane));
  if (m_newer) return;
  start(tunedLane, m_tuned);
  const bool bareStands = m_bare->source() == sourceOf(m_bare);
  if (!bareStands && !m_workspace.jobs().busy(QLatin1String(bareLane))) start(bareLane, m_bare);  // there is something to compare with
}

void PlaygroundPanel::tryPrompt() {
  if (m_text->toPlainText().trimmed().isEmpty())
    takeExample();
  else
    answer();
}

void PlaygroundPanel::takeExample() {
  const auto data = m_workspace.data();
  if (!data || data->table->tokenised) return;
  const auto row = m_exampleRow++ % static_cast<qsizetype>(data->table->size());
  // As the prompt in view was trained to read them: by its run's template, where the file is the run's.
  const auto prompt = m_workspace.prompt();
  const auto run = m_workspace.run();
  const bool ofRun =
      prompt && run && !prompt->runFolder.empty() && prompt->runFolder == run->folder && run->dataFingerprint == data->table->fingerprint;
  auto settings = ofRun ? run->plan.data : data->settings;
  settings.chat = nullptr;  // the chat template is put around it when it is asked
  try {
    const auto column = data->table->column(completed(settings, *data->table, data->reading()).inputColumn);
    const auto cell = data->table->row(row)[std::size_t(std::max(0, column))];
    if (settings.labelColumn.empty() && isConversation(cell)) {
      setText(toText(firstQuestion(cell)));
      return answer();
    }
    const auto [front, label] = rendered(*data->table, row, settings, data->reading());
    auto text = toText(front);
    // Without a label the whole row is the text: its beginning is the question.
    if (label.empty() && !classifies()) text = text.section(QLatin1Char(' '), 0, 7);
    setText(text);
  } catch (...) {  // a template that is wrong at the moment, or a file that has been changed
    return m_strip->show(problemFrom(std::current_exception()));
  }
  answer();
}

void PlaygroundPanel::refresh() {
  const auto model = m_workspace.model();
  m_stack->setCurrentIndex(model && model->tokenizer ? 1 : 0);
  if (!model && m_workspace.jobs().busy(QStringLiteral("model")))
    m_empty->setTexts(tr("The model is being opened"), tr("Then type here: the bare model and your prompt answer side by side."));
  else if (!model)
    m_empty->setTexts(tr("Nothing to talk to yet"),
                      tr("Open a model, then type here: the bare model and your prompt answer side by side."));
  else if (!model->tokenizer)
    m_empty->setTexts(tr("This model has no tokenizer"),
                      tr("Text cannot be turned into tokens for it. Add tokenizer.json to its folder and open it again."));
  const bool busy = answering();
  m_stop->setEnabled(busy);
  m_stop->setToolTip(busy ? tr("Stop answering; what is written stays (Esc)") : tr("Nothing is being written now"));
  const bool rows = m_workspace.data() && !m_workspace.data()->table->tokenised;
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
  for (auto* view : {m_bare, m_tuned, m_words}) {
    view->setDetail(detailOf(view));
    view->compare(sourceOf(view));
  }
}

}  // namespace incipit::ui
