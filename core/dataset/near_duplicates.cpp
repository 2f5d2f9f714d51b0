#include "core/dataset/near_duplicates.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <random>
#include <string_view>
#include <unordered_map>

namespace incipit {
namespace {

// Two texts of resemblance s meet in one of the bands with probability 1 - (1 - s^rows)^bands: 0.992 for 0.8, 0.22 for 0.5.
constexpr std::size_t bands = 16, rowsOfBand = 6, functions = bands * rowsOfBand;
constexpr std::size_t wordsOfShingle = 3;
constexpr std::size_t mostCompared = 8;  // earlier texts of a bucket that a text is compared with

using Shingles = std::vector<std::uint64_t>;  // sorted, each once

std::vector<std::string> wordsOf(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0)
      words.back() += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

Shingles shinglesOf(const std::string& text) {
  const std::vector<std::string> words = wordsOf(text);
  Shingles shingles;
  if (words.empty()) return shingles;
  const std::size_t count = words.size() < wordsOfShingle ? 1 : words.size() - wordsOfShingle + 1;
  for (std::size_t first = 0; first < count; ++first) {
    std::string joined;
    for (std::size_t i = first; i < std::min(first + wordsOfShingle, words.size()); ++i)
      joined += words[i] + ' ';
    shingles.push_back(std::hash<std::string>{}(joined));
  }
  std::ranges::sort(shingles);
  shingles.erase(std::unique(shingles.begin(), shingles.end()), shingles.end());
  return shingles;
}

double resemblanceOf(const Shingles& a, const Shingles& b) {
  if (a.empty() || b.empty()) return a.empty() && b.empty() ? 1 : 0;
  Shingles both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return static_cast<double>(both.size()) / static_cast<double>(a.size() + b.size() - both.size());
}

// The smallest value of each of many hash functions over the shingles: two texts agree in one with the probability of their resemblance.
class MinHash {
 public:
  MinHash() {
    std::mt19937_64 dice(1);
    for (std::size_t i = 0; i < functions; ++i)
      m_factors[i] = dice() | 1U, m_summands[i] = dice();
  }
  using Signature = std::array<std::uint32_t, functions>;
  Signature of(const Shingles& shingles) const {
    Signature smallest;
    smallest.fill(std::numeric_limits<std::uint32_t>::max());
    for (const std::uint64_t shingle : shingles)
      for (std::size_t i = 0; i < functions; ++i)
        smallest[i] = std::min(smallest[i], static_cast<std::uint32_t>((shingle * m_factors[i] + m_summands[i]) >> 32U));
    return smallest;
  }

 private:
  std::array<std::uint64_t, functions> m_factors{}, m_summands{};
};

}  // namespace

double resemblance(const std::string& a, const std::string& b) { return resemblanceOf(shinglesOf(a), shinglesOf(b)); }

std::vector<std::pair<std::size_t, std::size_t>> nearDuplicates(const std::vector<std::string>& texts, const Watch& watch) {
  const MinHash hashes;
  std::vector<Shingles> all;
  all.reserve(texts.size());
  std::array<std::unordered_map<std::string, std::vector<std::uint32_t>>, bands> buckets;
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t place = 0; place < texts.size(); ++place) {
    if (place % 64 == 0) watch.at(static_cast<double>(place) / static_cast<double>(texts.size()));
    all.push_back(shinglesOf(texts[place]));
    if (all.back().empty()) continue;
    const MinHash::Signature signature = hashes.of(all.back());
    std::vector<std::uint32_t> candidates;
    for (std::size_t band = 0; band < bands; ++band) {
      const std::string key(reinterpret_cast<const char*>(signature.data() + band * rowsOfBand), rowsOfBand * sizeof signature[0]);
      std::vector<std::uint32_t>& bucket = buckets[band][key];
      candidates.insert(candidates.end(), bucket.begin(),
                        bucket.begin() + static_cast<std::ptrdiff_t>(std::min(mostCompared, bucket.size())));
      bucket.push_back(static_cast<std::uint32_t>(place));
    }
    std::ranges::sort(candidates);
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    for (const std::uint32_t earlier : candidates)
      if (resemblanceOf(all[earlier], all[place]) >= nearlySame) pairs.emplace_back(earlier, place);
  }
  std::ranges::sort(pairs);
  return pairs;
}

}  // namespace incipit
