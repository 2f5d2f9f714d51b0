// What the Map panel computes, and when: one layout a model and method, kept; one placing at a time, newer prompts wait, the newest wins.
#include "core/model/card/card.h"
#include "core/runs/run_folder.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/inspection/map_panel.h"
#include "ui/jobs/long_work.h"
#include "ui/plots/empty_state.h"
#include "ui/settings/format.h"
#include "ui/steps/problem_strip.h"
#include "ui/tokens/token_chip.h"
#include "ui/workspace/workspace.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QProgressBar>
#include <QStackedLayout>

#include <algorithm>
#include <optional>
#include <utility>

namespace incipit::ui {
namespace {

constexpr auto layoutLane = "map layout", lane = "map", pathLane = "map path";
constexpr double atOnce = 6;    // seconds: what is laid out without asking
constexpr int mostOfPath = 60;  // stored prompts of a run that a path goes through

QPointF pointOf(const PlanePoint& place) { return {place.x, place.y}; }

// The order in which tokens are worth a name: words first, special tokens last.
int rankOf(const QString& name, bool special) {
  if (special) return 3;
  int letters = 0;
  for (const QChar c : name)
    letters += c.isLetter() ? 1 : 0;
  return letters >= 3 && name.startsWith(QChar(0x2423)) && letters == name.size() - 1 ? 0 : letters >= 3 ? 1 : 2;
}

// Of the stored steps as many as a path can show, the first among them.
std::vector<std::int64_t> spreadOut(const std::vector<std::int64_t>& steps) {
  if (steps.size() <= std::size_t(mostOfPath)) return steps;
  std::vector<std::int64_t> some;
  for (int i = 0; i < mostOfPath; ++i)
    some.push_back(steps[steps.size() * std::size_t(i) / mostOfPath]);
  return some;
}

// Also of what is less than a tenth of a percent.
QString shareText(double share) {
  return share > 0 && share < 0.001 ? QObject::tr("%1 %").arg(QLocale().toString(100 * share, 'g', 1)) : percentText(share);
}

QString methodText(ProjectionMethod method) {
  switch (method) {
  case ProjectionMethod::Pca:
    return QObject::tr("PCA: the two directions in which the tokens differ most (Pearson 1901).");
  case ProjectionMethod::Tsne:
    return QObject::tr("t-SNE (van der Maaten 2014): distances between far groups mean nothing.");
  case ProjectionMethod::Umap:
    return QObject::tr("UMAP (McInnes et al. 2018): distances between far groups mean nothing.");
  }
  return {};
}

}  // namespace

void MapPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  look();
}

std::shared_ptr<const MapPanel::Picture> MapPanel::nameAll(std::shared_ptr<const OpenModel> model,
                                                           std::shared_ptr<const VocabularyLayout> layout) {
  auto picture = std::make_shared<Picture>();
  std::vector<int> ranks;
  for (const auto token : layout->tokens) {
    const bool known = model->tokenizer && token < model->tokenizer->vocabularySize();
    const auto chip = known ? chipOf(*model->tokenizer, token) : TokenChip{};
    picture->names.push_back(known ? chip.text : QStringLiteral("#%1").arg(token));
    ranks.push_back(rankOf(picture->names.back(), chip.special || !known));
    picture->worth.push_back(int(picture->worth.size()));
  }
  std::ranges::stable_sort(picture->worth, {}, [&](int point) { return ranks[std::size_t(point)]; });
  picture->model = std::move(model);
  picture->layout = std::move(layout);
  return picture;
}

void MapPanel::look() {
  const auto model = m_workspace.model();
  if (!model || (m_picture && (m_picture->model != model || m_picture->layout->options.method != method()))) forget();
  sayWhy();
  if (!model || !isVisible() || m_work) return;
  if (m_picture) {
    m_place.request();
    return m_follow.request();
  }
  if (m_lookingFor == model && m_lookingBy == method()) return;
  m_lookingFor = model;
  m_lookingBy = method();
  struct Looked {
    std::shared_ptr<const Picture> picture;
    LayoutCost cost;
  };
  m_workspace.jobs().quick(
      QLatin1String(layoutLane), this,
      [model, options = ProjectionOptions{method(), 0, 0}](Job&) {
        Looked looked;
        if (auto kept = keptLayout(*model->frozen, options))
          looked.picture = nameAll(model, std::move(kept));
        else
          looked.cost = costOfLayout(*model->frozen, options);
        return looked;
      },
      [this, model, by = method()](Looked looked) {
        if (model != m_workspace.model() || by != method()) return look();
        if (looked.picture) return take(std::move(looked.picture));
        looked.cost.seconds < atOnce && !m_givenUp ? layOut() : offer(looked.cost);
      },
      [this](const Problem& problem) { m_strip->show(problem); });
}

