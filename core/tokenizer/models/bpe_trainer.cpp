#include "core/tokenizer/models/bpe_trainer.h"

#include "core/support/error.h"
#include "core/support/files.h"
#include "core/tokenizer/text/byte_level.h"
#include "core/tokenizer/text/regex.h"
#include "core/tokenizer/text/unicode.h"
#include "core/tokenizer/tokenizer.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <numeric>
#include <queue>
#include <unordered_map>

namespace incipit {

namespace {

using OrderedJson = nlohmann::ordered_json;
using WordCounts = std::unordered_map<std::string, std::int64_t>;

void check(const BpeTrainingOptions& options) {
  if (options.vocabularySize < 256 + static_cast<int>(options.specialTokens.size()))
    throw PlanError("A byte-level vocabulary of " + std::to_string(options.vocabularySize) + " tokens has no room for the 256 bytes and " +
                        std::to_string(options.specialTokens.size()) + " special tokens.",
                    "Choose a larger vocabulary.");
  for (const std::string& token : options.specialTokens)
    if (token.empty() || std::count(options.specialTokens.begin(), options.specialTokens.end(), token) > 1)
      throw PlanError("The special token '" + token + "' is empty or given twice.", "Give every special token once.");
}

// The parts of `text` between special tokens.
std::vector<std::string_view> withoutSpecialTokens(std::string_view text, const std::vector<std::string>& specialTokens) {
  std::vector<std::string_view> parts = {text};
  for (const std::string& token : specialTokens) {
    std::vector<std::string_view> smaller;
    for (std::string_view part : parts) {
      for (std::size_t at = part.find(token); at != std::string_view::npos; at = part.find(token)) {
        smaller.push_back(part.substr(0, at));
        part.remove_prefix(at + token.size());
      }
      smaller.push_back(part);
    }
    parts = std::move(smaller);
  }
  return parts;
}

WordCounts countWords(const std::vector<std::string>& texts, const std::vector<std::string>& specialTokens) {
  const Regex word(gpt2WordPattern);
  WordCounts counts;
  for (const std::string& text : texts) {
    const std::string valid = isUtf8(text) ? std::string() : replaceInvalidUtf8(text);
    for (std::string_view part : withoutSpecialTokens(valid.empty() ? std::string_view(text) : valid, specialTokens))
      for (TextSpan span : word.matches(part))
        ++counts[std::string(part.substr(span.begin, span.end - span.begin))];
  }
  return counts;
}

struct Pair {
  TokenId left;
  TokenId right;
  std::uint64_t key() const { return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right); }
};

// The counts of all pairs of neighbours, kept true while merges change the words. Only words that hold the merged pair are touched.
class Merging {
 public:
  Merging(const WordCounts& counts, const std::array<TokenId, 256>& byteIds) {
    std::vector<const WordCounts::value_type*> sorted;  // the same words in the same order at every run
    for (const auto& entry : counts)
      sorted.push_back(&entry);
    std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->first < b->first; });
    for (const auto* entry : sorted) {
      Word word{{}, entry->second};
      for (char byte : entry->first)
        word.ids.push_back(byteIds[static_cast<unsigned char>(byte)]);
      m_words.push_back(std::move(word));
    }
    for (std::size_t i = 0; i < m_words.size(); ++i)
      for (std::size_t at = 0; at + 1 < m_words[i].ids.size(); ++at)
        count({m_words[i].ids[at], m_words[i].ids[at + 1]}, m_words[i].count, i);
    queueGrown();
  }

  // The most frequent pair (the lowest ids among equals), or nothing when none is frequent enough.
  std::optional<Pair> best(std::int64_t minimumFrequency) {
    while (!m_queue.empty()) {
      Candidate top = m_queue.top();
      m_queue.pop();
      std::int64_t now = m_pairs[top.pair.key()].count;
      if (now == top.count) return now >= std::max<std::int64_t>(minimumFrequency, 1) ? std::optional(top.pair) : std::nullopt;
      if (now > 0) m_queue.push({now, top.pair});  // it has become rarer since it was queued
    }
    return std::nullopt;
  }

  void merge(Pair pair, TokenId result) {
    const std::vector<std::size_t> places = std::move(m_pairs[pair.key()].words);
    for (std::size_t i : places)
      mergeWord(i, pair, result);
    m_pairs.erase(pair.key());
    queueGrown();
  }

 private:
  struct Word {
    std::vector<TokenId> ids;
    std::int64_t count;
  };
  struct PairCount {
    std::int64_t count = 0;
    std::vector<std::size_t> words;  // those that hold the pair, and some that did
  };
  struct Candidate {
    std::int64_t count;
    Pair pair;
    bool operator<(const Candidate& other) const { return count != other.count ? count < other.count : pair.key() > other.pair.key(); }
  };

  void count(Pair pair, std::int64_t change, std::size_t word) {
    PairCount& entry = m_pairs[pair.key()];
    entry.count += change;
    if (change <= 0) return;
    if (entry.words.empty() || entry.words.back() != word) entry.words.push_back(word);
    m_grown.push_back(pair);
  }

  void mergeWord(std::size_t index, Pair pair, TokenId result) {
    Word& word = m_words[index];
    std::vector<TokenId>& ids = word.ids;
    std::size_t kept = 0;  // ids[0, kept) is the word as it will be
    for (std::size_t at = 0; at < ids.size(); ++at) {
      if (at + 1 < ids.size() && ids[at] == pair.left && ids[at + 1] == pair.right) {
        if (kept > 0) {
          count({ids[kept - 1], pair.left}, -word.count, index);
          count({ids[kept - 1], result}, word.count, index);
        }
        if (at + 2 < ids.size()) {
          count({pair.right, ids[at + 2]}, -word.count, index);
          count({result, ids[at + 2]}, word.count, index);
        }
        ids[kept++] = result;
        ++at;
      } else {
        ids[kept++] = ids[at];
      }
    }
    ids.resize(kept);
  }

  // Every pair whose count grew is queued with its count; older entries of it are recognised by their stale count.
  void queueGrown() {
    std::sort(m_grown.begin(), m_grown.end(), [](Pair a, Pair b) { return a.key() < b.key(); });
    m_grown.erase(std::unique(m_grown.begin(), m_grown.end(), [](Pair a, Pair b) { return a.key() == b.key(); }), m_grown.end());
    for (Pair pair : m_grown)
      if (auto found = m_pairs.find(pair.key()); found != m_pairs.end() && found->second.count > 0)
        m_queue.push({found->second.count, pair});
    m_grown.clear();
  }

  std::vector<Word> m_words;
  std::unordered_map<std::uint64_t, PairCount> m_pairs;
  std::priority_queue<Candidate> m_queue;
  std::vector<Pair> m_grown;
};

