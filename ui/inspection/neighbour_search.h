// The neighbours of a prompt with everything that keeps one from reading too much into them: what random vectors reach, where all rows went
// together, what came and went since the start and the last snapshot. What does not change from prompt to prompt is kept.
#pragma once

#include "core/inspection/movement.h"
#include "core/inspection/token_filter.h"
#include "core/prompt/soft_prompt.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace incipit {
class FrozenModel;
class Tokenizer;
}  // namespace incipit

namespace incipit::ui {

// For one model; used by one search at a time.
class NeighbourSearch {
 public:
  explicit NeighbourSearch(std::shared_ptr<const FrozenModel> model, std::shared_ptr<const Tokenizer> tokenizer);

  struct Wanted {
    const SoftPrompt* prompt = nullptr;
    std::shared_ptr<const SoftPrompt> start;  // null: not known
    std::filesystem::path runFolder;          // whose snapshots come before
    std::int64_t step = 0;                    //   this one; 0: none do
    std::int64_t k = 5;
    Metric metric = Metric::Cosine;
    bool wholeWords = false, noSpecial = false;
    std::shared_ptr<const Examples> seenIn;  // null: every token counts
  };
  struct Found {
    Neighbourhood neighbours;
    ChanceBand chance;
    std::vector<Exchanged> sinceStart, sinceLast;  // empty: nothing to compare with
    std::int64_t lastStep = 0;                     // of that snapshot
    std::optional<RowNeighbours> together;         // of the mean movement, by cosine; none without a start, or where nothing has moved
    float togetherChance = 0;                      // what the nearest neighbour of one in twenty random directions exceeds
  };
  Found find(const Wanted& wanted, std::stop_token stop);

  const std::shared_ptr<const VocabularyIndex>& vocabulary() const { return m_vocabulary; }  // null before the first search
  const std::vector<bool>& among() const { return m_among; }

 private:
  void prepare(const Wanted& wanted, std::stop_token stop);

  std::shared_ptr<const FrozenModel> m_model;
  std::shared_ptr<const Tokenizer> m_tokenizer;
  std::shared_ptr<const VocabularyIndex> m_vocabulary;
  // What the rest was made for; anything else makes it anew.
  struct Key {
    std::int64_t k = 0;
    Metric metric = Metric::Cosine;
    bool wholeWords = false, noSpecial = false;
    std::shared_ptr<const Examples> seenIn;
    friend bool operator==(const Key&, const Key&) = default;
  };
  std::optional<Key> m_key;
  std::vector<bool> m_among;  // empty: all
  ChanceBand m_chance, m_direction;
  std::shared_ptr<const SoftPrompt> m_start;
  Neighbourhood m_ofStart;
  std::filesystem::path m_lastFolder;
  std::int64_t m_lastStep = 0;
  Neighbourhood m_ofLast;
};

}  // namespace incipit::ui
