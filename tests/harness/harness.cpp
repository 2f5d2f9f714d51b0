#include "tests/harness/harness.h"

#include <atomic>
#include <cstdlib>
#include <exception>
#include <unistd.h>

namespace incipit::test {
namespace {

std::atomic<long long> checks = 0;

struct ScratchRoot {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("incipit-test-" + std::to_string(::getpid()));
  ~ScratchRoot() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

}  // namespace

std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

bool registerCase(std::string name, std::function<void()> run) {
  cases().push_back({std::move(name), std::move(run)});
  return true;
}

void countCheck() { ++checks; }
long long checksDone() { return checks; }

std::filesystem::path fixtures() { return INCIPIT_FIXTURES_DIR; }
std::filesystem::path resources() { return INCIPIT_RESOURCES_DIR; }

std::filesystem::path scratch(std::string_view name) {
  static const ScratchRoot root;
  const auto path = root.path / name;
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

void fail(std::string message, const char* file, int line) { throw Failure{std::move(message), file, line}; }

void checkThrows(const std::function<void()>& call, std::string_view words, const char* text, const char* file, int line) {
  countCheck();
  try {
    call();
  } catch (const std::exception& error) {
    const std::string sentence = error.what();
    if (sentence.find(words) == std::string::npos)
      fail(std::string(text) + " threw \"" + sentence + "\", which does not say \"" + std::string(words) + "\"", file, line);
    return;
  }
  fail(std::string(text) + " did not throw; expected a sentence with \"" + std::string(words) + "\"", file, line);
}

}  // namespace incipit::test
