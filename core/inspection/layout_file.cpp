#include "core/inspection/layout_file.h"

#include "core/support/error.h"
#include "core/support/files.h"
#include "core/support/fingerprint.h"
#include "core/tensor/safetensors.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <utility>

namespace incipit {
namespace fs = std::filesystem;

namespace {

constexpr const char* version = "1";  // of what layouts are made by: another one makes them anew

fs::path cacheFolder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && fs::path(cache).is_absolute())
    return fs::path(cache) / "incipit";
  const char* home = std::getenv("HOME");
  return home == nullptr || *home == '\0' ? fs::path() : fs::path(home) / ".cache" / "incipit";
}

std::string nameOfSettings(const ProjectionOptions& options) {
  return std::string(nameOf(options.method)) + "-" + std::to_string(options.most) + "-" + std::to_string(options.seed);
}

template <class T>
std::span<const std::byte> bytesOf(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

// Names and numbers, without the fingerprint of all that.
using Parts = std::map<std::string, std::span<const std::byte>>;

std::string fingerprintOfParts(const Parts& parts) {
  Fingerprint fingerprint;
  for (const auto& [name, bytes] : parts) {
    fingerprint.add(name);
    fingerprint.add(bytes);
  }
  return fingerprint.text();
}

std::vector<double> keptNumbers(const KeptDistances& kept) {
  return {kept.neighbours,
          kept.trustworthiness,
          kept.order,
          kept.chance,
          static_cast<double>(kept.k),
          static_cast<double>(kept.sample),
          static_cast<double>(kept.count)};
}

std::vector<double> coordinates(const std::vector<PlanePoint>& points) {
  std::vector<double> numbers;
  for (const PlanePoint& point : points)
    numbers.push_back(point.x), numbers.push_back(point.y);
  return numbers;
}

template <class T>
std::vector<T> numbersOf(const Parts& parts, const char* name) {
  const auto it = parts.find(name);
  if (it == parts.end() || it->second.size() % sizeof(T) != 0) throw FormatError("The layout lacks its " + std::string(name) + ".");
  std::vector<T> numbers(it->second.size() / sizeof(T));
  if (!numbers.empty()) std::memcpy(numbers.data(), it->second.data(), it->second.size());
  return numbers;
}

bool allFinite(const std::vector<double>& numbers) {
  return std::ranges::all_of(numbers, [](double number) { return std::isfinite(number); });
}

VocabularyLayout layoutOf(const fs::path& path, const std::string& fingerprint, const ProjectionOptions& options) {
  const SafetensorsFile file(path);
  Parts parts;
  for (const auto& [name, entry] : file.tensors())
    parts.emplace(name, entry.bytes);
  const auto said = [&](const char* key) {
    const auto it = file.metadata().find(key);
    return it == file.metadata().end() ? std::string() : it->second;
  };
  if (said("version") != version || said("model") != fingerprint || said("settings") != nameOfSettings(options) ||
      said("fingerprint") != fingerprintOfParts(parts))
    throw FormatError("'" + path.string() + "' is no layout of this model.");
  VocabularyLayout layout{options, fingerprint, 0, numbersOf<TokenId>(parts, "tokens"), {}, {}, {}};
  const auto places = numbersOf<double>(parts, "places"), kept = numbersOf<double>(parts, "kept");
  const auto size = numbersOf<std::int64_t>(parts, "vocabulary");
  layout.axes.middle = numbersOf<double>(parts, "middle");
  layout.axes.shares = numbersOf<double>(parts, "shares");
  layout.axes.axes = Matrix(2, static_cast<std::int64_t>(layout.axes.middle.size()));
  layout.axes.axes.values = numbersOf<float>(parts, "axes");
  file.mapping()->checkWhole();
  const bool whole = size.size() == 1 && places.size() == 2 * layout.tokens.size() && !places.empty() && kept.size() == 7 &&
                     layout.axes.shares.size() == 2 && layout.axes.axes.values.size() == 2 * layout.axes.middle.size() &&
                     std::ranges::is_sorted(layout.tokens) && layout.tokens.front() >= 0 && layout.tokens.back() < size[0] &&
                     allFinite(places) && allFinite(kept) && allFinite(layout.axes.middle);
  if (!whole) throw FormatError("'" + path.string() + "' is damaged.");
  layout.vocabularySize = size[0];
  for (std::size_t i = 0; i < places.size(); i += 2)
    layout.places.push_back({places[i], places[i + 1]});
  layout.kept = {kept[0],
                 kept[1],
                 kept[2],
                 kept[3],
                 static_cast<std::int64_t>(kept[4]),
                 static_cast<std::int64_t>(kept[5]),
                 static_cast<std::int64_t>(kept[6])};
  return layout;
}

}  // namespace

fs::path layoutFile(const std::string& fingerprint, const ProjectionOptions& options) {
  const fs::path folder = cacheFolder();
  return folder.empty() ? fs::path() : folder / ("map-" + fingerprint + "-" + nameOfSettings(options) + ".safetensors");
}

void keepLayout(const VocabularyLayout& layout) {
  const fs::path file = layoutFile(layout.fingerprint, layout.options);
  if (file.empty()) return;
  const std::vector<double> places = coordinates(layout.places), kept = keptNumbers(layout.kept);
  const std::vector<std::int64_t> size{layout.vocabularySize};
  const Parts parts{{"tokens", bytesOf(layout.tokens)},
                    {"places", bytesOf(places)},
                    {"kept", bytesOf(kept)},
                    {"vocabulary", bytesOf(size)},
                    {"middle", bytesOf(layout.axes.middle)},
                    {"shares", bytesOf(layout.axes.shares)},
                    {"axes", bytesOf(layout.axes.axes.values)}};
  const auto typeOf = [](const std::string& name) {
    return name == "tokens"       ? ElementType::I32
           : name == "vocabulary" ? ElementType::I64
           : name == "axes"       ? ElementType::F32
                                  : ElementType::F64;
  };
  std::vector<TensorToWrite> tensors;
  for (const auto& [name, bytes] : parts) {
    const ElementType type = typeOf(name);
    tensors.push_back({name, type, {static_cast<std::int64_t>(bytes.size() / bytesPerElement(type))}, bytes});
  }
  try {
    makeFolder(file.parent_path());
    writeSafetensors(file, std::move(tensors),
                     {{"format", "pt"},
                      {"version", version},
                      {"model", layout.fingerprint},
                      {"settings", nameOfSettings(layout.options)},
                      {"fingerprint", fingerprintOfParts(parts)}});
  } catch (const FileError&) {
    // A full or forbidden cache is no reason to lose a layout that took a minute.
  }
}

std::shared_ptr<const VocabularyLayout> readLayout(const std::string& fingerprint, const ProjectionOptions& options) {
  const fs::path file = layoutFile(fingerprint, options);
  std::error_code ignored;
  if (file.empty() || !fs::exists(file, ignored)) return nullptr;
  try {
    return std::make_shared<const VocabularyLayout>(layoutOf(file, fingerprint, options));
  } catch (const Error&) {
    fs::remove(file, ignored);
    return nullptr;
  }
}

}  // namespace incipit
