#include "ui/inspection/neighbour_search.h"

#include "core/model/frozen_model.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"
#include "core/tokenizer/tokenizer.h"

#include <algorithm>

namespace incipit::ui {
namespace {

constexpr std::int64_t randomRows = 64;
constexpr std::uint64_t randomSeed = 2021;

// The last one that was stored before; nothing where there is none, or it cannot be read any more.
std::optional<SoftPrompt> snapshotAt(const std::filesystem::path& folder, std::int64_t step) try {
  return readSnapshot(folder, step);
} catch (const Error&) {
  return {};
}

std::int64_t lastStepBefore(const std::filesystem::path& folder, std::int64_t step) try {
  if (folder.empty() || step <= 0) return 0;
  const auto steps = snapshotSteps(folder);
  const auto next = std::ranges::lower_bound(steps, step);
  return next == steps.begin() ? 0 : *(next - 1);
} catch (const std::exception&) {
  return 0;
}

}  // namespace

NeighbourSearch::NeighbourSearch(std::shared_ptr<const FrozenModel> model, std::shared_ptr<const Tokenizer> tokenizer)
    : m_model(std::move(model)), m_tokenizer(std::move(tokenizer)) {}

void NeighbourSearch::prepare(const Wanted& wanted, std::stop_token stop) {
  if (!m_vocabulary) m_vocabulary = indexVocabulary(m_model);
  const Key key{wanted.k, wanted.metric, wanted.wholeWords, wanted.noSpecial, wanted.seenIn};
  if (m_key == key) return;
  m_key.reset();
  m_among.clear();
  const TokenFilter filter{wanted.wholeWords, wanted.noSpecial, wanted.seenIn.get()};
  if (m_tokenizer && filter.any()) m_among = tokensThatPass(filter, *m_tokenizer, m_model->card().vocabularySize);
  m_chance = chanceBand(randomBaseline(randomRows, randomSeed, *m_vocabulary, wanted.k, wanted.metric, stop, m_among));
  m_direction = chanceBand(randomBaseline(randomRows, randomSeed, *m_vocabulary, 1, Metric::Cosine, stop, m_among));
  m_start.reset();
  m_lastStep = 0;
  if (!stop.stop_requested()) m_key = key;
}

NeighbourSearch::Found NeighbourSearch::find(const Wanted& wanted, std::stop_token stop) {
  prepare(wanted, stop);
  const auto search = [&](const SoftPrompt& prompt, Metric metric) {
    return nearestTokens(prompt, *m_vocabulary, wanted.k, metric, stop, m_among);
  };
  Found found;
  found.neighbours = search(*wanted.prompt, wanted.metric);
  found.chance = m_chance;
  const auto fits = [&](const SoftPrompt& other) {
    return other.length() == wanted.prompt->length() && other.width() == wanted.prompt->width();
  };
  if (wanted.start && fits(*wanted.start)) {
    if (m_start != wanted.start) {
      m_ofStart = search(*wanted.start, wanted.metric);
      m_start = stop.stop_requested() ? nullptr : wanted.start;
    }
    found.sinceStart = exchanged(found.neighbours, m_ofStart);
    const auto mean = meanMovement(*wanted.prompt, *wanted.start);
    if (std::ranges::any_of(mean.rows.values, [](float value) { return value != 0; })) {
      found.together = search(mean, Metric::Cosine).rows.front();
      found.togetherChance = m_direction.high.empty() ? 0 : m_direction.high.front();
    }
  }
  if (const auto step = lastStepBefore(wanted.runFolder, wanted.step); step > 0) {
    if (m_lastStep != step || m_lastFolder != wanted.runFolder) {
      m_lastStep = 0;
      if (const auto last = snapshotAt(wanted.runFolder, step); last && fits(*last)) {
        m_ofLast = search(*last, wanted.metric);
        m_lastFolder = wanted.runFolder;
        m_lastStep = stop.stop_requested() ? 0 : step;
      }
    }
    if (m_lastStep == step) {
      found.sinceLast = exchanged(found.neighbours, m_ofLast);
      found.lastStep = step;
    }
  }
  return found;
}

}  // namespace incipit::ui
