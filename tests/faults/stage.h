// A run that is disturbed: a small model, twelve rows, and the terminal program started under the fault shim.
#pragma once

#include "tests/cli/program.h"
#include "tests/harness/harness.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace incipit::test {

namespace fs = std::filesystem;

inline void put(const fs::path& file, const std::string& content) { std::ofstream(file, std::ios::binary) << content; }

inline std::string contentOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Fault {
  std::string kind;  // "kill", "EIO", "ENOSPC"; empty: only counted
  long at = 0;
};

class Stage {
 public:
  explicit Stage(const char* name) : m_root(scratch(name)) {
    fs::copy(fixtures() / "gpt2" / "model", m_root / "model");
    std::string rows;
    for (int i = 0; i < 12; ++i)
      rows += "{\"input_ids\":[1,2,3," + std::to_string(4 + i) + "],\"labels\":[1,2,3," + std::to_string(4 + i) + "]}\n";
    put(m_root / "data.jsonl", rows);
  }

  fs::path run() const { return m_root / "run"; }
  fs::path root() const { return m_root; }

  Outcome train(const Fault& fault = {}) const {
    return call({"train", (m_root / "model").string(), "--train", (m_root / "data.jsonl").string(), "--out", run().string(), "--steps", "3",
                 "--num-virtual-tokens", "2", "--batch-size", "4", "--snapshot-every", "2", "--threads", "1"},
                fault);
  }
  Outcome resume(const Fault& fault = {}, const std::string& steps = "") const {
    std::vector<std::string> words{"resume", run().string()};
    if (!steps.empty()) words.insert(words.end(), {"--steps", steps});
    return call(words, fault);
  }
  fs::path log() const { return m_root.parent_path() / "log"; }  // of the last call, where one was wanted
  void wantLog(bool wanted) { m_wantsLog = wanted; }
  long operations() const { return std::stol(contentOf(m_root.parent_path() / "operations")); }
  std::string prompt() const { return contentOf(run() / "adapter" / "adapter_model.safetensors"); }

  void checkClean() const {
    for (const auto& entry : fs::recursive_directory_iterator(run()))
      if (entry.path().filename().string().starts_with('.')) fail("left behind: " + entry.path().string(), __FILE__, __LINE__);
  }

 private:
  Outcome call(const std::vector<std::string>& words, const Fault& fault) const {
    Conditions conditions;
    conditions.environment = {"OMP_WAIT_POLICY=PASSIVE",
                              "LD_PRELOAD=" INCIPIT_FAULT_SHIM,
                              "INCIPIT_FAULT_ROOT=" + m_root.string(),
                              "INCIPIT_FAULT=" + fault.kind,
                              "INCIPIT_FAULT_AT=" + std::to_string(fault.at),
                              "INCIPIT_FAULT_COUNT=" + (m_root.parent_path() / "operations").string(),
                              "INCIPIT_FAULT_LOG=" + (m_wantsLog ? log().string() : std::string())};
    if (m_wantsLog) fs::remove(log());
    return runCli(words, conditions);
  }

  fs::path m_root;
  bool m_wantsLog = false;
};

}  // namespace incipit::test