struct TrainedVocabulary {
  std::vector<std::string> tokens;  // by id
  OrderedJson merges = OrderedJson::array();
};

// The bytes in the order of their visible characters: '!' first, as in GPT-2's own vocabulary.
std::array<unsigned char, 256> bytesByCharacter() {
  std::array<unsigned char, 256> bytes{};
  std::iota(bytes.begin(), bytes.end(), static_cast<unsigned char>(0));
  std::sort(bytes.begin(), bytes.end(),
            [](unsigned char a, unsigned char b) { return firstCharacter(byteLevelCharacter(a)) < firstCharacter(byteLevelCharacter(b)); });
  return bytes;
}

TrainedVocabulary train(const WordCounts& counts, const BpeTrainingOptions& options) {
  TrainedVocabulary vocabulary;
  vocabulary.tokens = options.specialTokens;
  std::array<TokenId, 256> byteIds{};
  for (unsigned char byte : bytesByCharacter()) {
    byteIds[byte] = static_cast<TokenId>(vocabulary.tokens.size());
    vocabulary.tokens.emplace_back(byteLevelCharacter(byte));
  }
  std::unordered_map<std::string, TokenId> idOf;
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id)
    idOf.emplace(vocabulary.tokens[id], static_cast<TokenId>(id));

  Merging merging(counts, byteIds);
  while (vocabulary.tokens.size() < static_cast<std::size_t>(options.vocabularySize)) {
    auto pair = merging.best(options.minimumFrequency);
    if (!pair) break;
    const std::string left = vocabulary.tokens[static_cast<std::size_t>(pair->left)];
    const std::string right = vocabulary.tokens[static_cast<std::size_t>(pair->right)];
    // "ab" + "c" and "a" + "bc" are two merges with one result.
    auto [entry, isNew] = idOf.try_emplace(left + right, static_cast<TokenId>(vocabulary.tokens.size()));
    if (isNew) vocabulary.tokens.push_back(left + right);
    vocabulary.merges.push_back(left + " " + right);
    merging.merge(*pair, entry->second);
  }
  return vocabulary;
}

