#include "core/tokenizer/models/bpe.h"

#include "core/support/error.h"
#include "core/tokenizer/station.h"
#include "core/tokenizer/text/byte_fallback.h"
#include "core/tokenizer/text/unicode.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace incipit {

namespace {

constexpr std::string_view wordMark = "\xE2\x96\x81";  // U+2581, the space of sentencepiece vocabularies

}  // namespace

Bpe::Bpe(Vocabulary vocabulary, const MergeList& merges, BpeOptions options)
    : m_vocabulary(std::move(vocabulary)), m_options(std::move(options)) {
  if (m_options.unknownToken) {
    m_unknown = m_vocabulary.id(*m_options.unknownToken);
    if (!m_unknown) throw FormatError("names the unknown token '" + *m_options.unknownToken + "', which is not in the vocabulary.");
  }
  if (m_options.byteFallback)
    for (std::size_t byte = 0; byte < 256; ++byte)
      m_byteTokens[byte] = m_vocabulary.id(byteFallbackToken(static_cast<unsigned char>(byte)));
  addMerges(merges);
  m_splitsAtMarks = neverMergesAcrossWords(merges);
}

void Bpe::addMerges(const MergeList& merges) {
  m_merges.reserve(merges.size());
  std::int32_t rank = 0;
  std::string merged;
  for (const auto& [left, right] : merges) {
    auto known = [&, left = left, right = right](std::string_view token) {
      if (auto id = m_vocabulary.id(token)) return *id;
      throw FormatError("has as merge number " + std::to_string(rank + 1) + " ('" + std::string(left) + "', '" + std::string(right) +
                        "'), but the token '" + std::string(token) + "' is not in the vocabulary.");
    };
    merged = left;
    merged += right.substr(std::min(m_options.continuingPrefix.size(), right.size()));
    const TokenId leftId = known(left);
    const TokenId rightId = known(right);
    m_merges.set(leftId, rightId, {rank, known(merged)});
    ++rank;
  }
}

// Whether no merge reaches from another character to a mark behind it. Llama's tokenizer has no pre-tokenizer: its "word" is the whole
// text. Where this holds, "▁once▁upon" gives exactly the tokens of "▁once" and "▁upon", and those are in the cache.
bool Bpe::neverMergesAcrossWords(const MergeList& merges) const {
  if (!m_vocabulary.id(wordMark) || !m_options.continuingPrefix.empty() || !m_options.endOfWordSuffix.empty()) return false;
  return std::none_of(merges.begin(), merges.end(),
                      [](const auto& merge) { return merge.second.starts_with(wordMark) && !merge.first.ends_with(wordMark); });
}

void Bpe::encode(std::string_view word, std::vector<TokenId>& ids) const {
  if (m_options.ignoreMerges)
    if (auto whole = m_vocabulary.id(word)) return ids.push_back(*whole);
  if (!m_splitsAtMarks) return encodeWord(word, ids);
  for (std::size_t begin = 0; begin < word.size();) {
    std::size_t letters = begin;
    while (word.substr(letters).starts_with(wordMark))
      letters += wordMark.size();
    const std::size_t end = std::min(word.find(wordMark, letters), word.size());
    encodeWord(word.substr(begin, end - begin), ids);
    begin = end;
  }
}

void Bpe::encodeWord(std::string_view word, std::vector<TokenId>& ids) const {
  const bool cached = word.size() <= WordCache::longestWord;
  if (cached && m_cache.find(word, ids)) return;
  std::vector<TokenId> merged = characters(word);
  mergeAll(merged, m_merges);
  ids.insert(ids.end(), merged.begin(), merged.end());
  if (cached) m_cache.keep(word, merged);
}

// The ids of the single characters. An unknown token is held back for as long as unknown characters may still be fused with it, also
// across characters that fell back to bytes: the order in which the tokenizers library does it.
std::vector<TokenId> Bpe::characters(std::string_view word) const {
  std::vector<TokenId> ids;
  ids.reserve(word.size());
  bool unknownPending = false;
  std::string spelled;
  for (std::size_t at = 0; at < word.size();) {
    std::string_view character = word.substr(at, characterLength(word[at]));
    const bool first = at == 0;
    at += character.size();
    const bool last = at == word.size();
    if ((!first && !m_options.continuingPrefix.empty()) || (last && !m_options.endOfWordSuffix.empty())) {
      spelled = (first ? "" : m_options.continuingPrefix) + std::string(character) + (last ? m_options.endOfWordSuffix : "");
      character = spelled;
    }
    if (auto id = m_vocabulary.id(character)) {
      if (unknownPending) ids.push_back(*m_unknown);
      unknownPending = false;
      ids.push_back(*id);
    } else if (!appendBytes(character, ids) && m_unknown) {
      if (unknownPending && !m_options.fuseUnknown) ids.push_back(*m_unknown);
      unknownPending = true;
    }
  }
  if (unknownPending) ids.push_back(*m_unknown);
  return ids;
}

bool Bpe::appendBytes(std::string_view text, std::vector<TokenId>& ids) const {
  if (!m_options.byteFallback) return false;
  for (char byte : text)
    if (!m_byteTokens[static_cast<unsigned char>(byte)]) return false;
  for (char byte : text)
    ids.push_back(*m_byteTokens[static_cast<unsigned char>(byte)]);
  return true;
}

namespace {

// The list holds views into the station's JSON.
Bpe::MergeList readMerges(const Station& station) {
  const nlohmann::json& list = station.at("merges");
  if (!list.is_array()) station.fail("needs a list as 'merges'.");
  Bpe::MergeList merges;
  merges.reserve(list.size());
  for (const nlohmann::json& merge : list) {
    if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
      merges.emplace_back(merge[0].get_ref<const std::string&>(), merge[1].get_ref<const std::string&>());
      continue;
    }
    const std::string_view text = merge.is_string() ? std::string_view(merge.get_ref<const std::string&>()) : std::string_view();
    if (text.starts_with("#version")) continue;
    auto space = text.find(' ');
    if (space == std::string_view::npos || text.find(' ', space + 1) != std::string_view::npos)
      station.fail("has a merge that is not a pair of tokens: " + merge.dump() + ".", "Download the tokenizer again.");
    merges.emplace_back(text.substr(0, space), text.substr(space + 1));
  }
  return merges;
}

}  // namespace

std::unique_ptr<TokenModel> readBpe(const Station& station) {
  station.allowOnly({"dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback",
                     "ignore_merges", "vocab", "merges"});
  if (station.has("dropout") && station.at("dropout") != 0.0)
    station.fail("asks for dropout, which draws other ids at every call.", "Set 'dropout' to null in the file.");
  BpeOptions options;
  options.unknownToken = station.maybeText("unk_token");
  options.continuingPrefix = station.textOr("continuing_subword_prefix", "");
  options.endOfWordSuffix = station.textOr("end_of_word_suffix", "");
  options.fuseUnknown = station.flagOr("fuse_unk", false);
  options.byteFallback = station.flagOr("byte_fallback", false);
  options.ignoreMerges = station.flagOr("ignore_merges", false);
  try {
    return std::make_unique<Bpe>(readVocabulary(station, "vocab"), readMerges(station), std::move(options));
  } catch (const FormatError& error) {
    if (std::string(error.what()).starts_with(station.file())) throw;
    station.fail(error.problem(), "Download the tokenizer again.");
  }
}

}  // namespace incipit