void MapPanel::offer(const LayoutCost& cost) {
  const auto tokens = cost.tokens < cost.of ? tr("%1 of %2 tokens").arg(grouped(cost.tokens), grouped(cost.of)) : tokensText(cost.tokens);
  m_empty->setTexts(tr("Not laid out yet"),
                    tr("The vocabulary is laid out once for this model: %1, about %2 on this computer. It is kept, and can be given up "
                       "at any time.")
                        .arg(tokens, durationText(std::max(1.0, cost.seconds))));
  m_empty->setAction(tr("Lay out the vocabulary"));
}

void MapPanel::layOut() {
  const auto model = m_workspace.model();
  if (!model || m_work) return;
  m_strip->clear();
  m_work = std::make_unique<LongWork>(m_workspace.jobs(), tr("Map of the vocabulary"), [this] { giveUp(); });
  m_progress->setValue(0);
  m_progress->show();
  m_empty->setTexts(tr("Laying out the vocabulary"), tr("Every token finds its place beside those that are like it."));
  m_empty->setAction(tr("Cancel"));
  m_workspace.jobs().quick(
      QLatin1String(layoutLane), this,
      [this, model, options = ProjectionOptions{method(), 0, 0}](Job& job) {
        const Watch watch(
            [this, &job](double share) {
              job.tell([this, share] {
                if (!m_work) return;
                m_work->at(share);
                m_progress->setValue(int(share * 1000));
                if (const double left = m_work->secondsLeft(); left >= 0)
                  m_empty->setTexts(tr("Laying out the vocabulary"),
                                    tr("About %1 left. Everything else can be used meanwhile.").arg(durationText(std::max(1.0, left))));
              });
            },
            job.stop());
        return nameAll(model, layOutVocabulary(*model->frozen, options, watch));
      },
      [this](std::shared_ptr<const Picture> picture) {
        m_work.reset();
        m_progress->hide();
        if (picture->model != m_workspace.model() || picture->layout->options.method != method()) return look();
        take(std::move(picture));
      },
      [this](const Problem& problem) {
        m_work.reset();
        m_progress->hide();
        m_strip->show(problem);
        sayWhy();
      });
}

void MapPanel::cancel() {
  m_workspace.jobs().cancel(QLatin1String(layoutLane));
  m_work.reset();
  m_progress->hide();
  m_lookingFor = nullptr;
}

void MapPanel::giveUp() {
  m_givenUp = true;
  cancel();
  look();
}

void MapPanel::take(std::shared_ptr<const Picture> picture) {
  m_picture = std::move(picture);
  m_lookingFor = nullptr;
  m_path.clear();
  m_pathOf.clear();
  m_shown = nullptr;
  m_placed.clear();
  std::vector<QPointF> points;
  for (const auto& place : m_picture->layout->places)
    points.push_back(pointOf(place));
  m_view->setPoints(std::move(points), m_picture->worth,
                    {[picture = m_picture](int point) { return picture->names[std::size_t(point)]; },
                     [picture = m_picture](int point) {
                       return tr("%1 (token %2)").arg(picture->names[std::size_t(point)]).arg(picture->layout->tokens[std::size_t(point)]);
                     },
                     [this](std::int64_t row) { return rowToolTip(row); }});
  m_view->setChosen(m_workspace.selection().rows());
  const auto& layout = *m_picture->layout;
  const auto& kept = layout.kept;
  m_about->setText(
      tr("A picture of %1 in two dimensions keeps %2 of the %3 nearest neighbours (by chance %4; judged on %5). %6 Rows count by their "
         "direction, whatever their length; a chip is drawn beside what it is most like, not what it means.")
          .arg(std::int64_t(layout.tokens.size()) < layout.vocabularySize
                   ? tr("%1 of %2 tokens").arg(grouped(std::int64_t(layout.tokens.size())), grouped(layout.vocabularySize))
                   : tokensText(layout.vocabularySize),
               shareText(kept.neighbours))
          .arg(kept.k)
          .arg(shareText(kept.chance), tokensText(kept.sample), methodText(layout.options.method)));
  find(m_search->text());
  sayWhy();
  m_place.request();
  m_follow.request();
}

void MapPanel::forget() {
  if (!m_picture) return;
  m_picture = nullptr;
  m_shown = nullptr;
  m_placed.clear();
  m_path.clear();
  m_pathOf.clear();
  m_found.clear();
  m_view->setPoints({}, {}, {});
}

void MapPanel::sayWhy() {
  m_stack->setCurrentIndex(m_picture ? 1 : 0);
  if (m_picture || m_work) return;
  const auto model = m_workspace.model();
  if (!model) {
    m_empty->setTexts(tr("No model yet"),
                      tr("The virtual tokens stand here among the tokens of the vocabulary as soon as a model is open."));
    m_empty->setAction({});
  } else if (m_lookingFor != model || m_workspace.jobs().busy(QLatin1String(layoutLane))) {
    m_empty->setTexts(tr("Looking for the layout"), tr("A vocabulary is laid out once for each model and method."));
    m_empty->setAction({});
  }
}

