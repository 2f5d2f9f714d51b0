// From a name to a folder: the demo, a path, a repository in a Hugging Face cache laid out as huggingface_hub does.
#include "core/hub/find_model.h"
#include "core/support/files.h"
#include "tests/harness/harness.h"

#include <cstdlib>

using namespace incipit;
namespace fs = std::filesystem;

namespace {

// A cache with one whole model of two snapshots, one without refs, one that broke off.
fs::path cache() {
  const fs::path hub = test::scratch("hub-cache");
  const auto file = [&](const fs::path& path, const std::string& content) {
    makeFolder((hub / path).parent_path());
    writeFileAtomically(hub / path, content);
  };
  file("models--org--small/blobs/weights", std::string(1000, 'w'));
  file("models--org--small/refs/main", "aaa\n");
  file("models--org--small/snapshots/aaa/config.json", "{}");
  fs::create_symlink("../../blobs/weights", hub / "models--org--small/snapshots/aaa/model.safetensors");
  fs::create_symlink("../../blobs/gone", hub / "models--org--small/snapshots/aaa/other.bin");
  file("models--org--small/snapshots/bbb/config.json", "{}");
  file("models--gpt2/snapshots/old/config.json", "{}");
  file("models--gpt2/snapshots/new/config.json", "{}");
  fs::last_write_time(hub / "models--gpt2/snapshots/old", fs::file_time_type::clock::now() - std::chrono::hours(1));
  file("models--half/refs/main", "ccc");
  makeFolder(hub / "models--half/snapshots/ccc");
  makeFolder(hub / "datasets--org--data/snapshots/ddd");
  setenv("HF_HUB_CACHE", hub.c_str(), 1);
  return hub;
}

}  // namespace

TEST_CASE("the cache is where huggingface_hub keeps it") {
  for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"})
    unsetenv(name);
  setenv("HOME", "/home/someone", 1);
  CHECK_EQUAL(hubCache(), fs::path("/home/someone/.cache/huggingface/hub"));
  setenv("XDG_CACHE_HOME", "/xdg", 1);
  CHECK_EQUAL(hubCache(), fs::path("/xdg/huggingface/hub"));
  setenv("HF_HOME", "~/hf", 1);
  CHECK_EQUAL(hubCache(), fs::path("/home/someone/hf/hub"));
  setenv("HF_HUB_CACHE", "/cache", 1);
  CHECK_EQUAL(hubCache(), fs::path("/cache"));
}

TEST_CASE("a repository is found by its name: the snapshot of refs/main, else the newest") {
  const fs::path hub = cache();
  CHECK_EQUAL(findModel("org/small"), hub / "models--org--small/snapshots/aaa");
  CHECK_EQUAL(findModel("gpt2"), hub / "models--gpt2/snapshots/new");
}

TEST_CASE("the whole models of the cache are listed with their sizes") {
  const fs::path hub = cache();
  const auto models = cachedModels();
  CHECK_EQUAL(models.size(), 2u);
  CHECK_EQUAL(models[0].name, "gpt2");
  CHECK_EQUAL(models[1].name, "org/small");
  CHECK_EQUAL(models[1].bytes, 1002u);
  setenv("HF_HUB_CACHE", "/nowhere/at/all", 1);
  CHECK(cachedModels().empty());
}

TEST_CASE("a folder, a file in a folder, and a folder that shares its name with a cached model") {
  const fs::path hub = cache();
  const fs::path place = test::scratch("hub-place");
  const fs::path folder = place / "mine";
  makeFolder(folder);
  writeFileAtomically(folder / "config.json", "{}");
  CHECK_EQUAL(findModel(folder.string()), folder);
  CHECK_EQUAL(findModel((folder / "config.json").string()), folder);
  const fs::path before = fs::current_path();
  fs::current_path(place);
  makeFolder("gpt2");
  const fs::path cached = findModel("gpt2"), local = findModel("mine"), explicitly = findModel("./gpt2");
  fs::current_path(before);
  CHECK_EQUAL(cached, hub / "models--gpt2/snapshots/new");
  CHECK_EQUAL(local, fs::path("mine"));
  CHECK_EQUAL(explicitly, fs::path("./gpt2"));
}

TEST_CASE("what is not there is a sentence that says where it was looked for") {
  const fs::path hub = cache();
  CHECK_THROWS(findModel("org/absent"), hub.string());
  CHECK_THROWS(findModel("org/absent"), "huggingface-cli download org/absent");
  CHECK_THROWS(findModel("half"), "is not complete");
  CHECK_THROWS(findModel("/absent/folder"), "There is no folder '/absent/folder'");
  CHECK_THROWS(findModel("../models--gpt2"), "There is no folder");
  CHECK_THROWS(findModel(""), "No model is named");
}

TEST_CASE("the demo lies in the resources folder, which can be chosen") {
  const fs::path resources = test::scratch("hub-resources");
  makeFolder(resources / "demo" / "model");
  setenv("INCIPIT_RESOURCES", resources.c_str(), 1);
  CHECK_EQUAL(demoDataFolder(), resources / "demo" / "data");
  CHECK_THROWS(findModel("demo"), "INCIPIT_RESOURCES");
  writeFileAtomically(resources / "demo" / "model" / "config.json", "{}");
  CHECK_EQUAL(findModel("demo"), resources / "demo" / "model");
  unsetenv("INCIPIT_RESOURCES");
  CHECK(fs::is_directory(resourcesFolder() / "demo"));
}
