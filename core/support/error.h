// Errors of core: every failure is a sentence with a name and a next step.
#pragma once

#include <stdexcept>
#include <string>

namespace incipit {

// What failed, on which file / tensor / line, and what to try. `what()` is both sentences; the parts are kept for the interface.
class Error : public std::runtime_error {
 public:
  // problem: "the shard 'model-00002.safetensors' is missing from /models/x." ; remedy: "Download the model again."
  explicit Error(std::string problem, std::string remedy = {})
      : std::runtime_error(remedy.empty() ? problem : problem + " " + remedy), m_problem(std::move(problem)), m_remedy(std::move(remedy)) {}

  const std::string& problem() const { return m_problem; }
  const std::string& remedy() const { return m_remedy; }

 private:
  std::string m_problem;
  std::string m_remedy;
};

class FileError : public Error {  // a file or folder that cannot be read or written
  using Error::Error;
};
class FormatError : public Error {  // a file that is readable but not what it claims to be
  using Error::Error;
};
class ModelError : public Error {  // a model that cannot be opened, or does not fit what is asked of it
  using Error::Error;
};
class DataError : public Error {  // a row, column or text that cannot be used
  using Error::Error;
};
class PlanError : public Error {  // a knob with an impossible value
  using Error::Error;
};
class TrainingError : public Error {  // a run that cannot go on (a loss that is no number)
  using Error::Error;
};

}  // namespace incipit