void MapPanel::place() {
  const auto prompt = m_workspace.prompt();
  const auto model = m_workspace.model();
  if (!m_picture || !isVisible() || m_picture->model != model) return;
  if (!prompt || prompt->model != model) {
    m_shown = nullptr;
    m_placed.clear();
    return showRows();
  }
  auto& jobs = m_workspace.jobs();
  if (jobs.busy(QLatin1String(lane))) {
    m_stale = true;
    return;
  }
  m_stale = false;
  struct Placed {
    std::shared_ptr<const VocabularyIndex> index;
    std::vector<PlacedRow> rows;
  };
  jobs.quick(
      QLatin1String(lane), this,
      [prompt, model, picture = m_picture, known = m_indexed == model ? m_index : nullptr](Job& job) {
        Placed placed;
        placed.index = known ? known : indexVocabulary(model->frozen);
        placed.rows = placeRows(*picture->layout, *placed.index, {&prompt->prompt}, job.stop()).front();
        return placed;
      },
      [this, prompt, picture = m_picture](Placed placed) {
        m_index = std::move(placed.index);
        m_indexed = picture->model;
        if (picture != m_picture) return m_place.request();
        m_strip->clear();
        m_shown = prompt;
        m_placed = std::move(placed.rows);
        showRows();
        if (m_stale) m_place.request();
      },
      [this](const Problem& problem) { m_strip->show(problem); });
}

// Places the stored prompts that are not yet on the path.
void MapPanel::follow() {
  const auto run = m_workspace.run();
  if (!m_picture || !isVisible() || !run || !run->isOf(m_picture->model)) return;
  auto& jobs = m_workspace.jobs();
  if (jobs.busy(QLatin1String(pathLane))) {
    m_followAgain = true;
    return;
  }
  m_followAgain = false;
  if (m_pathOf != run->folder) {
    m_path.clear();
    m_pathOf = run->folder;
  }
  std::vector<std::int64_t> known;
  for (const auto& [step, places] : m_path)
    known.push_back(step);
  using Path = std::map<std::int64_t, std::vector<PlanePoint>>;
  jobs.quick(
      QLatin1String(pathLane), this,
      [folder = run->folder, known, picture = m_picture, index = m_indexed == m_picture->model ? m_index : nullptr](Job& job) {
        std::vector<std::int64_t> steps;
        for (const auto step : spreadOut(snapshotSteps(folder)))
          if (!std::ranges::binary_search(known, step)) steps.push_back(step);
        std::vector<SoftPrompt> prompts;
        for (const auto step : steps)
          prompts.push_back(readSnapshot(folder, step));
        std::vector<const SoftPrompt*> all;
        for (const auto& prompt : prompts)
          all.push_back(&prompt);
        Path path;
        if (all.empty()) return path;
        const auto placed = placeRows(*picture->layout, index ? *index : *indexVocabulary(picture->model->frozen), all, job.stop());
        for (std::size_t i = 0; i < placed.size(); ++i)
          for (const auto& row : placed[i])
            path[steps[i]].push_back(row.place);
        return path;
      },
      [this, folder = run->folder, picture = m_picture](Path path) {
        if (picture != m_picture || folder != m_pathOf) return m_follow.request();
        m_path.merge(path);
        showRows();
        if (m_followAgain) m_follow.request();
      },
      [](const Problem&) {});  // a run without stored prompts has no path
}

void MapPanel::showRows() {
  std::vector<MapRow> rows;
  for (const auto& placed : m_placed) {
    MapRow row{placed.row, pointOf(placed.place), {}};
    if (m_shown && !m_shown->runFolder.empty() && m_shown->runFolder == m_pathOf)
      for (const auto& [step, places] : m_path)
        if (step < m_shown->step && placed.row < std::int64_t(places.size())) row.path.push_back(pointOf(places[std::size_t(placed.row)]));
    rows.push_back(std::move(row));
  }
  m_view->setRows(std::move(rows));
  sayWhatIsShown();
}

// Whose rows stand there, where that is not the prompt in view; and what lasso and search hold.
void MapPanel::sayWhatIsShown() {
  const auto prompt = m_workspace.prompt();
  const bool live = m_shown && prompt && prompt->state == PromptState::Training && m_shown->state == PromptState::Training;
  const bool late = m_shown && prompt && m_shown != prompt && !live;
  m_view->setFaded(late);
  QStringList parts;
  if (late) parts += tr("Still of %1").arg(m_shown->title());
  if (!m_search->text().isEmpty())
    parts += m_found.empty() ? tr("No token with this text is laid out") : tr("%1 found").arg(tokensText(std::int64_t(m_found.size())));
  if (const auto& inside = m_view->inLasso(); !inside.empty() && m_picture) {
    QStringList names;
    for (std::size_t i = 0; i < std::min<std::size_t>(inside.size(), 12); ++i)
      names += m_picture->names[std::size_t(inside[i])];
    parts += tr("%1 in the lasso: %2").arg(tokensText(std::int64_t(inside.size())), names.join(QStringLiteral("  "))) +
             (inside.size() > 12 ? QStringLiteral(" …") : QString());
  }
  m_title->setVisible(!parts.isEmpty());
  m_title->setText(parts.join(QStringLiteral("  ·  ")));
}

}  // namespace incipit::ui
