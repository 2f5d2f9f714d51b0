// How the playground answers: each column in a quick lane of its own, tokens told one by one, the newest question wins.
#include "core/chat/chat_format.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/generation/answer_view.h"
#include "ui/generation/class_answer.h"
#include "ui/generation/playground_panel.h"
#include "ui/plots/empty_state.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/rate_spin_box.h"
#include "ui/steps/problem_strip.h"
#include "ui/workspace/asked.h"
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
#include <optional>
#include <utility>

namespace incipit::ui {
namespace {

constexpr auto bareLane = "playground.bare", tunedLane = "playground.prompt", wordsLane = "playground.words",
               wrongLane = "playground.wrong";
constexpr const char* lanes[] = {bareLane, tunedLane, wordsLane, wrongLane};

constexpr std::int64_t byRank = -1, nothingSaid = -2;  // in place of a number of tokens

struct Answer {
  std::string rest;
  std::int64_t tokens = 0;
  double seconds = 0;
  std::vector<ClassShare> classes;  // in place of a text
  bool inChat = false;
  bool inTemplate = false;  // the text was put into the template that the prompt was trained in
};

}  // namespace

bool PlaygroundPanel::classifies() const { return m_workspace.model() && m_workspace.model()->card().head != HeadKind::None; }

bool PlaygroundPanel::ranks() const { return !classifies() && m_rank->isChecked() && !labels().empty(); }

// Those that the prompt in view was trained to say, else those of the data.
std::vector<std::string> PlaygroundPanel::labels() const {
  const auto model = m_workspace.model();
  if (!model || classifies()) return {};
  const auto prompt = m_workspace.prompt();
  if (prompt && !prompt->prompt.origin.use.answers.empty()) return prompt->prompt.origin.use.answers;
  const auto data = m_workspace.data();
  return data && data->training && data->model == model ? data->training->classes : std::vector<std::string>();
}

QString PlaygroundPanel::truth() const { return m_text->toPlainText() == m_rowText ? m_rowTruth : QString(); }

void PlaygroundPanel::setRow(const QString& text, const QString& truth) {
  m_rowText = text;
  m_rowTruth = truth;
  setText(text);
}

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

// What stands below the bars: whether the likeliest label is the row's own, where the text is a row.
QString PlaygroundPanel::howRanked(const std::vector<ClassShare>& classes, const QString& truth, bool head) const {
  const auto best = std::ranges::max_element(classes, {}, &ClassShare::probability);
  if (truth.isEmpty()) return head ? tr("by the head") : tr("the labels, ranked");
  return best->label == truth ? tr("right") : tr("wrong: it is %1").arg(truth);
}

// What each column would be made from now; an answer that was made from something else fades.
AnswerSource PlaygroundPanel::sourceOf(const AnswerView* view) const {
  AnswerSource source{m_workspace.model(), {}, {}, m_text->toPlainText(), truth()};
  if (view == m_tuned) source.prompt = m_workspace.prompt();
  if (view == m_words) source.words = toText(m_workspace.plan().promptTuningInitText);
  return source;
}

// How a column puts the text: the prompt's as its run did, the bare model's as the next run would.
DataSettings PlaygroundPanel::asking(const AnswerView* view) const {
  return settingsOfAsking(m_workspace, view == m_tuned ? m_workspace.prompt() : nullptr);
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
      [source, sampling = options(), view, meant = asking(view), ranked = classifies() || ranks(), words = labels(),
       noHead = tr("No head yet: training makes one, with a class for each label of the data.")](Job& job) {
        const auto begun = std::chrono::steady_clock::now();
        const Asking asking{source.model, source.prompt ? source.prompt->prompt : SoftPrompt{}, meant};
        const auto text = (source.words.isEmpty() ? source.text : source.words + QLatin1Char('\n') + source.text).toStdString();
        Answer answer;
        if (ranked) {
          answer.classes = classesOf(asking, text, words);
          answer.tokens = answer.classes.empty() ? nothingSaid : byRank;
          if (answer.classes.empty()) answer.rest = noHead.toStdString();
          return answer;
        }
        const auto put = asked(*asking.model, asking.prompt, asking.meant, text, answer.inChat);
        answer.inTemplate = put.inTemplate;
        StreamDecoder decoder(source.model->tokenizer);
        const auto listen = [&](TokenId id, double probability) {
          job.tell([view, piece = toText(decoder.push(id)), id, probability] { view->append(piece, id, probability); });
          return true;
        };
        auto options = sampling;
        options.places = put.places;
        const auto said = generate(*source.model->frozen, asking.prompt, put.ids, options, listen, job.stop());
        answer.tokens = static_cast<std::int64_t>(said.size());
        answer.rest = decoder.finish();
        answer.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        return answer;
      },
      [this, view, known = source.truth, head = classifies()](const Answer& answer) {
        const double rate = answer.seconds > 0 ? static_cast<double>(answer.tokens) / answer.seconds : 0;
        if (!answer.classes.empty()) view->showClasses(answer.classes, known);
        view->end(toText(answer.rest),
                  answer.tokens == nothingSaid ? QStringLiteral(" ")
                  : answer.tokens == byRank    ? howRanked(answer.classes, known, head)
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
    if (lane != wrongLane) (lane == bareLane ? m_bare : lane == tunedLane ? m_tuned : m_words)->end({}, tr("stopped"));
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
  try {
    const auto settings = readingRows(m_workspace, *data);
    const auto column = data->table->column(completed(settings, *data->table, data->reading()).inputColumn);
    const auto cell = data->table->row(row)[std::size_t(std::max(0, column))];
    if (settings.labelColumn.empty() && isConversation(cell)) {
      setRow(toText(firstQuestion(cell)), {});
      return answer();
    }
    auto [text, label] = askedRow(*data, row, false, settings);
    // Without a label the whole row is the text: its beginning is the question.
    if (label.isEmpty() && !classifies()) text = text.section(QLatin1Char(' '), 0, 7);
    setRow(text, label);
  } catch (...) {  // a template that is wrong at the moment, or a file that has been changed
    return m_strip->show(problemFrom(std::current_exception()));
  }
  answer();
}

// Asks row after row just as a text is asked here, so that what is found is wrong in the view too.
void PlaygroundPanel::nextWrong() {
  const auto data = m_workspace.data();
  const auto prompt = m_workspace.prompt();
  if (!m_wrong->isEnabled() || !data || !data->validation || !prompt) return;
  if (std::exchange(m_wrongOf, {prompt.get(), data.get()}) != m_wrongOf) m_wrongAt = 0;
  m_strip->clear();
  struct Found {
    std::optional<std::size_t> example;
    QString text, truth;
  };
  DataSettings settings;
  try {
    settings = readingRows(m_workspace, *data);
  } catch (...) {  // a template that is wrong at the moment
    return m_strip->show(problemFrom(std::current_exception()));
  }
  m_workspace.jobs().quick(
      QLatin1String(wrongLane), this,
      [this, data, settings, begin = m_wrongAt, words = labels(),
       asking = Asking{m_workspace.model(), prompt->prompt, asking(m_tuned)}](Job& job) {
        const auto count = data->validation->items.size();
        for (std::size_t k = 0; k < count && !job.stop().stop_requested(); ++k) {
          const auto i = (begin + k) % count;
          if (k % 4 == 0) job.tell([this, k, count] { m_wrong->setText(tr("%1 / %2").arg(k).arg(count)); });
          const auto [text, truth] = askedRow(*data, data->validation->items.sizes(i).row, true, settings);
          if (truth.isEmpty()) continue;
          try {
            const auto classes = classesOf(asking, text.toStdString(), words);
            if (classes.empty()) break;
            if (std::ranges::max_element(classes, {}, &ClassShare::probability)->label != truth) return Found{i, text, truth};
          } catch (const ModelError&) {  // longer than the context: cut in training, and not asked here
          }
        }
        return Found{};
      },
      [this, count = data->validation->items.size()](const Found& found) {
        if (!found.example)
          return m_strip->show({tr("None of the %1 validation rows is wrong with this prompt.").arg(grouped(std::int64_t(count))), {}, {}});
        m_wrongAt = *found.example + 1;
        setRow(found.text, found.truth);
        answer();
      },
      [this](const Problem& problem) { m_strip->show(problem); });
  refresh();
}

QString PlaygroundPanel::labelsText() const {
  constexpr std::size_t few = 6;
  const auto words = labels();
  QStringList shown;
  for (std::size_t i = 0; i < std::min(few, words.size()); ++i)
    shown << toText(words[i]);
  return shown.join(tr(", ")) + (words.size() > few ? tr(" …") : QString());
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
  const bool sorts = classifies() || ranks(), validated = rows && m_workspace.data()->validation != nullptr;
  m_rank->setVisible(!labels().empty());
  m_rank->setToolTip(
      plainToolTip(tr("How likely each label is behind the text, in place of an answer that is written: %1").arg(labelsText())));
  const bool searching = m_workspace.jobs().busy(QLatin1String(wrongLane));
  m_wrong->setVisible(sorts);
  m_wrong->setEnabled(validated && m_workspace.prompt() && !searching);
  if (!searching) m_wrong->setText(tr("Next wron&g"));
  m_wrong->setToolTip(validated ? tr("The next validation row whose label this prompt does not rank first")
                                : tr("Give validation data, or hold rows out, in step 2"));
  const auto& plan = m_workspace.plan();
  const bool words = plan.promptTuningInit == PromptInit::Text && !plan.promptTuningInitText.empty();
  m_compareText->setEnabled(words);
  m_compareText->setToolTip(
      words ? tr("A third answer with the start text typed in front, as ordinary words: is the prompt better than its words?")
            : tr("For prompts that start from a text (step 3)"));
  m_words->setVisible(words && m_compareText->isChecked());
  m_fold->setVisible(!sorts);
  m_sampling->setVisible(!sorts && m_fold->isChecked());
  m_text->setPlaceholderText(sorts ? tr("Type a text to sort and press Enter") : tr("Type a beginning and press Enter"));
  for (auto* view : {m_bare, m_tuned, m_words}) {
    view->setDetail(detailOf(view));
    view->compare(sourceOf(view));
  }
}

}  // namespace incipit::ui
