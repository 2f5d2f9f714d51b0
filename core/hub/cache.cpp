#include "core/hub/find_model.h"
#include "core/support/error.h"
#include "core/support/files.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace incipit {
namespace fs = std::filesystem;

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// "~/models" as a shell would have it.
fs::path expanded(const std::string& path) {
  const std::string home = environment("HOME");
  if (!home.empty() && (path == "~" || path.starts_with("~/"))) return fs::path(home) / (path.size() > 2 ? path.substr(2) : "");
  return path;
}

bool isModelFolder(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "config.json", ignored);
}

// The snapshot that refs/main names, or the newest there is; empty without any.
fs::path snapshotOf(const fs::path& repository) {
  std::error_code ignored;
  if (const fs::path ref = repository / "refs" / "main"; fileExists(ref)) {
    std::string revision = readFile(ref);
    revision.resize(std::min(revision.find_first_of(" \t\r\n"), revision.size()));
    if (!revision.empty() && fs::is_directory(repository / "snapshots" / revision, ignored)) return repository / "snapshots" / revision;
  }
  fs::path newest;
  fs::file_time_type newestTime = fs::file_time_type::min();
  for (const auto& entry : fs::directory_iterator(repository / "snapshots", ignored)) {
    const auto time = fs::last_write_time(entry.path(), ignored);
    if (!entry.is_directory(ignored) || time < newestTime) continue;
    newest = entry.path();
    newestTime = time;
  }
  return newest;
}

// "gpt2" or "org/name", of the characters the Hub allows; anything else could lead out of the cache.
bool isRepositoryName(const std::string& name) {
  const auto allowed = [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '_' || c == '-' || c == '/'; };
  return !name.empty() && name.front() != '/' && name.back() != '/' && name.front() != '.' &&
         std::count(name.begin(), name.end(), '/') <= 1 && name.find("..") == std::string::npos && name.find("--") == std::string::npos &&
         std::all_of(name.begin(), name.end(), allowed);
}

fs::path repositoryFolder(const std::string& name) {
  std::string folder = "models--" + name;
  if (const auto slash = folder.find('/'); slash != std::string::npos) folder.replace(slash, 1, "--");
  return hubCache() / folder;
}

}  // namespace

fs::path hubCache() {
  for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
    if (const std::string value = environment(name); !value.empty()) return expanded(value);
  if (const std::string home = environment("HF_HOME"); !home.empty()) return expanded(home) / "hub";
  if (const std::string cache = environment("XDG_CACHE_HOME"); !cache.empty()) return expanded(cache) / "huggingface" / "hub";
  return expanded("~/.cache/huggingface/hub");
}

std::vector<CachedModel> cachedModels() {
  std::vector<CachedModel> models;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(hubCache(), ignored)) {
    std::string name = entry.path().filename().string();
    if (!name.starts_with("models--")) continue;
    name.erase(0, 8);
    if (const auto dashes = name.find("--"); dashes != std::string::npos) name.replace(dashes, 2, "/");
    CachedModel model{name, snapshotOf(entry.path()), 0};
    if (model.folder.empty() || !isModelFolder(model.folder)) continue;
    for (const auto& file : fs::recursive_directory_iterator(model.folder, ignored)) {
      std::error_code broken;  // a link into blobs/ whose target is not there
      const auto size = fs::file_size(file.path(), broken);
      if (!broken) model.bytes += size;
    }
    models.push_back(std::move(model));
  }
  std::sort(models.begin(), models.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return models;
}

fs::path findModel(const std::string& name) {
  if (name.empty()) throw ModelError("No model is named.", "Give a model folder, a name in the Hugging Face cache, or \"demo\".");
  if (name == "demo") {
    if (isModelFolder(demoModelFolder())) return demoModelFolder();
    throw ModelError("The demo model is not in '" + demoModelFolder().string() + "'.",
                     "Install the program again, or set INCIPIT_RESOURCES to its resources folder.");
  }
  std::error_code ignored;
  const fs::path path = expanded(name);
  if (isModelFolder(path)) return path;
  // One of the files of a folder: what a person drags in or completes on the command line.
  if (fs::is_regular_file(path, ignored)) return path.has_parent_path() ? path.parent_path() : fs::path(".");

  const bool repository = isRepositoryName(name);
  if (repository && fs::is_directory(repositoryFolder(name), ignored)) {
    const fs::path snapshot = snapshotOf(repositoryFolder(name));
    if (!snapshot.empty() && isModelFolder(snapshot)) return snapshot;
    throw ModelError("The model '" + name + "' in the cache '" + hubCache().string() + "' is not complete: there is no config.json.",
                     "Download it again: huggingface-cli download " + name);
  }
  if (fs::is_directory(path, ignored)) return path;  // whoever opens it says what it lacks
  if (repository)
    throw ModelError("There is no model '" + name + "': neither a folder of that name nor a model in the cache '" + hubCache().string() +
                         "'.",
                     "Check the path, or download it: huggingface-cli download " + name);
  throw ModelError("There is no folder '" + path.string() + "'.", "Check the path of the model.");
}

}  // namespace incipit
