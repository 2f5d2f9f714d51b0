// Starts incipit-cli as a person or a script does, and keeps what it said.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace incipit::test {

struct Outcome {
  int status;       // exit status; 128 + signal when it was killed
  std::string out;  // standard output
  std::string err;  // standard error

  nlohmann::json json() const { return nlohmann::json::parse(out); }  // of one line
  std::vector<nlohmann::json> jsonLines() const;
};

struct Conditions {
  std::filesystem::path workingFolder;   // empty: a fresh one
  std::vector<std::string> environment;  // "NAME=value", over the test's own
  double interruptAfter = -1;            // seconds after the first word on standard error until SIGINT is sent; negative: never
  double killAfter = -1;                 // seconds after its start until SIGKILL is sent; negative: never
};

Outcome runCli(const std::vector<std::string>& arguments, const Conditions& conditions = {});

}  // namespace incipit::test