OrderedJson byteLevelStation() { return {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}}; }

OrderedJson addedToken(const std::string& content) {
  return {{"content", content}, {"single_word", false}, {"lstrip", false}, {"rstrip", false}, {"normalized", false}, {"special", true}};
}

OrderedJson tokenizerJson(TrainedVocabulary vocabulary, const std::vector<std::string>& specialTokens) {
  OrderedJson added = OrderedJson::array();
  for (std::size_t id = 0; id < specialTokens.size(); ++id) {
    OrderedJson token = {{"id", id}};
    token.update(addedToken(specialTokens[id]));
    added.push_back(std::move(token));
  }
  OrderedJson vocab = OrderedJson::object();
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id)  // ordered_json looks keys up one by one; these are known to be different
    vocab.get_ref<OrderedJson::object_t&>().emplace_back(vocabulary.tokens[id], id);
  OrderedJson model = {{"type", "BPE"},
                       {"dropout", nullptr},
                       {"unk_token", nullptr},
                       {"continuing_subword_prefix", nullptr},
                       {"end_of_word_suffix", nullptr},
                       {"fuse_unk", false},
                       {"byte_fallback", false},
                       {"ignore_merges", false}};
  model["vocab"] = std::move(vocab);
  model["merges"] = std::move(vocabulary.merges);
  return {{"version", "1.0"},          {"truncation", nullptr},
          {"padding", nullptr},        {"added_tokens", std::move(added)},
          {"normalizer", nullptr},     {"pre_tokenizer", byteLevelStation()},
          {"post_processor", nullptr}, {"decoder", byteLevelStation()},
          {"model", std::move(model)}};
}

OrderedJson tokenizerConfig(const std::vector<std::string>& specialTokens) {
  OrderedJson decoder = OrderedJson::object();
  for (std::size_t id = 0; id < specialTokens.size(); ++id)
    decoder[std::to_string(id)] = addedToken(specialTokens[id]);
  OrderedJson config = {{"add_prefix_space", false}, {"added_tokens_decoder", std::move(decoder)}, {"clean_up_tokenization_spaces", false}};
  if (!specialTokens.empty())
    for (const char* role : {"bos_token", "eos_token", "unk_token"})
      config[role] = specialTokens.front();
  config["tokenizer_class"] = "PreTrainedTokenizerFast";
  return config;
}

}  // namespace

void trainByteLevelBpe(const std::vector<std::string>& texts, const BpeTrainingOptions& options, const std::filesystem::path& folder) {
  check(options);
  TrainedVocabulary vocabulary = train(countWords(texts, options.specialTokens), options);
  makeFolder(folder);
  writeFileAtomically(folder / "tokenizer.json", tokenizerJson(std::move(vocabulary), options.specialTokens).dump(1) + "\n");
  writeFileAtomically(folder / "tokenizer_config.json", tokenizerConfig(options.specialTokens).dump(1) + "\n");
}

}  // namespace incipit
