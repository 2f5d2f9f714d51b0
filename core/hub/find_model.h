// From what a user names to a model folder: a path, a name in the local Hugging Face cache, or "demo".
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace incipit {

// Order: "demo" (the embedded model), an existing folder, a repository in the cache. Throws ModelError that says where it looked.
std::filesystem::path findModel(const std::string& name);

// HF_HUB_CACHE (or the older HUGGINGFACE_HUB_CACHE), HF_HOME/hub, XDG_CACHE_HOME/huggingface/hub, ~/.cache/huggingface/hub: the rules of
// huggingface_hub.
std::filesystem::path hubCache();

struct CachedModel {
  std::string name;              // "EleutherAI/pythia-160m"
  std::filesystem::path folder;  // the snapshot that refs/main names, or the newest
  std::uintmax_t bytes = 0;
};
std::vector<CachedModel> cachedModels();

// The folder with the demo's model and data: beside the program when installed, in the source tree when built there,
// INCIPIT_RESOURCES when set.
std::filesystem::path resourcesFolder();
std::filesystem::path demoModelFolder();  // resources/demo/model
std::filesystem::path demoDataFolder();   // resources/demo/data

}  // namespace incipit
